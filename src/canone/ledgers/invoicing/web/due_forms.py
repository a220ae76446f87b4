"""The forms of settlement: what of each due item is paid, given, written off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import uuid4

from django import forms as django_forms
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from canone.base.access.models import User
from canone.kernel.money import Money
from canone.ledgers.invoicing.models import DueItem
from canone.ledgers.invoicing.queries import dues
from canone.ledgers.invoicing.rules import allocation
from canone.ledgers.invoicing.rules.allocation import Open
from canone.ledgers.invoicing.services import booking, settling
from canone.ledgers.invoicing.web import customers
from canone.ledgers.invoicing.web.days import today
from canone.registers.parties.models import PaymentTerms
from canone.ui import formats, forms
from canone.ui.states import State

SIGNS = "$£¥₣₤₽"
METHODS = [("", _("Not said")), *PaymentTerms.Method.choices]


class EuroField(forms.MoneyField):
    """An amount in euro; another currency is told so."""

    def read(self, text: str) -> Money:
        """Return the amount; what names another currency is a fault of its own."""
        plain = text.upper().replace("EUR", "")
        if any(sign.isalpha() or sign in SIGNS for sign in plain):
            raise django_forms.ValidationError(
                _("Only euro is booked: write what reached the account in euro."), code="currency"
            )
        return super().read(plain)


def _come(day: date) -> date:
    """Return the day, which is not still to come."""
    try:
        settling.check_day(day, today=today())
    except booking.SettlementError as error:
        raise django_forms.ValidationError(error.messages) from error
    return day


@dataclass(frozen=True, slots=True)
class Row:
    """A due item in the table of a form."""

    item: DueItem
    state: State
    open: Money
    late: int | None
    field: Any


class SharesForm(forms.Form):
    """A form with a field per due item, `share<id>`: what of it is settled."""

    def __init__(
        self, *args: Any, items: Sequence[DueItem], shares: Mapping[int, Money], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.items = list(items)
        for item in self.items:
            values = {"document": item.document.label, "day": formats.date_of(item.due_on)}
            self.fields[f"share{item.pk}"] = EuroField(
                label=now_("%(document)s, due %(day)s") % values,
                required=False,
                initial=shares.get(item.pk),
            )

    @property
    def panels_shown(self) -> list[forms.ShownPanel]:
        """The panels without the shares, which have a table of their own."""
        return super().panels_shown[: len(self.panels)]

    @property
    def rows(self) -> list[Row]:
        """The due items with their fields."""
        day = today()
        return [
            Row(
                item,
                dues.LOOKS[dues.Standing(item.standing)],  # type: ignore[attr-defined]
                dues.open_of(item),
                dues.days_late(item, day=day),
                self[f"share{item.pk}"],
            )
            for item in self.items
        ]

    def clean(self) -> dict[str, Any]:
        """Refuse a share beyond what is open, or of the other sign."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for item in self.items:
            share = data.get(f"share{item.pk}")
            one = Open(item.pk, dues.open_of(item).minor)
            if share and not allocation.fits(one, share.minor):
                text = _("At most %(open)s is open.")
                if item.amount.minor < 0:
                    text = _("This is a credit: at most %(open)s, with the minus.")
                told = text % {"open": formats.money(dues.open_of(item))}
                self.add_error(f"share{item.pk}", told)
        return data

    def clean_day(self) -> date:
        """Refuse a day that is still to come."""
        return _come(self.cleaned_data["day"])

    def shares(self) -> dict[int, Money]:
        """Return what is written at the due items."""
        found = {item.pk: self.cleaned_data.get(f"share{item.pk}") for item in self.items}
        return {key: share for key, share in found.items() if share}


