"""What the pages of contracts have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from canone.base.access.models import User
from canone.desks.contracts.models import Contract, Line
from canone.desks.contracts.queries import contracts as queries
from canone.desks.contracts.web import looks
from canone.ui.heads import Link

T = TypeVar("T")
LIST = _("Contracts")


def find(user: User, pk: int) -> Contract:
    """Return the contract with its parts; what its user may not see does not exist."""
    try:
        return queries.in_full(pk, user)
    except Contract.DoesNotExist:
        raise Http404 from None


def find_line(user: User, pk: int) -> Line:
    """Return the line of a contract that `user` may see."""
    seen = Contract.objects.visible_to(user)
    line = Line.objects.select_related("contract", "contract__customer", "article")
    found = line.filter(pk=pk, contract__in=seen).first()
    if found is None:
        raise Http404
    return found


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
