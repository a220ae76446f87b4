"""How rows of the catalog look: states, addresses, words."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from canone.base.history import queries as history
from canone.base.history.queries import Change
from canone.registers.catalog.models import Article, PriceList, Tariff, Unit, VatRate
from canone.ui import formats, timelines, zones
from canone.ui.states import State

OFFERED = State("done", gettext_lazy("In use"))
RETIRED = State("idle", gettext_lazy("No longer used"))


def active(row: Any) -> State:
    """Return whether a row is offered for new use."""
    return OFFERED if row.is_active else RETIRED


def profile_url(tariff: Tariff) -> str:
    """Return the address of a profile's page."""
    return reverse("catalog:profile", args=[tariff.pk])


def profile_words(row: Any) -> str:
    """Return the sentence that a list attached to the row."""
    return str(getattr(row, "words", ""))


def article_url(article: Article) -> str:
    """Return the address of an article's page."""
    return reverse("catalog:article", args=[article.pk])


def vat_url(vat: VatRate) -> str:
    """Return the address where a VAT rate is changed."""
    return reverse("catalog:vat_edit", args=[vat.pk])


def list_url(price_list: PriceList) -> str:
    """Return the address of a price list."""
    return reverse("catalog:price_list", args=[price_list.pk])


def vat_rate(vat: VatRate) -> str:
    """Return `22 %`, or the nature of what bears none."""
    if vat.nature:
        return vat.nature
    text = formats.number((Decimal(vat.basis_points) / 100).normalize())
    return f"{text}%" if formats.language_or() == "en" else f"{text}{formats.NO_BREAK}%"


def vat_shown(vat: VatRate) -> str:
    """Return code and words of a VAT rate, for choosing one."""
    return f"{vat.code} · {vat.title}"


def entries(changes: Iterable[Change]) -> list[timelines.Entry]:
    """Return the history of a row as a timeline: one entry for what was saved together."""
    found: list[timelines.Entry] = []
    for change in changes:
        lines = (
            [timelines.Change(change.field, change.before, change.after)] if change.field else []
        )
        last = found[-1] if found else None
        if last and lines and last.changes and (last.at, last.who) == (change.when, change.who):
            found[-1] = timelines.Entry(
                last.at, last.who, last.what, changes=[*last.changes, *lines]
            )
            continue
        what = {"created": _("Created"), "deleted": _("Deleted")}.get(change.kind, _("Changed"))
        found.append(timelines.Entry(change.when, change.who, what, changes=lines))
    return found


def last_change(row: Model) -> tuple[str, str]:
    """Return who changed a row last, and when, for the page of a conflict."""
    changes = history.timeline(row, limit=1)
    if not changes:
        return "", ""
    return changes[0].who, formats.instant(changes[0].when, zones.zone())


def unit_url(unit: Unit) -> str:
    """Return the address where a unit is changed."""
    return reverse("catalog:unit_edit", args=[unit.pk])
