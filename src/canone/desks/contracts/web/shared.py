"""What the pages of contracts have in common."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from canone.base.access.models import User
from canone.desks.contracts.models import Contract, Line
from canone.desks.contracts.queries import contracts as queries
from canone.desks.contracts.web import looks
from canone.ui.heads import Link

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


def faults(error: ValidationError) -> dict[str, list[str]]:
    """Return the texts of a service's refusal by field."""
    if hasattr(error, "error_dict"):
        return {name: list(texts) for name, texts in error.message_dict.items()}
    return {"": list(error.messages)}
