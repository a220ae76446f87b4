"""The firm's habits of invoicing, in JSON."""

from __future__ import annotations

from typing import Literal

from django.utils.translation import gettext as _
from pydantic import Field

from canone.ledgers.invoicing import permissions
from canone.ledgers.invoicing.models import BillingSettings
from canone.ledgers.invoicing.queries import habits as queries
from canone.ledgers.invoicing.services import settings as services
from canone.ledgers.invoicing.services.settings import MOST_DAYS
from canone.ui import api

router = api.Router(tags=["invoicing"])


class BillingHabitsOut(api.Schema):
    """What holds wherever a customer or a contract says nothing else.

    Without `ordinary_vat_id` the country's highest rate is the ordinary one.
    """

    ordinary_vat_id: int | None
    recharges_stamp: bool
    due_days: int
    posts_on: Literal["issue", "month_end"]


class BillingHabitsIn(api.Schema):
    """The habits, whole."""

    ordinary_vat_id: api.Id | None = None
    recharges_stamp: bool = False
    due_days: int = Field(30, ge=0, le=MOST_DAYS)
    posts_on: Literal["issue", "month_end"] = "issue"


@router.get("/billing-habits", response=BillingHabitsOut, summary="Read the habits of billing")
@api.allows(permissions.SETTINGS)
def read_billing_habits(request: api.Request) -> BillingSettings:  # noqa: ARG001 (the firm's)
    """Return the habits."""
    return queries.habits()


@router.put("/billing-habits", response=BillingHabitsOut, summary="Enter the habits of billing")
@api.allows(permissions.SETTINGS)
def enter_billing_habits(request: api.Request, body: BillingHabitsIn) -> BillingSettings:
    """Return the habits as they are kept."""
    said = body.model_dump()
    chosen = said.pop("ordinary_vat_id")
    rate = queries.ordinary_rates().filter(pk=chosen).first() if chosen else None
    if chosen and rate is None:
        raise api.invalid("ordinary_vat_id", "unknown", _("There is no such rate to choose."))
    return services.revise(by=request.user.pk, ordinary_vat=rate, **said)