class PaymentForm(SharesForm):
    """Money that came in."""

    panels = (
        forms.Panel(
            _("What came in"), ["key", "amount", "day", "method", "reference"], columns=True
        ),
    )
    key = django_forms.CharField(widget=django_forms.HiddenInput, max_length=40)
    amount = EuroField(label=_("Amount"), minimum=Money(1))
    day = forms.DateField(label=_("Date"), help_text=_("On which it came in."))
    method = django_forms.ChoiceField(label=_("Method"), choices=METHODS, required=False)
    reference = django_forms.CharField(
        label=_("Reference"),
        max_length=140,
        required=False,
        help_text=_("Such as the text of the transfer."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial.setdefault("key", uuid4().hex)
        self.initial.setdefault("day", today())

    def clean(self) -> dict[str, Any]:
        """Refuse to share out more than came in."""
        data = super().clean()
        amount, shared = data.get("amount"), sum(share.minor for share in self.shares().values())
        if amount and shared > amount.minor:
            text = _("%(shared)s are shared out, %(over)s more than came in.")
            values = {
                "shared": formats.money(Money(shared)),
                "over": formats.money(Money(shared - amount.minor)),
            }
            self.add_error("amount", text % values)
        return data


class GiveForm(SharesForm):
    """What the credit of a payment settles."""

    panels = ()

    def __init__(self, *args: Any, credit: Money, **options: Any) -> None:
        super().__init__(*args, **options)
        self.credit = credit

    def clean(self) -> dict[str, Any]:
        """Refuse nothing, and more than there is."""
        data = super().clean()
        shared = sum(share.minor for share in self.shares().values())
        if not self.errors and not self.shares():
            self.add_error(None, _("Write at a due item what the credit settles."))
        if shared > self.credit.minor:
            text = _("%(shared)s are shared out, but the credit is %(credit)s.")
            values = {
                "shared": formats.money(Money(shared)),
                "credit": formats.money(self.credit),
            }
            self.add_error(None, text % values)
        return data


class WriteOffForm(SharesForm):
    """What will not be paid, and why."""

    panels = (forms.Panel(_("Why"), ["chosen", "back", "reason", "day"], columns=True),)
    chosen = django_forms.CharField(widget=django_forms.HiddenInput)
    back = django_forms.CharField(widget=django_forms.HiddenInput, required=False)
    reason = django_forms.CharField(
        label=_("Reason"), max_length=400, help_text=_("It stays on record.")
    )
    day = forms.DateField(label=_("Date"))


class RefundForm(SharesForm):
    """Money given back for credit notes."""

    panels = (forms.Panel(_("What was given back"), ["day", "method", "reference"], columns=True),)
    day = forms.DateField(label=_("Date"), help_text=_("On which it was given back."))
    method = django_forms.ChoiceField(label=_("Method"), choices=METHODS, required=False)
    reference = django_forms.CharField(label=_("Reference"), max_length=140, required=False)


class BackForm(forms.Form):
    """Money that goes back, of what a payment left over."""

    key = django_forms.CharField(widget=django_forms.HiddenInput, max_length=40)
    amount = EuroField(label=_("Amount"), minimum=Money(1))
    day = forms.DateField(label=_("Date"), help_text=_("On which it was given back."))
    method = django_forms.ChoiceField(label=_("Method"), choices=METHODS, required=False)
    reference = django_forms.CharField(label=_("Reference"), max_length=140, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial.setdefault("key", uuid4().hex)

    def clean_day(self) -> date:
        """Refuse a day that is still to come."""
        return _come(self.cleaned_data["day"])


class UndoForm(forms.Form):
    """Why a payment is undone."""

    reason = django_forms.CharField(
        label=_("Reason"), max_length=400, help_text=_("It stays on record beside the reversal.")
    )
    day = forms.DateField(label=_("Date"), help_text=_("Such as the day of the bank’s return."))

    def clean_day(self) -> date:
        """Refuse a day that is still to come."""
        return _come(self.cleaned_data["day"])


class CustomerForm(forms.Form):
    """Whose money it is."""

    customer = customers.customer_field()

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["customer"].queryset = customers.seen(user)  # type: ignore[attr-defined]
