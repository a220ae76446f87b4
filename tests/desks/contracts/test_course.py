"""All that a contract's page tells of its lines comes out as if each were worked out alone."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests import people
from tests.make import contracts as make
from tests.make import invoicing as ledger

from canone.desks.contracts.models import Contract, Line
from canone.desks.contracts.queries import contracts as queries
from canone.desks.contracts.queries import situation, upcoming
from canone.desks.contracts.queries.course import Course, charged_of
from canone.desks.contracts.rules import instalments, offers, schedule
from canone.kernel.money import Money
from canone.kernel.periods import ONE_DAY, add_months

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 30)
FIRST = date(2026, 9, 1)


@pytest.fixture(params=[None, date(2027, 1, 10)])
def contract(request: pytest.FixtureRequest) -> Contract:
    """Return a contract with lines of many kinds, some of them billed, some of them alike."""
    made = make.contract(ledger.customer(), start=date(2024, 1, 15), end=request.param)
    plain = [make.line(made, "10.00", start=date(2025, 1, 1)) for _number in range(3)]
    make.line(made, "0.335", every=3, quantity_micros=7_000_000, discount_bp=1_250)
    make.line(made, "100.00", every=6, timing="in_arrears", start=date(2024, 2, 10))
    make.line(made, "1000.00", amount_per="year", every=4, sum_to_annual=True)
    make.line(made, "70.00", unit_of_cycle="week", every=2, anchor="calendar")
    make.line(made, "500.00", unit_of_cycle="", start=date(2026, 12, 5))
    make.line(made, "12.00", months=[3, 12])
    make.line(made, "33.00", end=date(2026, 12, 15))
    make.line(made, "44.00", end=date(2026, 6, 1))
    make.line(made, "999.00", is_on_request=True)
    make.line(made, "55.00", start=date(2027, 3, 1) if request.param is None else DAY + ONE_DAY)
    for line in plain[:2]:
        for month in (9, 10, 11):
            origin = f"line:{line.pk}:2026-{month:02}-15"
            ledger.charge(made.customer, origin=origin, amount_minor=1_000 + month)
    return Contract.objects.get(pk=made.pk)


def _months(contract: Contract) -> list[tuple[int, int, int, int]]:
    """Return what twelve months come to, line by line from each one's beginning."""
    after = add_months(FIRST, 12)
    found = {add_months(FIRST, n): [0, 0, 0, 0] for n in range(12)}
    charged = charged_of(contract)
    for line in contract.lines.filter(is_on_request=False):
        for one in schedule.charges(line.terms(), after - ONE_DAY):
            month = found.get(one.invoice_date.replace(day=1))
            if month is None:
                continue
            was = charged.get(f"line:{line.pk}:{one.period.start.isoformat()}")
            place = 1 if one.invoice_date <= DAY else 2
            month[0 if was else place] += (was or one.amount).minor
        going_on = situation.renewed(contract, line.kind, line.end, line.terms())
        for one in schedule.charges(going_on, after - ONE_DAY) if going_on else ():
            month = found.get(one.invoice_date.replace(day=1))
            if month is not None:
                month[3] += one.amount.minor
    return [(month[0], month[1], month[2], month[3]) for month in found.values()]


def test_the_months_are_those_of_the_lines_one_by_one(contract: Contract) -> None:
    found = situation.of_contract(contract, today=DAY, first=FIRST)
    told = [(m.billed.minor, m.to_bill.minor, m.foreseen.minor, m.if_renewed.minor) for m in found]
    assert told == _months(contract)
    assert any(month[0] for month in told)
    assert any(month[3] for month in told) == (contract.end is not None)


def test_what_is_due_is_that_of_the_lines_one_by_one(contract: Contract) -> None:
    since, charged = add_months(DAY, -upcoming.LOOK), charged_of(contract)
    wanted = [
        (one.invoice_date, line.sequence, line.pk, one.amount)
        for line in contract.lines.filter(is_on_request=False)
        for one in schedule.charges(line.terms(), DAY)
        if one.invoice_date >= since
        and f"line:{line.pk}:{one.period.start.isoformat()}" not in charged
    ]
    found = upcoming.next_invoice(contract, today=DAY)
    assert found is not None
    told = [
        (one.charge.invoice_date, one.line.sequence, one.line.pk, one.charge.amount)
        for one in found.charges
    ]
    assert told == sorted(wanted)
    assert found.total == Money(sum(amount.minor for *_rest, amount in wanted))


def test_the_fees_of_a_year_are_those_of_the_lines_one_by_one(contract: Contract) -> None:
    wanted = queries.Worth()
    lines = contract.lines.filter(is_on_request=False, start__lte=DAY)
    for line in lines.exclude(end__lte=DAY):
        terms = line.terms()
        beat, plan = offers.rhythm_and_plan(terms)
        wanted.annual += Money.of(instalments.annual(terms, beat, plan))
        wanted.invoice += Money.of(plan.usual) if terms.cycle else Money(0)
        wanted.cycles |= {queries.cycle_of(line)}
    assert queries.worth([contract.pk], on=DAY)[contract.pk] == wanted


def test_lines_in_force_are_counted_inside_their_contract(contract: Contract) -> None:
    course = Course(contract)
    assert course.in_force(date(2024, 1, 1)) == 0
    assert course.in_force(date(2030, 1, 1)) == (0 if contract.end else 11)
    wanted = [line for line in contract.lines.all() if line.start <= DAY]
    assert course.in_force(DAY) == len([one for one in wanted if not one.end or one.end > DAY])


def test_the_page_reads_no_line_twice(contract: Contract) -> None:
    found = queries.found(contract.pk, people.people().owner)
    with CaptureQueriesContext(connection) as captured:
        course = Course(found)
        situation.of_contract(found, today=DAY, first=FIRST, course=course)
        upcoming.next_invoice(found, today=DAY, course=course)
    table = f'FROM "{Line._meta.db_table}"'
    assert sum(table in query["sql"] for query in captured.captured_queries) == 1
    assert len(captured) == 2
