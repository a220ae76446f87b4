"""The credit note of an invoice: how much of it, what becomes of the charges, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms as django_forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from canone.kernel.money import Money
from canone.ledgers.invoicing import permissions
from canone.ledgers.invoicing.models import Document, DocumentLine
from canone.ledgers.invoicing.queries import documents as queries
from canone.ledgers.invoicing.queries import standing
from canone.ledgers.invoicing.services import crediting
from canone.ledgers.invoicing.services.crediting import Credit
from canone.ledgers.invoicing.web import looks
from canone.ledgers.invoicing.web.days import today
from canone.ledgers.invoicing.web.document import crumbs, find
from canone.ui import formats, forms, pages
from canone.ui.heads import Head, Link
from canone.ui.pages import PageRequest, page

MODES = (
    (
        Document.Mode.RELEASE.value,
        _("Bill again: the charges are open again, and the next run bills them anew."),
    ),
    (
        Document.Mode.SETTLE.value,
        _("Settle for good: no run bills it again. For courtesies and corrections of amount."),
    ),
)


@dataclass(frozen=True, slots=True)
class Choice:
    """A line of the invoice, with what is left of it and its two fields."""

    line: DocumentLine
    left: Money
    tick: Any
    amount: Any


class CreditForm(forms.Form):
    """What is credited, and why; the fields of the lines are `take<id>` and `amount<id>`."""

    panels = (
        forms.Panel(_("What becomes of it"), ["mode", "reason"]),
        forms.Panel(_("Document"), ["issue_date", "notes"], columns=True),
    )
    mode = django_forms.ChoiceField(
        label=_("What it takes back"), choices=MODES, widget=django_forms.RadioSelect
    )
    reason = django_forms.CharField(
        label=_("Reason"), max_length=400, help_text=_("It is printed and stays on record.")
    )
    issue_date = forms.DateField(
        label=_("Date"), required=False, help_text=_("Empty: the day on which it is issued.")
    )
    notes = django_forms.CharField(
        label=_("Notes"), required=False, widget=django_forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, lines: list[DocumentLine], **options: Any) -> None:
        super().__init__(*args, **options)
        left = standing.left_of(lines)
        self.lines = [line for line in lines if left[line.pk]]
        self.left = {line.pk: Money(left[line.pk]) for line in self.lines}
        for line in self.lines:
            self.fields[f"take{line.pk}"] = django_forms.BooleanField(
                label=line.description, required=False, initial=True
            )
            self.fields[f"amount{line.pk}"] = forms.MoneyField(
                label=now_("Amount of line %(number)s") % {"number": line.position},
                required=False,
                initial=self.left[line.pk],
            )

    @property
    def panels_shown(self) -> list[forms.ShownPanel]:
        """The panels without the fields of the lines, which have a table of their own."""
        return super().panels_shown[: len(self.panels)]

    @property
    def choices(self) -> list[Choice]:
        """The lines with their fields."""
        return [
            Choice(line, self.left[line.pk], self[f"take{line.pk}"], self[f"amount{line.pk}"])
            for line in self.lines
        ]

    def clean(self) -> dict[str, Any]:
        """Ask for a line at least."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not any(data.get(f"take{line.pk}") for line in self.lines):
            self.add_error(None, _("Tick what is credited."))
        return data

    def amounts(self) -> dict[int, Money | None]:
        """Return what is credited by line; None for all that is left of it."""
        data, found = self.cleaned_data, {}
        for line in self.lines:
            if data.get(f"take{line.pk}"):
                amount = data.get(f"amount{line.pk}")
                found[line.pk] = None if amount == self.left[line.pk] else amount
        return found


@page(permissions.CREDIT)
def credit(request: PageRequest, pk: int) -> HttpResponse:
    """Ask what of an invoice is credited, and issue the credit note."""
    row = find(request.user, pk)
    if row.kind != Document.Kind.INVOICE or row.state != Document.State.ISSUED:
        raise Http404
    form = CreditForm(
        request.POST or None, lines=list(row.lines.order_by("position")), initial={"mode": "settle"}
    )
    if request.method == "POST" and form.is_valid():
        made = _issue(request, form, row)
        if made is not None:
            text = now_("Credit note %(label)s of %(amount)s issued.")
            told = {"label": made.label, "amount": formats.money(made.gross)}
            return pages.done(request, text % told, looks.document_url(made))
    head = Head(
        now_("Credit note for %(label)s") % {"label": queries.name(row)},
        crumbs=crumbs(Link(queries.name(row), looks.document_url(row)), Link(now_("Credit note"))),
        subject=Link(row.customer_name, looks.party_url(row.customer_id, request.user)),
    )
    consequences = now_(
        "A credit note gets its number at once and cannot be taken back. "
        "It is set against what is open of the invoice."
    )
    buttons = forms.Buttons(_("Issue the credit note"), cancel=looks.document_url(row))
    return forms.render(
        request,
        form,
        head,
        buttons,
        template="invoicing/credit.html",
        consequences=consequences,
        document=row,
    )


def _issue(request: PageRequest, form: CreditForm, row: Document) -> Document | None:
    data = form.cleaned_data
    wanted = Credit(
        row.pk,
        data["mode"],
        data["reason"],
        amounts=form.amounts(),
        issue_date=data["issue_date"],
        notes=data["notes"],
    )
    try:
        return crediting.credit(wanted, day=today(), at=timezone.now(), by=request.user.pk)
    except ValidationError as error:
        faults = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        for name, texts in faults.items():
            form.add_error(name if name in form.fields else None, texts)
    return None
