"""Invoices and pro-formas written by hand: form, live total, issue, deletion."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import BaseFormSet
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from canone.kernel.money import Money
from canone.ledgers.invoicing import permissions
from canone.ledgers.invoicing.models import Charge, Document
from canone.ledgers.invoicing.queries import composing, words
from canone.ledgers.invoicing.queries import documents as queries
from canone.ledgers.invoicing.services import drafts, versions
from canone.ledgers.invoicing.web import looks
from canone.ledgers.invoicing.web.days import today
from canone.ledgers.invoicing.web.document import crumbs, find
from canone.ledgers.invoicing.web.draft_forms import (
    EMPTY,
    MOST,
    DraftForm,
    Lines,
    draft_of,
    free_charges,
    initial_of,
    lines_of,
)
from canone.registers.parties.models import Party
from canone.ui import formats, forms, pages, reading
from canone.ui.heads import Head, Link
from canone.ui.pages import PageRequest, page

KINDS = (Document.Kind.INVOICE.value, Document.Kind.PRO_FORMA.value)
PREFIX = "lines"


@page(permissions.ISSUE)
def new(request: PageRequest) -> HttpResponse:
    """Write an invoice or a pro-forma."""
    kind = request.GET.get("kind", Document.Kind.INVOICE.value)
    if kind not in KINDS:
        raise Http404
    row = Document(kind=kind, created_at=timezone.now())
    initial = {"customer": request.GET.get("customer")}
    return _edit(request, row, initial, [])


@page(permissions.ISSUE)
def edit(request: PageRequest, pk: int) -> HttpResponse:
    """Change a draft."""
    row = _draft(request, pk)
    series = row.series
    initial = {
        "customer": row.customer_id,
        "issue_date": row.issue_date,
        "series": series,
        "terms": row.terms_id,
        "method": row.method,
        "mandate": row.mandate,
        "notes": row.notes,
    }
    lines = row.lines.filter(charge=None).order_by("position")
    return _edit(request, row, initial, [initial_of(line) for line in lines])


def _edit(
    request: PageRequest, row: Document, initial: dict[str, Any], lines: list[dict[str, Any]]
) -> HttpResponse:
    is_sent = request.method == "POST"
    data = request.POST if is_sent else None
    form = DraftForm(data, initial=initial, user=request.user, kind=row.kind)
    formset = _formset(request, lines)
    more = is_sent and "more" in request.POST
    if is_sent and not more and _kept(request, form, formset, row):
        return pages.done(request, now_("Draft saved."), looks.document_url(row))
    customer = _chosen(form) if is_sent else initial.get("customer")
    if more:
        form = DraftForm(initial=_typed(request, form), user=request.user, kind=row.kind)
    name = queries.name(row)
    head = Head(name, crumbs=crumbs(Link(now_("Edit") if row.pk else now_("New"))))
    cancel = looks.document_url(row) if row.pk else reverse("invoicing:documents")
    return forms.render(
        request,
        form,
        head,
        forms.Buttons(_("Save draft"), cancel=cancel),
        template="invoicing/draft.html",
        preview=reverse("invoicing:draft_preview"),
        formset=formset,
        document=row,
        **_charges(request, row, customer),
    )


def _typed(request: PageRequest, form: DraftForm) -> dict[str, Any]:
    """Return what was sent, to show it once more without judging it."""
    fields = form.fields.items()
    return {
        name: field.widget.value_from_datadict(request.POST, request.FILES, name) or ""
        for name, field in fields
    }


def _formset(request: PageRequest, lines: list[dict[str, Any]]) -> BaseFormSet[Any]:
    if request.method != "POST":
        blank: list[dict[str, Any]] = [{} for _number in range(EMPTY)]
        return Lines(initial=[*lines, *blank][:MOST], prefix=PREFIX)
    data = request.POST.copy()
    if "more" in request.POST:
        count = data.get(f"{PREFIX}-TOTAL_FORMS", "0")
        total = int(count) if count.isdecimal() else 0
        data[f"{PREFIX}-TOTAL_FORMS"] = str(min(total + EMPTY, MOST))
    return Lines(data, prefix=PREFIX)


def _kept(request: PageRequest, form: DraftForm, formset: BaseFormSet[Any], row: Document) -> bool:
    """Return whether the draft was kept; what cannot be stands in the form."""
    if not form.is_valid() or not formset.is_valid():
        if form.is_valid():
            form.add_error(None, _("A line has to be corrected."))
        return False
    draft = draft_of(form, list(lines_of(formset)), _taken(request), row)
    at, by = timezone.now(), request.user.pk
    try:
        made = (
            drafts.update(row.pk, draft, at=at, by=by)
            if row.pk
            else drafts.create(draft, at=at, by=by)
        )
    except ValidationError as error:
        faults = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        for name, texts in faults.items():
            field = name.removesuffix("_id")
            form.add_error(field if field in form.fields else None, texts)
        return False
    row.pk = made.pk
    return True


def _taken(request: PageRequest) -> list[int]:
    return [int(key) for key in request.POST.getlist("charges") if key.isdecimal()]


def _chosen(form: DraftForm) -> int | None:
    """Return the customer of a form that was sent: chosen, or found by what was typed."""
    _faults = form.errors  # reads the data, once
    customer: Party | None = form.cleaned_data.get("customer")
    return customer.pk if customer else None


def _charges(request: PageRequest, row: Document, customer: Any) -> dict[str, Any]:
    """Return the charges that may be taken, with those that are ticked."""
    if not reading.is_key(str(customer or "")):
        return {"charges": [], "taken": set()}
    own = set(row.lines.exclude(charge=None).values_list("charge", flat=True)) if row.pk else set()
    taken = set(_taken(request)) if request.method == "POST" else own
    key = row.key if row.pk else ""
    found = free_charges(request.user, int(customer), key)
    if row.kind == Document.Kind.PRO_FORMA and own:
        here = {charge.pk for charge in found}
        found += list(Charge.objects.filter(pk__in=own - here))
    shown = [(charge, words.period(charge), charge.pk in taken) for charge in found]
    return {"charges": shown, "taken": taken}


@page(permissions.ISSUE)
def charges(request: PageRequest) -> HttpResponse:
    """Show the open charges of the customer who was just chosen."""
    asked = request.GET.get("customer", "")
    found = free_charges(request.user, int(asked)) if asked.isdecimal() else []
    return pages.fragment(
        request,
        "invoicing/draft_charges.html",
        title=now_("Charges to take"),
        charges=[(charge, words.period(charge), False) for charge in found],
    )


@require_POST
@page(permissions.ISSUE)
def preview(request: PageRequest) -> HttpResponse:
    """Show what the document comes to as it is written."""
    asked = request.POST.get("customer", "")
    seen = Party.objects.visible_to(request.user)
    customer = seen.filter(pk=asked).first() if asked.isdecimal() else None
    if customer is None:
        return pages.fragment(request, "invoicing/draft_preview.html", sums=None)
    written = list(lines_of(Lines(request.POST, prefix=PREFIX)))
    lines = [composing.Written(line.amount, line.vat_id, line.article_id) for line in written]
    taken = Charge.objects.visible_to(request.user).filter(
        pk__in=_taken(request), customer=customer
    )
    lines += [
        composing.Written(charge.amount.minor, charge.vat_id, charge.article_id) for charge in taken
    ]
    sums = composing.foreseen(customer.pk, lines, today())
    return pages.fragment(
        request,
        "invoicing/draft_preview.html",
        customer=customer.name,
        count=len(lines),
        sums={name: Money(getattr(sums, name)) for name in FIGURES},
        taxes=[
            (queries.rate(tax.basis_points, tax.nature), Money(tax.base), Money(tax.tax))
            for tax in sums.taxes
        ],
    )


FIGURES = ("net", "vat", "gross", "payable", "stamp", "withholding")


@page(permissions.ISSUE)
def issue(request: PageRequest, pk: int) -> HttpResponse:
    """Ask before a draft gets its number, and give it."""
    row = _draft(request, pk)
    day = row.issue_date or today()
    plan = composing.of_draft(row, day=day)
    fault = plan if isinstance(plan, str) else ""
    form = forms.Form(request.POST or None)
    if request.method == "POST":
        try:
            made = drafts.issue(pk, day=today(), at=timezone.now(), by=request.user.pk)
        except ValidationError as error:
            fault = "\n".join(error.messages)
        else:
            text = now_("%(label)s issued, %(amount)s.")
            told = {"label": made.label, "amount": formats.money(made.gross)}
            return pages.done(request, text % told, looks.document_url(made))
    told = {"amount": formats.money(row.gross), "day": formats.date_of(day)}
    text = now_(
        "%(amount)s, dated %(day)s. The number is given now and cannot be given back; "
        "from then on a credit note corrects."
    )
    head = Head(
        now_("Issue the document"),
        crumbs=crumbs(Link(queries.name(row), looks.document_url(row))),
        subject=Link(row.customer_name, looks.party_url(row.customer_id, request.user)),
    )
    buttons = forms.Buttons(_("Issue it"), cancel=looks.document_url(row))
    return forms.render(
        request,
        form,
        head,
        buttons,
        template="invoicing/issue.html",
        consequences=text % told,
        faults=fault.splitlines(),
        edit_url=reverse("invoicing:draft_edit", args=[pk]),
    )


@page(permissions.ISSUE)
def discard(request: PageRequest, pk: int) -> HttpResponse:
    """Ask before a draft is thrown away, and throw it away."""
    row = _draft(request, pk)
    if request.method == "POST":
        try:
            drafts.discard(pk, at=timezone.now(), by=request.user.pk)
        except ValidationError as error:
            return pages.refused(request, " ".join(error.messages), looks.document_url(row))
        return pages.done(request, now_("Draft deleted."), reverse("invoicing:documents"))
    head = Head(
        now_("Delete the draft"),
        crumbs=crumbs(Link(queries.name(row), looks.document_url(row))),
        subject=Link(row.customer_name, looks.party_url(row.customer_id, request.user)),
    )
    text = now_("The draft of %(amount)s goes; its charges are to invoice again.")
    consequences = text % {"amount": formats.money(row.gross)}
    buttons = forms.Buttons(_("Delete the draft"), cancel=looks.document_url(row))
    return forms.render(request, forms.Form(), head, buttons, consequences=consequences)


def _draft(request: PageRequest, pk: int) -> Document:
    row = find(request.user, pk)
    if row.state != Document.State.DRAFT:
        raise Http404
    return row


@require_POST
@page(permissions.ISSUE)
def turn(request: PageRequest, pk: int) -> HttpResponse:
    """Make the invoice that a pro-forma announced."""
    return _made(request, pk, drafts_turn)


@require_POST
@page(permissions.ISSUE)
def correct(request: PageRequest, pk: int) -> HttpResponse:
    """Write the next version of a refused number."""
    return _made(request, pk, versions_correct)


@require_POST
@page(permissions.ISSUE)
def replace(request: PageRequest, pk: int) -> HttpResponse:
    """Write a document of a new number in place of a refused one."""
    return _made(request, pk, versions_replace)


Make = Callable[[int, int], Document]


def drafts_turn(pk: int, by: int) -> Document:
    """Return the draft of the announced invoice."""
    return drafts.turn(pk, at=timezone.now(), by=by)


def versions_correct(pk: int, by: int) -> Document:
    """Return the draft of the next version."""
    return versions.correct(document_id=pk, at=timezone.now(), by=by)


def versions_replace(pk: int, by: int) -> Document:
    """Return the draft that takes a new number."""
    return versions.replace(document_id=pk, at=timezone.now(), by=by)


def _made(request: PageRequest, pk: int, make: Make) -> HttpResponse:
    row = find(request.user, pk)
    try:
        made = make(row.pk, request.user.pk)
    except ValidationError as error:
        return pages.refused(request, " ".join(error.messages), looks.document_url(row))
    return pages.done(request, now_("Draft written."), looks.document_url(made))
