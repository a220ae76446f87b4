from datetime import date

import pytest
from tests.make import allowances as make

from canone.base import tasks
from canone.base.events.models import Event
from canone.ledgers.allowances import tasks as jobs
from canone.ledgers.allowances.models import Allowance
from canone.ledgers.allowances.rules.expiry import Rollover
from canone.ledgers.allowances.services import book, entries, expiry, pools

pytestmark = pytest.mark.django_db


def _told() -> list[tuple[str, int]]:
    rows = Event.objects.order_by("pk").values_list("payload", flat=True)
    return [(row["threshold"], row["balance"]) for row in rows]


def test_the_table_of_the_document() -> None:
    pool = make.pool(thresholds=["20%", "10%"])
    make.grant(pool, 600)
    make.draw(pool, 470)
    assert _told() == []
    make.draw(pool, 15)
    assert _told() == [("20%", 115)]
    make.draw(pool, 15)
    assert len(_told()) == 1
    make.draw(pool, 60)
    assert _told()[1:] == [("10%", 40)]
    make.top_up(pool, 300)
    make.draw(pool, 290)
    assert _told()[2:] == [("20%", 50)]


def test_the_event_says_whose_hours_are_low() -> None:
    pool = make.pool(granted=600, thresholds=["60"])
    make.draw(pool, 550)
    (event,) = Event.objects.all()
    assert event.kind == "allowances.AllowanceLow"
    assert event.payload == {
        "owner": pool.owner,
        "customer_id": pool.customer_id,
        "balance": 50,
        "threshold": "60",
        "allowance_id": pool.pk,
    }


def test_several_crossed_in_one_step_are_told_once_as_the_lowest() -> None:
    pool = make.pool(granted=600, thresholds=["60", "20%", "0"])
    make.draw(pool, 590)
    assert _told() == [("60", 10)]
    make.draw(pool, 10)
    assert _told()[1:] == [("0", 0)]


def test_an_undone_draw_arms_the_threshold_again() -> None:
    pool = make.pool(granted=600, thresholds=["60"])
    drawn = make.draw(pool, 590)
    entries.reverse(entry_ids=[drawn.entry_id or 0], reason="x", day=make.DAY, at=make.AT, by=None)
    make.draw(pool, 570)
    assert _told() == [("60", 10), ("60", 30)]


def test_nobody_is_told_of_a_purchase_a_closed_pool_or_a_new_threshold() -> None:
    pool = make.pool(granted=10)
    make.draw(pool, 500)
    pools.set_up(owner=pool.owner, thresholds=["60"])
    make.top_up(pool, 100)
    pools.set_up(owner=pool.owner, is_active=False)
    make.top_up(pool, 1000)
    make.draw(pool, 600)
    assert _told() == []


def test_expiry_is_told_too() -> None:
    pool = make.pool(thresholds=["20%"])
    make.grant(pool, 60, expires_on=date(2026, 12, 31))
    expiry.expire(day=date(2027, 1, 1), at=make.AT, by=None)
    assert _told() == [("20%", 0)]


def test_what_is_carried_over_whole_is_not_told() -> None:
    pool = make.pool(thresholds=["20%"], rollover=Rollover(1))
    make.grant(pool, 60, expires_on=date(2026, 12, 31))
    expiry.expire(day=date(2027, 1, 1), at=make.AT, by=None)
    assert _told() == []


def test_a_pool_is_set_up_field_by_field() -> None:
    pool = make.pool(thresholds=["20%"], rollover=Rollover(1, 30))
    pools.set_up(owner=pool.owner, title="Ore 2027")
    pool.refresh_from_db()
    assert (pool.title, pool.thresholds, pool.rollover) == ("Ore 2027", ["20%"], Rollover(1, 30))
    pools.set_up(owner=pool.owner, keep_rollover=False)
    assert Allowance.objects.get(pk=pool.pk).rollover is None
    with pytest.raises(book.UnknownPoolError):
        pools.set_up(owner="tariff:none")


def test_the_job_ends_what_is_over_and_says_how_many() -> None:
    pool = make.pool()
    make.grant(pool, 60, day=date(2020, 1, 1), expires_on=date(2020, 12, 31))
    work = tasks.Work({})
    jobs.expire(work)
    assert make.balance(pool) == 0
    assert work.result["lines"][0][1] == 1
    jobs.expire(work)
    assert work.result["lines"][0][1] == 0
