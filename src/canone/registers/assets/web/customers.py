"""Choosing a customer on the pages of machines: searched, for there are too many to list."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from canone.base.access.models import User
from canone.registers.parties import queries as parties
from canone.registers.parties.models import Party
from canone.ui import forms, lists

SEARCHED: dict[str, Any] = {
    "url_name": "parties:pick",
    "find": parties.matching,
    "shown": lambda party: party.name,
}


def seen(user: User) -> QuerySet[Party]:
    """Return the customers whom `user` may see."""
    return Party.objects.visible_to(user).filter(is_customer=True).order_by("name")


def _of_request(request: HttpRequest) -> QuerySet[Party]:
    return seen(cast("User", request.user))


def customer_filter(field: str) -> lists.SearchFilter:
    """Return the filter of a list by the customer that stands in `field`."""
    return lists.SearchFilter(_("Customer"), _of_request, field=field, **SEARCHED)


def customer_field() -> forms.SearchField:
    """Return the field of a form for the customer; the form says among whom."""
    return forms.SearchField(Party.objects.none(), label=_("Customer"), **SEARCHED)
