"""Forms of zones and payment terms."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

from canone.registers.parties.models import PaymentTerms, Zone
from canone.registers.parties.rules.terms import LONGEST, MOST, MOST_EXTRA, MOST_INSTALMENTS
from canone.registers.parties.services import records
from canone.registers.parties.services import settings as services
from canone.registers.parties.web.forms import PartForm
from canone.ui.forms import SwitchField, WholeField


class ZoneForm(PartForm):
    """A zone."""

    is_active = SwitchField(label=_("Active"), initial=True)

    class Meta:
        model = Zone
        fields = ("name", "is_active")
        labels: ClassVar = {"name": _("Name")}


class TermsForm(PartForm):
    """Payment terms, with a name per language."""

    first_days = WholeField(label=_("Days to the first due date"), maximum=LONGEST, unit=_("days"))
    instalments = WholeField(label=_("Instalments"), minimum=1, maximum=MOST_INSTALMENTS, initial=1)
    interval_days = WholeField(
        label=_("Days between instalments"), minimum=1, maximum=LONGEST, initial=30, unit=_("days")
    )
    month_end = SwitchField(
        label=_("End of month"), help_text=_("Thirty days then count as a calendar month.")
    )
    from_month_end = SwitchField(
        label=_("Counted from the end of the month"),
        help_text=_(
            "First to the last day of the invoice’s month, then real days: end of month plus "
            "30, 60, 90."
        ),
    )
    extra_days = WholeField(
        label=_("Days after the end of month"), maximum=MOST_EXTRA, initial=0, unit=_("days")
    )
    fixed_day = WholeField(
        label=_("On a fixed day of the month"),
        maximum=MOST,
        initial=0,
        help_text=_("The next such day from the due date on; zero where there is none."),
    )
    skipped_months = forms.TypedMultipleChoiceField(
        label=_("Months in which nothing is due"),
        choices=list(MONTHS.items()),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    skip_day = WholeField(
        label=_("Instead on this day of the next month"), minimum=1, maximum=MOST, initial=10
    )
    is_active = SwitchField(label=_("Active"), initial=True)

    class Meta:
        model = PaymentTerms
        fields = (
            "code", "method", "first_days", "instalments", "interval_days", "month_end",
            "from_month_end", "extra_days", "fixed_day", "skipped_months", "skip_day", "is_active",
        )  # fmt: skip
        labels: ClassVar = {"code": _("Code"), "method": _("Method")}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for code, language in settings.LANGUAGES:
            self.fields[f"name_{code}"] = forms.CharField(
                label=_("Name (%(language)s)") % {"language": language},
                max_length=120,
                required=False,
                initial=(self.instance.names or {}).get(code, ""),
            )

    def told(self, row: Any) -> records.Faults:
        """Return what the service finds wrong; the names stand in fields of their own."""
        row.names = self.names
        told = services.terms_faults(row)
        missing = told.pop("names", None)
        return told | ({f"name_{settings.LANGUAGES[0][0]}": missing} if missing else {})

    @property
    def names(self) -> dict[str, str]:
        """The name per language."""
        given = self.cleaned_data
        return {code: given.get(f"name_{code}", "") for code, _language in settings.LANGUAGES}

    @property
    def values(self) -> dict[str, Any]:
        """What the service takes, the names together."""
        return {**super().values, "names": self.names}
