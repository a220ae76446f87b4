"""The list of documents: invoices, credit notes, pro-formas and drafts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from canone.base.access.functions import STAFF
from canone.ledgers.invoicing import permissions
from canone.ledgers.invoicing.models import Document, DocumentQuerySet
from canone.ledgers.invoicing.queries import documents as queries
from canone.ledgers.invoicing.queries.documents import LOOKS, Standing
from canone.ledgers.invoicing.web import customers, looks
from canone.ledgers.invoicing.web.days import today
from canone.ledgers.invoicing.web.finding import MentionFilter
from canone.ui import lists
from canone.ui.heads import Action
from canone.ui.pages import PageRequest, page

STANDINGS = [(standing.value, look.word) for standing, look in LOOKS.items()]


def _standing(rows: Any, _name: str, value: str) -> DocumentQuerySet:
    return queries.standing_as(rows, Standing(value), day=today())


def _state(document: Any) -> Any:
    return LOOKS[Standing(document.standing)]


def _sub(document: Document) -> str:
    kind = str(document.get_kind_display())
    return f"{kind} · {queries.name(document.original)}" if document.original else kind


def _method(document: Document) -> str:
    return looks.method_word(document.method)


class DocumentTable(lists.Table):
    """What the list of documents shows."""

    state = lists.StateColumn(_("State"), _state)
    label = lists.Name(
        _("Document"),
        queries.name,
        link=looks.document_url,
        sub=_sub,
        sort=("year", "series", "number"),
        classes="cn-nw",
    )
    customer = lists.Text(_("Customer"), "customer_name", span="w6")
    day = lists.Date(_("Date"), "issue_date")
    due = lists.Date(_("Due"), "due_on")
    net = lists.Money(_("Net"), lambda d: queries.signed(d, d.net), sort="net")
    vat = lists.Money(_("VAT"), lambda d: queries.signed(d, d.vat), sort="vat", classes="")
    gross = lists.Money(_("Total"), lambda d: queries.signed(d, d.gross), sort="gross")
    open = lists.Money(_("To collect"), "open_amount")


class FileTable(lists.Table):
    """What files of documents carry."""

    state = lists.StateColumn(_("State"), _state)
    kind = lists.Text(_("Kind"), lambda document: str(document.get_kind_display()))
    label = lists.Text(_("Number"), "label")
    version = lists.Number(_("Version"), "version")
    day = lists.Date(_("Date"), "issue_date")
    posting = lists.Date(_("Posting date"), "posting_date")
    code = lists.Text(_("Customer code"), "customer__code")
    customer = lists.Text(_("Customer"), "customer_name")
    net = lists.Money(_("Net"), lambda d: queries.signed(d, d.net))
    vat = lists.Money(_("VAT"), lambda d: queries.signed(d, d.vat))
    gross = lists.Money(_("Total"), lambda d: queries.signed(d, d.gross))
    payable = lists.Money(_("To pay"), lambda d: queries.signed(d, d.payable))
    open = lists.Money(_("To collect"), "open_amount")
    due = lists.Date(_("Due"), "due_on")
    method = lists.Text(_("Method"), _method)
    original = lists.Text(
        _("Original"), lambda d: queries.name(d.original) if d.original else "", sort=()
    )
    run = lists.Text(_("Run"), lambda d: str(d.run_id or ""), sort=())
    reason = lists.Text(_("Reason"), "reason")


class DocumentFilters(lists.FilterSet):
    """How documents are searched."""

    text = MentionFilter(
        _("Text"),
        ["label", "customer_name"],
        "mentions",
        hint=_("number, customer, contract, order"),
    )
    customer = customers.customer_filter()
    kind = lists.ChoiceFilter(_("Kind"), Document.Kind.choices, field="kind")
    state = lists.ChoiceFilter(_("State"), STANDINGS, method=_standing)
    start = lists.DayFilter(_("From"), field="issue_date", first=True)
    end = lists.DayFilter(_("To"), field="issue_date", first=False)


class DocumentList(lists.List):
    """All documents that the reader may see, the newest first."""

    key = "invoicing.documents"
    title = _("Invoices")
    table, file_table, filters = DocumentTable, FileTable, DocumentFilters
    order: ClassVar[tuple[str, ...]] = ("-issue_date",)
    file_name = "documents"

    def rows(self) -> QuerySet[Document]:
        """Return what this reader may see."""
        seen = Document.objects.visible_to(self.user).select_related("customer", "original")
        return queries.with_standing(seen, day=today())

    def totals(self, rows: QuerySet[Document]) -> lists.Totals:
        """Return a line per kind and state, and what is billed in all."""
        plain = Document.objects.filter(pk__in=rows.order_by().values("pk"))
        found = queries.sums(plain)
        feet = [_foot(one) for one in found]
        whole = queries.whole(found)
        cells = {
            "net": whole.net,
            "vat": whole.vat,
            "gross": whole.gross,
            "open": queries.open_sum(plain),
        }
        label = _("Issued, less credit notes")
        feet.append(lists.Foot(label, cells, count=whole.count, sum=True))
        return lists.Totals(sum(one.count for one in found), feet)

    def actions(self) -> Sequence[Action]:
        """Return what begins documents."""
        if not self.user.may(permissions.ISSUE):
            return ()
        new = reverse("invoicing:draft_new")
        return [
            Action(_("New pro-forma"), f"{new}?kind=pro_forma", "plus"),
            Action(_("New invoice"), new, "plus", key="n"),
            Action(_("Bill what is due"), reverse("invoicing:run_new"), "right", main=True),
        ]

    def bulk(self) -> Sequence[lists.Bulk]:
        """Return what makes papers of chosen documents."""
        if not self.user.may(permissions.ISSUE):
            return ()
        return [
            lists.Bulk(_("ZIP of the PDFs"), reverse("invoicing:zip_chosen"), "download"),
            lists.Bulk(_("One file to print"), reverse("invoicing:print_chosen"), "document"),
            lists.Bulk(_("Mail them"), reverse("invoicing:mail_chosen"), "mail"),
        ]

    def row_label(self, record: Any) -> str:
        """Return number and customer."""
        return f"{queries.name(record)}, {record.customer_name}"

    def empty(self) -> lists.Empty:
        """Return what would stand here."""
        if not self.user.roles & frozenset(STAFF):
            return lists.Empty(now_("No invoices yet"), now_("Your invoices appear here."))
        return lists.Empty(
            now_("No invoices yet"),
            now_("A run bills everything that is due; single invoices are written by hand."),
            self.actions(),
        )


def _foot(one: queries.Sums) -> lists.Foot:
    sign = -1 if one.kind == Document.Kind.CREDIT_NOTE else 1
    amounts = {"net": one.net, "vat": one.vat, "gross": one.gross}
    label = str(queries.KINDS[one.kind])
    if one.state != Document.State.ISSUED:
        label = f"{label} · {Document.State(one.state).label}"
    cells = {name: amount.times(sign) for name, amount in amounts.items()}
    return lists.Foot(label, cells, count=one.count)


@page(permissions.VIEW)
def documents(request: PageRequest) -> HttpResponseBase:
    """Show all documents."""
    return DocumentList(request).response()
