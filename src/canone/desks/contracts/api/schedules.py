"""What contracts charge next, and what a line would that is not saved yet."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from canone.desks.contracts.api import shared
from canone.desks.contracts.api.shapes import ContractChargeOut, Day, LineNew, ScheduleOut
from canone.desks.contracts.permissions import VIEW
from canone.desks.contracts.queries import upcoming
from canone.desks.contracts.rules import proration
from canone.desks.contracts.services import lines
from canone.kernel.periods import ONE_DAY, add_months
from canone.ui import api

router = api.Router(tags=["contracts"])
YEAR = 12
MOST_YEARS = 20
MOST = 1_000


@router.get(
    "/contracts/{contract_id}/schedule",
    response=ScheduleOut,
    summary="Read what a contract charges next",
)
@api.allows(VIEW)
def read_schedule(
    request: api.Request, contract_id: api.Id, since: Day | None = None, until: Day | None = None
) -> dict[str, Any]:
    """Return its fees by invoice date, from today through a year unless days are given.

    At most 1000; what is billed on request or by a meter is not foreseen.
    """
    contract = shared.one(shared.contracts(request), contract_id)
    first = since or shared.today()
    through = until or add_months(first, YEAR) - ONE_DAY
    if through < first:
        raise api.invalid("until", "before", _("The last day is before the first."))
    if through >= add_months(first, YEAR * MOST_YEARS):
        raise api.invalid("until", "too_long", _("At most twenty years."))
    found = upcoming.of_contract(contract, since=first, through=through, most=MOST + 1)
    return {
        "since": first,
        "until": through,
        "charges": [_shown(one) for one in found[:MOST]],
        "is_cut": len(found) > MOST,
    }


@router.post(
    "/contracts/{contract_id}/lines/preview",
    response=list[ContractChargeOut],
    summary="See what a line would charge",
)
@api.allows(VIEW)
def preview_line(request: api.Request, contract_id: api.Id, body: LineNew) -> list[dict[str, Any]]:
    """Return its charges for the periods of its first year; nothing is written."""
    contract = shared.one(shared.contracts(request), contract_id)
    line = lines.blank(contract)
    line.start = contract.start
    for name, value in shared.values(request, body.dict(exclude_unset=True)).items():
        setattr(line, name, value)
    with shared.told():
        if faults := lines.faults(line):
            raise ValidationError(dict(faults))
    return [_shown(one) for one in upcoming.of_first_year(line, most=MOST)]


def _shown(one: upcoming.Foreseen) -> dict[str, Any]:
    line, charge = one.line, one.charge
    return {
        "line_id": line.pk,
        "description": line.description or (str(line.article) if line.article else ""),
        "first_day": charge.period.start,
        "last_day": charge.period.last,
        "ratio": proration.digits(charge.ratio),
        "amount": str(charge.amount),
        "invoice_date": charge.invoice_date,
        "is_billed": one.is_billed,
        "is_suspended": one.is_suspended,
    }
