"""Pools of prepaid hours and their movements."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from tests.make import parties

from canone.kernel.money import Money
from canone.ledgers.allowances.models import Allowance
from canone.ledgers.allowances.services import draws, entries, pools
from canone.ledgers.allowances.services.draws import Draw, Drawn
from canone.registers.parties.models import Party

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
DAY = date(2026, 11, 2)
_number = count(1)


def pool(of: Party | None = None, *, granted: int = 0, **fields: Any) -> Allowance:
    """Return a pool of minutes, with a grant without last day if `granted` is given."""
    given: dict[str, Any] = {
        "owner": f"tariff:{next(_number)}",
        "customer_id": (of or parties.party()).pk,
        "title": "Monte ore",
        "at": AT,
        "by": None,
    }
    number = pools.open_pool(**given | fields)
    made = Allowance.objects.get(pk=number)
    if granted:
        grant(made, granted)
    made.refresh_from_db()
    return made


def grant(to: Allowance, quantity: int = 600, **fields: Any) -> int:
    """Return the id of a grant worth 500.00."""
    return entries.grant(owner=to.owner, **_purchase("grant", quantity, 50_000) | fields)


def top_up(to: Allowance, quantity: int = 120, **fields: Any) -> int:
    """Return the id of a top-up worth 90.00."""
    return entries.top_up(owner=to.owner, **_purchase("topup", quantity, 9_000) | fields)


def draw(of: Allowance, quantity: int, **fields: Any) -> Drawn:
    """Return what came of one draw."""
    given: dict[str, Any] = {"origin": f"session:{next(_number)}", "revision": 1, "day": DAY}
    (result,) = draws.draw(
        [Draw(owner=of.owner, quantity=quantity, **given | fields)], at=AT, by=None
    )
    return result


def balance(of: Allowance) -> int:
    """Return the balance as it stands now."""
    of.refresh_from_db()
    return of.balance


def _purchase(prefix: str, quantity: int, cents: int) -> dict[str, Any]:
    return {
        "quantity": quantity,
        "amount": Money(cents),
        "day": DAY,
        "origin": f"{prefix}:{next(_number)}",
        "at": AT,
        "by": None,
    }
