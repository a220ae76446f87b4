"""The forms of prepaid hours."""

from __future__ import annotations

import re

from django import forms as django_forms
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from canone.ledgers.allowances.models import Allowance
from canone.ledgers.allowances.rules.expiry import Rollover
from canone.ledgers.allowances.rules.thresholds import NotAThresholdError, Threshold
from canone.ui import forms, reading

MOST, MOST_UNITS = 10, 10**9


class ReasonForm(forms.Form):
    """Why a movement is reversed."""

    reason = django_forms.CharField(
        label=_("Reason"), max_length=400, help_text=_("It stays on record beside the reversal.")
    )


class SetUpForm(forms.Form):
    """When a pool warns and what it carries over."""

    panels = (
        forms.Panel(_("Prepaid hours"), ["title", "is_active"]),
        forms.Panel(_("Warnings"), ["thresholds"], remark=_("by mail, once for each crossing")),
        forms.Panel(
            _("Carry-over"),
            ["months", "cap"],
            remark=_("of what has a last day; empty: it is lost"),
            columns=True,
        ),
    )
    title = django_forms.CharField(label=_("Title"), max_length=200)
    is_active = forms.SwitchField(
        label=_("In use"), help_text=_("What is not in use stays readable and does not warn.")
    )
    thresholds = django_forms.CharField(
        label=_("Warn at"),
        required=False,
        max_length=200,
        help_text=_(
            "Shares of the last purchase, or what is left, with spaces between: 20% 10% 1:00"
        ),
    )
    months = forms.WholeField(
        label=_("Months"), required=False, minimum=1, maximum=120, unit=_("months")
    )
    cap = django_forms.CharField(
        label=_("At most"), required=False, max_length=20, help_text=_("Empty: all of it.")
    )

    def __init__(self, *args: object, pool: Allowance, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        self.pool = pool

    def clean_thresholds(self) -> list[str]:
        """Return the thresholds; hours count as minutes."""
        text = re.sub(r"\s+%", "%", self.cleaned_data["thresholds"])
        parts = [part for part in re.split(r"[;\s]+", text) if part]
        if len(parts) > MOST:
            raise django_forms.ValidationError(
                _("At most %(count)s warnings."), params={"count": MOST}
            )
        return [self._threshold(part) for part in parts]

    def clean_cap(self) -> int | None:
        """Return how much is carried over at most."""
        text = self.cleaned_data["cap"].strip()
        if not text:
            return None
        value = self._quantity(text)
        if value < 1:
            raise django_forms.ValidationError(_("Carry over one unit or more, or leave it empty."))
        if value > MOST_UNITS:
            raise django_forms.ValidationError(_("This quantity is too large."))
        return value

    def clean(self) -> dict[str, object]:
        """Return the values; a cap needs months."""
        data = super().clean() or self.cleaned_data
        if data.get("cap") and not data.get("months"):
            self.add_error("months", now_("Say for how many months it is carried over."))
        return data

    @property
    def rollover(self) -> Rollover | None:
        """What is carried over."""
        months = self.cleaned_data["months"]
        return Rollover(months, self.cleaned_data["cap"]) if months else None

    def _threshold(self, text: str) -> str:
        try:
            return str(Threshold.of(text if text.endswith("%") else self._quantity(text)))
        except NotAThresholdError as error:
            raise django_forms.ValidationError(
                _("“%(text)s” is neither a percentage nor a quantity. Examples: 20%% or 1:00"),
                params={"text": text},
            ) from error

    def _quantity(self, text: str) -> int:
        try:
            if self.pool.unit == Allowance.Unit.MINUTE:
                return reading.duration(text)
            value = reading.number(text)
        except reading.NotReadableError as error:
            raise django_forms.ValidationError(
                _("“%(text)s” is not a quantity. Example: 1:00"), params={"text": text}
            ) from error
        return int(value)
