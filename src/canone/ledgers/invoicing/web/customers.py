"""Choosing a customer on the pages of invoicing: searched, for there are too many to list."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from canone.base.access.models import User
from canone.registers.parties import queries as parties
from canone.registers.parties.models import Party
from canone.ui import forms, lists

SEARCHED: dict[str, Any] = {"find": parties.matching, "shown": lambda party: party.name}


def seen(user: User) -> QuerySet[Party]:
    """Return the customers whom `user` may see."""
    return Party.objects.visible_to(user).filter(is_customer=True).order_by("name")


def in_use(user: User) -> QuerySet[Party]:
    """Return the customers for whom `user` may still write something new."""
    return seen(user).filter(is_active=True)


def _of_request(request: HttpRequest) -> QuerySet[Party]:
    return seen(cast("User", request.user))


def customer_filter() -> lists.SearchFilter:
    """Return the filter of a list by customer."""
    return lists.SearchFilter(_("Customer"), _of_request, url_name="parties:pick", **SEARCHED)


def customer_field(*, url_name: str = "parties:pick", required: bool = True) -> forms.SearchField:
    """Return the field of a form for the customer; the form says among whom."""
    rows = Party.objects.none()
    return forms.SearchField(
        rows, label=_("Customer"), url_name=url_name, required=required, **SEARCHED
    )
