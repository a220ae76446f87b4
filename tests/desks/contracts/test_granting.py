from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from tests import people
from tests.make import allowances, catalog
from tests.make import contracts as make

from canone.desks.contracts.models import Line
from canone.desks.contracts.services import contracts, granting, lines
from canone.desks.contracts.services.granting import Granted
from canone.ledgers.allowances import queries as ledger
from canone.ledgers.allowances.models import Allowance, Entry
from canone.ledgers.allowances.rules.expiry import Rollover
from canone.ledgers.allowances.services import expiry, pools

pytestmark = pytest.mark.django_db
MARCH = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
DAY = date(2026, 3, 10)


def tickets(**fields: Any) -> Line:
    """Return a line of ten tickets a month since January, made in March."""
    given: dict[str, Any] = {
        "description": "Assistenza",
        "vat": catalog.vat(),
        "grants": "ticket",
        "granted": 10,
    }
    contract = make.contract(title="Assistenza Oro")
    return lines.add(contract_id=contract.pk, at=MARCH, by=None, **given | fields)


def pool(line: Line) -> Allowance:
    return Allowance.objects.get(owner=line.pool)


def run(day: date, **options: Any) -> Granted:
    at = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
    return granting.grant_next(after=0, day=day, at=at, by=None, **options)


def sound() -> None:
    assert ledger.discrepancies() == []


def test_every_period_that_began_is_granted_once() -> None:
    line = tickets()
    found = pool(line)
    assert (found.title, found.unit, found.balance) == ("Assistenza Oro", "ticket", 30)
    assert found.customer_id == line.contract.customer_id
    rows = Entry.objects.order_by("pk").values_list("origin", "quantity", "expires_on")
    assert next(iter(rows)) == (f"line:{line.pk}:2026-01-01", 10, date(2026, 1, 31))
    assert run(DAY) == Granted()
    assert run(date(2026, 4, 1)) == Granted(1, 0, 0)
    assert run(date(2026, 4, 30)) == Granted()
    assert allowances.balance(found) == 40
    sound()


def test_a_run_in_parts_grants_all() -> None:
    made = [tickets() for _ in range(3)]
    first = run(date(2026, 4, 1), limit=2)
    assert (first.made, first.after) == (2, made[1].pk)
    rest = granting.grant_next(after=first.after, day=date(2026, 4, 1), at=MARCH, by=None, limit=2)
    assert (rest.made, rest.after) == (1, 0)


def test_a_change_is_made_up_for_and_what_was_used_stays_used() -> None:
    line = tickets()
    found = pool(line)
    allowances.draw(found, 3, day=DAY)
    lines.update(line_id=line.pk, at=MARCH, by=None, granted=12)
    assert allowances.balance(found) == 33
    assert Entry.objects.filter(kind="reversal").count() == 3
    lines.update(line_id=line.pk, at=MARCH, by=None, grants="", granted=0)
    assert allowances.balance(found) == -3
    lines.update(line_id=line.pk, at=MARCH, by=None, grants="ticket", granted=12)
    assert allowances.balance(found) == 33
    sound()


def test_a_line_that_ends_early_gives_back_what_it_granted_beyond() -> None:
    line = tickets()
    lines.end(line_id=line.pk, last_day=date(2026, 2, 14), at=MARCH, by=None)
    assert allowances.balance(pool(line)) == 15  # 10, and 14 of 28 days
    sound()


def test_a_line_that_follows_goes_on_in_the_same_pool() -> None:
    line = tickets()
    lines.revise(line_id=line.pk, day=date(2026, 3, 1), at=MARCH, by=None, granted=20)
    assert Allowance.objects.count() == 1
    assert allowances.balance(pool(line)) == 40


def test_a_contract_cancelled_or_suspended_takes_back_by_the_daily_work() -> None:
    line = tickets()
    key = line.contract_id
    contracts.suspend(contract_id=key, day=date(2026, 3, 1), reason="Trasloco", at=MARCH, by=None)
    assert run(DAY) == Granted(0, 1, 0)
    contracts.unsuspend(contract_id=key, at=MARCH, by=None)
    assert run(DAY) == Granted(1, 0, 0)
    day = date(2026, 1, 31)
    contracts.cancel(contract_id=key, last_day=day, reason="", on=day, at=MARCH, by=None)
    assert run(DAY) == Granted(0, 2, 0)
    assert allowances.balance(pool(line)) == 10


def test_what_was_carried_over_stands() -> None:
    line = tickets()
    found = pool(line)
    pools.set_up(owner=found.owner, rollover=Rollover(1, None), keep_rollover=False)
    expiry.expire(day=date(2026, 2, 1), at=MARCH, by=None)
    lines.update(line_id=line.pk, at=MARCH, by=None, granted=12)
    # January was carried over: its ten stand, February and March grew
    assert allowances.balance(found) == 10 + 12 + 12
    sound()


def test_what_another_program_granted_is_not_granted_again() -> None:
    line = tickets(billed_through=date(2026, 2, 28))
    assert allowances.balance(pool(line)) == 10


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValidationError) as caught:
        tickets(granted=0)
    assert set(caught.value.message_dict) == {"granted"}
    with pytest.raises(ValidationError) as caught:
        tickets(grants="")
    assert set(caught.value.message_dict) == {"grants"}
    line = tickets()
    with pytest.raises(ValidationError):
        lines.remove(line_id=line.pk, reason="", at=MARCH, by=None)


def test_the_form_of_a_line_says_what_is_included(client: Client) -> None:
    client.force_login(people.people().colleague)
    client.cookies["django_language"] = "it"
    contract = make.contract()
    given = {
        "description": "Assistenza",
        "quantity": "1",
        "unit_price": "300,00",
        "vat": catalog.vat().pk,
        "cycle": "monthly",
        "timing": "in_advance",
        "amount_per": "cycle",
        "start": "01/01/2026",
        "anchor": "calendar",
        "day_basis": "actual",
    }
    page = reverse("contracts:line_new", args=[contract.pk])
    assert client.post(page, given | {"grants": "ticket"}).status_code == 422
    hours = {"grants": "minute", "granted_hours": "2:30"}
    assert client.post(page, given | hours).status_code == 302
    line = Line.objects.get()
    assert (line.grants, line.granted, line.is_kept) == ("minute", 150, False)
    text = client.get(reverse("contracts:detail", args=[contract.pk])).content.decode()
    assert "2:30 ore" in text
    shown = client.get(reverse("contracts:line_edit", args=[line.pk])).context["form"]
    assert shown["granted_hours"].value() == "2:30"
    place = client.get(reverse("allowances:pool", args=[pool(line).pk])).content.decode()
    assert contract.number in place
    assert reverse("contracts:detail", args=[contract.pk]) in place
