"""Prepaid hours: topped up with their charge, and taken back with it."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from canone.base.firm import queries as firm
from canone.desks.assistance import permissions
from canone.desks.assistance.api import shapes
from canone.desks.assistance.queries import profiles
from canone.desks.assistance.services import subscriptions
from canone.kernel.money import Money
from canone.ledgers.allowances import queries as allowances
from canone.ledgers.allowances.models import Allowance, Entry
from canone.ledgers.allowances.queries import remedies
from canone.ledgers.allowances.services.book import AllowanceError, KeyTakenError
from canone.ledgers.invoicing.services.charges import ChargeError
from canone.ui import api

router = api.Router(tags=["profiles of groups"])


@router.post(
    "/tariffs/{tariff_id}/top-ups", response={201: shapes.TopUpOut}, summary="Top hours up"
)
@api.allows(permissions.ASSIGN)
def top_up(request: api.Request, tariff_id: api.Id, body: shapes.TopUpIn) -> Any:
    """Add prepaid minutes and charge their amount; the same `key` again returns the first."""
    owner = profiles.pool_key(tariff_id)
    if owner not in allowances.balances([owner]):
        raise Http404
    try:
        entry_id = subscriptions.top_up(
            tariff_id=tariff_id,
            minutes=body.minutes,
            amount=Money.of(body.amount),
            day=body.day,
            note=body.note,
            expires_on=body.expires_on,
            key=f"api-{body.key}" if body.key else "",
            at=timezone.now(),
            by=request.user.pk,
        )
    except (KeyTakenError, ChargeError) as error:
        raise api.Problem(409, "not_possible", str(error)) from error
    except AllowanceError as error:
        raise api.invalid("minutes", "minutes", str(error)) from error
    except subscriptions.NoSubscriptionError as error:
        raise Http404 from error
    return api.Answer(201, _told(entry_id, owner))


@router.post(
    "/allowance-entries/{entry_id}/take-back",
    response={201: shapes.TopUpOut},
    summary="Take a grant or top-up back",
)
@api.allows(permissions.UNDO)
def take_back(request: api.Request, entry_id: api.Id, body: shapes.TakeBackIn) -> Any:
    """Return the reversal of a purchase of a subscription; its charge is reversed as well.

    Once the charge is on a document it is 409: a credit note comes first.
    """
    seen = Allowance.objects.visible_to(request.user).filter(owner__startswith="tariff:")
    bought = Entry.objects.filter(allowance__in=seen, kind__in=["grant", "top_up"])
    entry = bought.select_related("allowance", "reversal").filter(pk=entry_id).first()
    if entry is None:
        raise Http404
    if not remedies.is_correctable(entry):
        raise api.Problem(409, "reversed", _("This movement is reversed already."))
    now = timezone.now()
    try:
        subscriptions.reverse_purchase(
            entry_id=entry.pk,
            reason=body.reason,
            day=now.astimezone(firm.zone()).date(),
            at=now,
            by=request.user.pk,
        )
    except (AllowanceError, ChargeError) as error:
        raise api.Problem(409, "not_possible", str(error)) from error
    return api.Answer(201, _told(Entry.objects.get(reverses=entry.pk).pk, entry.allowance.owner))


def _told(entry_id: int, owner: str) -> dict[str, int]:
    return {"entry_id": entry_id, "balance": allowances.balances([owner])[owner].balance}
