"""The run of billing in four steps: choice, preview, issue, sending."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from canone.base.exchange import writers
from canone.base.exchange.writers import Column
from canone.kernel.money import Money
from canone.ledgers.invoicing import permissions
from canone.ledgers.invoicing.models import BillingRun
from canone.ledgers.invoicing.queries import preview as previews
from canone.ledgers.invoicing.queries import series
from canone.ledgers.invoicing.queries.preview import View
from canone.ledgers.invoicing.queries.reasons import told
from canone.ledgers.invoicing.queries.sums import Sums
from canone.ledgers.invoicing.rules.documents import Kind
from canone.ledgers.invoicing.rules.orders import Order
from canone.ledgers.invoicing.rules.ports import LeftOut
from canone.ledgers.invoicing.services import runs as services
from canone.ledgers.invoicing.web import habits, looks, run_looks
from canone.ledgers.invoicing.web.days import today
from canone.ledgers.invoicing.web.run_forms import ChoiceForm
from canone.registers.parties.models import Party
from canone.ui import formats, forms, origins, pages
from canone.ui.heads import Action, Counter, Head, Link
from canone.ui.pages import PageRequest, page
from canone.ui.wizards import Draft, ShownStep

SIZE = 50
AT_ONCE = 500
"""For so many rows of the file the names of customers are read together."""
TITLES = (_("Choice"), _("Preview"), _("Issue"), _("Sending"))
PASSED = frozenset({"page", "only", "format"})
KIND = writers.Kind
COLUMNS = (
    Column(_("Proposed document"), KIND.NUMBER),
    Column(_("State")),
    Column(_("Customer")),
    Column(_("Kind")),
    Column(_("Belongs to")),
    Column(_("Description")),
    Column(_("First day"), KIND.DAY),
    Column(_("Last day"), KIND.DAY),
    Column(_("Quantity"), KIND.NUMBER),
    Column(_("Unit")),
    Column(_("Net"), KIND.MONEY),
    Column(_("VAT")),
    Column(_("Document total"), KIND.MONEY),
    Column(_("Reason")),
)


def steps(at: int, *urls: str) -> list[ShownStep]:
    """Return the line of steps; `urls` are the addresses of those that are past."""
    past = (*urls, *([""] * len(TITLES)))
    return [
        ShownStep(title, past[number] if number < at else "", number == at, number < at)
        for number, title in enumerate(TITLES)
    ]


def crumbs(*links: Link) -> list[Link]:
    """Return the way to here."""
    return [Link(_("Billing runs"), reverse("invoicing:runs")), *links]


@page(permissions.ISSUE)
def choose(request: PageRequest) -> HttpResponse:
    """Ask through when and for whom."""
    if request.method == "POST":
        form = ChoiceForm(request.POST, user=request.user)
        if form.is_valid():
            Draft(request, "invoicing.run").drop()
            return redirect(f"{reverse('invoicing:run_preview')}?{_asked(request.POST)}")
    else:
        day = formats.date_of(today())
        first = {"through": day, "issue_date": day} | _initial(request.GET)
        first.setdefault("posting_date", habits.posting_date(str(first["through"])))
        form = ChoiceForm(initial=first, user=request.user)
    head = Head(_("Bill what is due"), crumbs=crumbs(Link(now_("New"))))
    buttons = forms.Buttons(_("Show the preview"), cancel=reverse("invoicing:runs"))
    return forms.render(
        request, form, head, buttons, template="invoicing/run_choose.html", steps=steps(0)
    )


def _initial(query: QueryDict) -> dict[str, Any]:
    found: dict[str, Any] = {name: query[name] for name in query if query[name]}
    if "kinds" in query:
        found["kinds"] = query.getlist("kinds")
    return found


def _asked(query: QueryDict) -> str:
    """Return what was asked as the query of an address."""
    names = ChoiceForm.base_fields
    given = [(n, v) for n in names if n in query for v in query.getlist(n) if v]
    return urlencode(given)


@page(permissions.ISSUE)
def preview(request: PageRequest) -> HttpResponseBase:
    """Show every document that the run would issue, and everything that it leaves out."""
    form = ChoiceForm(request.GET, user=request.user)
    if not form.is_valid():
        return redirect(f"{reverse('invoicing:run_new')}?{_asked(request.GET)}")
    order = form.order(_without(request, _asked(request.GET)))
    if request.GET.get("format") == "xlsx":
        return _file(order)
    return render(request, "invoicing/run_preview.html", _context(request, form, order))


@require_POST
@page(permissions.ISSUE)
def tick(request: PageRequest) -> HttpResponse:
    """Note which of the shown documents are left out, and show the preview again."""
    query = QueryDict(request.POST.get("query", ""))
    form = ChoiceForm(query, user=request.user)
    if not form.is_valid():
        return redirect(reverse("invoicing:run_new"))
    asked = _asked(query)
    shown = set(request.POST.getlist("shown"))
    without = (_without(request, asked) - shown) | (shown - set(request.POST.getlist("keep")))
    Draft(request, "invoicing.run").keep(query=asked, without=sorted(without))
    if not request.headers.get("HX-Request"):
        return redirect(f"{reverse('invoicing:run_preview')}?{query.urlencode()}")
    request.GET = query
    context = _context(request, form, form.order(frozenset(without)))
    return render(request, "invoicing/run_preview_body.html", context)


@require_POST
@page(permissions.ISSUE)
def start(request: PageRequest) -> HttpResponse:
    """Begin to issue what the preview shows."""
    query = QueryDict(request.POST.get("query", ""))
    form = ChoiceForm(query, user=request.user)
    asked = _asked(query)
    if not form.is_valid():
        return redirect(f"{reverse('invoicing:run_new')}?{asked}")
    order = form.order(_without(request, asked))
    try:
        run, _job = services.start(order, day=today(), at=timezone.now(), by=request.user.pk)
    except ValidationError as error:
        back = f"{reverse('invoicing:run_preview')}?{asked}"
        return pages.refused(request, " ".join(error.messages), back)
    Draft(request, "invoicing.run").drop()
    return redirect("invoicing:run", run.pk)


def _without(request: PageRequest, asked: str) -> frozenset[str]:
    """Return the keys of the documents that were left out of this choice."""
    kept = Draft(request, "invoicing.run").read()
    return frozenset(kept.get("without", ())) if kept.get("query") == asked else frozenset()


def _context(request: PageRequest, form: ChoiceForm, order: Order) -> dict[str, Any]:
    only = request.GET.get("only") == "differences"
    asked_page = request.GET.get("page", "1")
    number = max(1, int(asked_page)) if asked_page.isdecimal() and len(asked_page) < 7 else 1
    seen = previews.view(order, start=(number - 1) * SIZE, size=SIZE, only_differences=only)
    asked = _asked(request.GET)
    through = formats.date_of(order.through)
    whole = seen.whole
    last = max(1, -(-seen.found // SIZE))
    head = Head(
        now_("Billing through %(day)s") % {"day": through},
        crumbs=crumbs(Link(now_("New"))),
        subtitle=" · ".join(form.words()),
        actions=[
            Action(_("Excel"), f"?{asked}&format=xlsx", "download", download=True),
        ],
        counters=_counters(whole, order),
    )
    coming = series.foreseen(Kind.INVOICE.value, order.series, order.issue_date)
    return {
        "head": head,
        "steps": steps(1, f"{reverse('invoicing:run_new')}?{asked}"),
        "documents": [
            run_looks.proposed(one, n, request.user, is_in=one.key not in order.without)
            for n, one in enumerate(seen.documents)
        ],
        "found": seen.found,
        "whole": _figures(whole),
        "here": _figures(seen.here) if last > 1 and not only else None,
        "others": _others(seen) if last > 1 and not only else None,
        "page_number": number,
        "pages": last,
        "only": only,
        "asked": asked,
        "query": request.GET.urlencode(),
        "left_out": run_looks.left_out(seen.left_out, request.user),
        "left_count": sum(count for count, _cents in whole.left_out.values()),
        "left_amount": Money(sum(cents for _count, cents in whole.left_out.values())),
        "by_kind": run_looks.by_kind(whole),
        "by_rate": run_looks.by_rate(whole),
        "split": Money(-whole.split) if whole.split else None,
        "withholding": Money(-whole.withholding) if whole.withholding else None,
        "order": order,
        "coming": coming,
        "button": _button(whole),
    }


def _button(whole: Sums) -> str:
    if whole.credit_notes:
        text = ngettext("Issue %(count)s document", "Issue %(count)s documents", whole.documents)
    else:
        text = ngettext("Issue %(count)s invoice", "Issue %(count)s invoices", whole.documents)
    return text % {"count": formats.number(whole.documents)}


def _counters(whole: Sums, order: Order) -> Sequence[Counter]:
    left = sum(count for count, _cents in whole.left_out.values())
    found = [
        Counter(formats.number(whole.invoices), ngettext("invoice", "invoices", whole.invoices)),
        Counter(formats.money(Money(whole.net)), _("net")),
        Counter(
            formats.number(whole.differences),
            ngettext("difference", "differences", whole.differences),
        ),
        Counter(formats.number(left), _("left aside"), "#left-out"),
    ]
    if whole.credit_notes:
        words = ngettext("credit note", "credit notes", whole.credit_notes)
        found.insert(1, Counter(formats.number(whole.credit_notes), words))
    before = BillingRun.objects.filter(state=BillingRun.State.DONE, net__gt=0).first()
    if before is not None and not order.filters():
        share = Fraction(whole.net - before.net.minor, before.net.minor)
        found.append(Counter(formats.percent(share, signed=True), _("on the last run")))
    return found


def _figures(sums: Sums) -> dict[str, Any]:
    return {
        "count": sums.documents,
        "net": Money(sums.net),
        "vat": Money(sums.vat),
        "gross": Money(sums.gross),
        "payable": Money(sums.payable),
    }


def _others(seen: View) -> dict[str, Any]:
    whole, here = seen.whole, seen.here
    return {
        "count": whole.documents - here.documents,
        "net": Money(whole.net - here.net),
        "vat": Money(whole.vat - here.vat),
        "gross": Money(whole.gross - here.gross),
    }


def _file(order: Order) -> HttpResponseBase:
    language = translation.get_language() or "it"
    book = writers.excel(COLUMNS, _rows(order), language=language, title=now_("Preview"))
    name = f"{now_('preview')}-{order.through.isoformat()}.xlsx"
    return FileResponse(book, as_attachment=True, filename=name, content_type=writers.EXCEL_TYPE)


def _rows(order: Order) -> Iterator[Sequence[Any]]:
    number, before, named = 0, "", dict[str, str]()
    found = iter(previews.rows(order))
    while part := list(islice(found, AT_ONCE)):
        ids = {left.customer_id for _one, _item, left in part if left is not None}
        names = dict(Party.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}
        for one, item, left in part:
            if left is not None:
                yield _left(left, names.get(left.customer_id, ""), named)
            elif one is not None and item is not None:
                number += one.key != before
                before = one.key
                yield _line(number, one, item, named)


def _left(left: LeftOut, name: str, named: dict[str, str]) -> Sequence[Any]:
    amount = None if left.amount_minor is None else Money(left.amount_minor)
    state = run_looks.state_of(left.code).word
    return (
        None, str(state), name, "", origins.called(left.bundle, named), left.title,
        None, None, None, "", amount, "", None, told(left.code, left.reason),
    )  # fmt: skip


def _line(number: int, one: Any, item: Any, named: dict[str, str]) -> Sequence[Any]:
    content = item.content
    sign = -1 if one.kind == Kind.CREDIT_NOTE else 1
    return (
        number, now_("Proposed"), one.customer.name, str(origins.kind_word(content.kind)),
        origins.called(content.bundle, named), content.description, content.service_start,
        content.service_end - looks.ONE_DAY, content.quantity_micros / 1_000_000, content.unit,
        Money(content.amount_minor), item.rate.code, Money(sign * one.totals.gross), "",
    )  # fmt: skip
