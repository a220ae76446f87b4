"""What the pages of contracts have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from canone.base.access.models import User
from canone.desks.contracts.models import Contract, Line
from canone.desks.contracts.queries import contracts as queries
from canone.desks.contracts.queries.covering import Touched
from canone.desks.contracts.web import looks
from canone.registers.parties import queries as parties
from canone.registers.parties.models import Party
from canone.ui import formats, lists
from canone.ui import forms as fields
from canone.ui.heads import Head, Link

T = TypeVar("T")
LIST = _("Contracts")
MOST_DIGITS = 18
"""More than any key has, and fewer than an engine refuses."""
SEARCHED: dict[str, Any] = {
    "url_name": "parties:pick",
    "find": parties.matching,
    "shown": lambda party: party.name,
}


def find(user: User, pk: int) -> Contract:
    """Return the contract, its lines not yet read; what its user may not see does not exist."""
    try:
        return queries.found(pk, user)
    except Contract.DoesNotExist:
        raise Http404 from None


def find_whole(user: User, pk: int) -> Contract:
    """Return the same with all its lines at hand."""
    contract = find(user, pk)
    queries.read_lines(contract)
    return contract


def find_line(user: User, pk: int) -> Line:
    """Return the line of a contract that `user` may see."""
    seen = Contract.objects.visible_to(user)
    line = Line.objects.select_related("contract__customer", "article", "tariff", "group")
    found = line.filter(pk=pk, contract__in=seen).first()
    if found is None:
        raise Http404
    return found


def line_of(contract: Contract, sent: Mapping[str, Any]) -> Line | None:
    """Return the contract's line that a sent form is about; None where it makes a new one."""
    key = str(sent.get("of_line") or "")
    if not key.isdecimal() or len(key) > MOST_DIGITS:
        return None
    return contract.lines.select_related("article", "tariff", "group").filter(pk=key).first()


def _customers(request: HttpRequest) -> QuerySet[Party]:
    return customers(cast("User", request.user))


def customers(user: User) -> QuerySet[Party]:
    """Return the customers whom a contract can be for."""
    return Party.objects.visible_to(user).filter(is_customer=True).order_by("name")


def customer_filter(field: str | None = None) -> lists.SearchFilter:
    """Return the filter by customer: one is searched, for there are too many to list them all."""
    return lists.SearchFilter(_("Customer"), _customers, field=field, **SEARCHED)


def customer_field() -> fields.SearchField:
    """Return the field of a form for the customer, who is searched; `customers` says which."""
    return fields.SearchField(Party.objects.none(), label=_("Customer"), **SEARCHED)


def changes(touched: Touched | None) -> list[tuple[str, str]]:
    """Return what work not accounted yet comes to before and after a change, for its page."""
    if touched is None or not touched.pending:
        return []
    return [
        (now_("Before"), formats.money(touched.before)),
        (now_("After"), formats.money(touched.after)),
    ]


def crumbs(contract: Contract | None = None, *more: Link) -> list[Link]:
    """Return the way from the list of contracts to a page."""
    found = [Link(LIST, reverse("contracts:list"))]
    if contract is not None:
        found.append(Link(contract.number, looks.contract_url(contract) if more else ""))
    return [*found, *more]


def subject(contract: Contract, line: str = "") -> Link:
    """Return what a form is about: the line, the contract, its customer."""
    parts = [line, contract.title, contract.customer.name]
    return Link(" · ".join(filter(None, parts)), looks.contract_url(contract))


def conflict(
    request: HttpRequest, form: fields.Form, line: Line, title: str
) -> HttpResponse | None:
    """Return the page on which a user chooses, where somebody else saved the line meanwhile."""
    found = form.conflict(who=lambda: looks.last_change(line))
    if found is None:
        return None
    about = subject(line.contract, looks.line_words(line))
    head = Head(title, crumbs=crumbs(line.contract, Link(title)), subject=about)
    return fields.conflicted(request, form, found, head, reload=request.path)


def faults(error: ValidationError) -> dict[str, list[str]]:
    """Return the texts of a service's refusal by field."""
    if hasattr(error, "error_dict"):
        return {name: list(texts) for name, texts in error.message_dict.items()}
    return {"": list(error.messages)}


def done(form: forms.BaseForm, act: Callable[[], T]) -> T | None:
    """Return what the service made; None after telling the form why it would not."""
    try:
        with transaction.atomic():
            return act()
    except ValidationError as error:
        looks.tell(form, faults(error))
        return None


def saved(form: forms.BaseForm, act: Callable[[], None]) -> bool:
    """Return whether all was written; otherwise nothing was, and the form says why."""

    def write() -> bool:
        act()
        return True

    return bool(done(form, write))
