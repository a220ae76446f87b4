"""Looking at what is owed: what is kept, what goes when a document takes it, when it is old."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from tests.make import catalog, parties
from tests.make import invoicing as make

from canone.base.tasks.registry import Work
from canone.ledgers.invoicing import tasks
from canone.ledgers.invoicing.models import Outlook, OwedItem
from canone.ledgers.invoicing.queries import outlooks as queries
from canone.ledgers.invoicing.queries import ports, preview
from canone.ledgers.invoicing.rules.ports import LeftOut
from canone.ledgers.invoicing.rules.states import Age
from canone.ledgers.invoicing.services import outlooks

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
DAY = make.DAY


class Sessions:
    """A desk with work that nobody accounted."""

    def __init__(self, *found: LeftOut) -> None:
        self.found = found

    def unready(self, *, day: date, at: datetime) -> Iterator[LeftOut]:
        yield from self.found


@pytest.fixture(autouse=True)
def _nobody_else() -> Iterator[None]:
    before = ports.unready()
    ports.bind_unready()
    yield
    ports.bind_unready(*before)


def looked(day: date = DAY, at: datetime = AT) -> Outlook:
    found = outlooks.begin(day=day, at=at)
    while outlooks.advance(found.pk):
        pass
    return outlooks.finish(found.pk, at=at)


def test_a_look_reaches_to_the_end_of_the_month_after_the_next() -> None:
    assert outlooks.horizon(date(2026, 11, 30)) == date(2027, 1, 31)
    assert outlooks.horizon(date(2026, 12, 1)) == date(2027, 2, 28)


def test_it_keeps_what_a_run_would_bill_and_what_stands_in_the_way() -> None:
    who, homeless = make.customer(), parties.party(vat_number="IT00000000009")
    make.charge(who, service_start=date(2026, 8, 1))
    make.charge(homeless)
    desk = make.Desk(
        make.proposal(who), make.proposal(who, service_start=date(2027, 1, 1), origin="line:1:n")
    )
    nothing = LeftOut(who.pk, "ended", "Finito", "contract:9", is_owed=False)
    desk.left_out = [nothing]
    ports.bind_unready(
        Sessions(
            LeftOut(who.pk, "session_pending", "Da contabilizzare", origin="session:900",
                    amount_minor=2_000, kind="remote_session", invoice_on=DAY),
            LeftOut(0, "session_unassigned", "Di chi?", origin="session:901",
                    kind="remote_session", invoice_on=DAY),
        )
    )  # fmt: skip
    with ports.bound(proposers=[desk]):
        look = looked()
        planned = preview.sums(make.order())
    rows = queries.items(look)
    due = rows.filter(invoice_on__lte=DAY)
    assert sorted(due.values_list("code", "customer_id", "kind"), key=str) == sorted(
        [
            ("", who.pk, "remote_session"),
            ("", who.pk, "contract"),
            ("no_address", homeless.pk, "remote_session"),
            ("session_pending", who.pk, "remote_session"),
            ("session_unassigned", None, "remote_session"),
        ],
        key=str,
    )
    assert rows.count() == due.count() + 1, "what is due in January is seen already"
    parts = queries.parts(due, day=DAY)
    assert parts.codes[""].amount.minor == planned.net == 14_400
    assert (parts.count, parts.cents) == (5, 14_400 + 4_400 + 2_000)
    assert {kind: total.count for kind, total in parts.kinds.items()} == {
        "remote_session": 4,
        "contract": 1,
    }
    assert list(parts.ages) == [Age.UP_TO_30, Age.UP_TO_60, Age.OLDER], "youngest first"
    assert parts.ages[Age.OLDER].count == 1
    assert queries.of_age(due, Age.OLDER, day=DAY).get().amount.minor == 4_400


def test_a_new_look_takes_the_place_of_the_old_one() -> None:
    who = make.customer()
    make.charge(who)
    first = looked()
    make.charge(who)
    second = looked(at=AT + timedelta(minutes=1))
    assert list(Outlook.objects.values_list("pk", flat=True)) == [second.pk]
    assert first.pk != second.pk
    assert OwedItem.objects.count() == 2


def test_what_a_document_took_since_is_gone_at_once() -> None:
    who = make.customer()
    make.charge(who)
    session = LeftOut(who.pk, "session_pending", "", origin="session:77777", invoice_on=DAY)
    ports.bind_unready(Sessions(session))
    desk = make.Desk(make.proposal(who))
    with ports.bound(proposers=[desk]):
        look = looked()
        assert queries.items(look).count() == 3
        make.bill(at=AT + timedelta(minutes=2))
        assert [one.origin for one in queries.items(look)] == ["session:77777"]
        make.charge(who, origin="session:77777")
        assert not queries.items(look).exists()


def test_a_look_is_old_after_ten_minutes_a_new_charge_or_another_day() -> None:
    who = make.customer()
    make.charge(who)
    assert queries.is_old(queries.last(), at=AT, day=DAY)
    look = looked()
    soon = AT + timedelta(minutes=9)
    assert not queries.is_old(look, at=soon, day=DAY)
    assert queries.is_old(look, at=AT + timedelta(minutes=11), day=DAY)
    assert queries.is_old(look, at=soon, day=DAY + timedelta(days=1))
    make.charge(who)
    assert queries.is_old(look, at=soon, day=DAY)


def test_a_look_that_was_cut_short_goes_on_and_writes_nothing_twice() -> None:
    for _number in range(3):
        make.charge(make.customer())
    look = outlooks.begin(day=DAY, at=AT)
    assert outlooks.advance(look.pk) == 3
    again = outlooks.begin(day=DAY, at=AT + timedelta(minutes=1))
    assert again.pk == look.pk
    assert outlooks.advance(again.pk) == 0
    assert queries.last() is None, "half a look is not shown"
    outlooks.finish(again.pk, at=AT)
    outlooks.finish(again.pk, at=AT)
    assert OwedItem.objects.count() == 3
    late = outlooks.begin(day=DAY, at=AT + timedelta(hours=2))
    assert late.pk != look.pk


def test_the_job_looks_and_leads_to_the_page() -> None:
    make.charge(make.customer())
    work = Work({})
    tasks.look(work)
    assert work.result["url"] == "/invoicing/unbilled/"
    found = queries.last()
    assert found is not None
    assert queries.items(found).count() == 1


def test_customers_are_summed_each() -> None:
    catalog.vat()
    who, other = (
        make.customer("Alfa"),
        make.customer("Beta", is_blocked=True, block_reason="Moroso"),
    )
    make.charge(who)
    make.charge(who, amount_minor=600)
    make.charge(other)
    look = looked()
    found = queries.customers(queries.items(look)).order_by("name")
    told = [(one.name, one.owed_count, one.owed_stuck, one.owed_total.minor) for one in found]
    assert told == [("Alfa", 2, 0, 5_000), ("Beta", 1, 1, 4_400)]
    sums = queries.of_customers(found.filter(name="Alfa"), queries.items(look))
    assert (sums.customers, sums.count, sums.stuck, sums.cents) == (1, 2, 0, 5_000)
