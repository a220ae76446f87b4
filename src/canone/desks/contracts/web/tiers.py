"""The tiers of a line that charges what a meter counts: their forms, and their words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, cast

from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

from canone.desks.contracts.models import Line
from canone.desks.contracts.rules.metering import MOST_TIERS
from canone.kernel.money import Money, UnitPrice
from canone.ui import formats, forms

EMPTY = 2
MOST_UNITS = 10**12
PREFIX = "tiers"


class TierForm(forms.Form):
    """A price for the units up to one of them; a row without a price is none."""

    up_to = forms.WholeField(
        label=_("Up to unit"),
        required=False,
        minimum=1,
        maximum=MOST_UNITS,
        help_text=_("Empty: all that follow."),
    )
    unit = forms.UnitPriceField(label=_("Price of a unit"), required=False)
    flat = forms.MoneyField(label=_("Flat amount"), required=False)

    def clean(self) -> dict[str, Any]:
        """Ask for the price of a tier that is begun."""
        data: dict[str, Any] = super().clean() or {}
        begun = data.get("up_to") is not None or data.get("flat")
        if begun and data.get("unit") is None and "unit" not in self.errors:
            self.add_error("unit", _("Write the price; zero is a price too."))
        return data


class TiersBase(BaseFormSet[TierForm]):
    """The tiers of a line, in their order."""

    @property
    def values(self) -> list[dict[str, Any]]:
        """Return the tiers as a line keeps them."""
        return list(self._values())

    def _values(self) -> Iterator[dict[str, Any]]:
        for form in self.forms:
            data = form.cleaned_data
            if data.get("unit") is None:
                continue
            found = {"up_to": data["up_to"], "unit": str(data["unit"])}
            yield found | ({"flat": str(data["flat"])} if data.get("flat") else {})


Tiers = cast(
    "type[TiersBase]",
    formset_factory(
        TierForm, formset=TiersBase, extra=0, max_num=MOST_TIERS, absolute_max=MOST_TIERS
    ),
)


def in_words(tiers: Iterable[dict[str, Any]]) -> str:
    """Return tiers in one line, as they stand in a conflict."""
    parts = (
        f"{tier.get('up_to') or '…'}: {formats.unit_price(UnitPrice.of(tier['unit']))}"
        + (f" + {formats.money(Money.of(tier['flat']))}" if tier.get("flat") else "")
        for tier in tiers
    )
    return "; ".join(parts) or "–"


def first_rows(line: Line | None) -> list[dict[str, Any]]:
    """Return the tiers of a line for its form, and empty ones behind."""
    known: list[dict[str, Any]] = []
    if line is not None and line.pricing != Line.Pricing.PACKAGE:
        known = [
            {
                "up_to": tier.get("up_to"),
                "unit": UnitPrice.of(tier["unit"]),
                "flat": Money.of(tier["flat"]) if tier.get("flat") else None,
            }
            for tier in line.tiers
        ]
    return known + [{} for _number in range(EMPTY)]
