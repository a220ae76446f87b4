"""Two at the same time, on either engine: each sees what the other left."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

import pytest
from django.db import connection
from tests.make import allowances as make

from canone.base.history import services as history
from canone.ledgers.allowances import queries
from canone.ledgers.allowances.models import Entry
from canone.ledgers.allowances.services import draws, entries
from canone.ledgers.allowances.services.draws import Draw

pytestmark = pytest.mark.django_db(transaction=True)
T = TypeVar("T")


def _together(work: Callable[[int], T], count: int) -> list[T]:
    start = Barrier(count)

    def run(number: int) -> T:
        try:
            start.wait(timeout=10)
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def test_of_two_draws_that_refuse_only_one_passes() -> None:
    pool = make.pool(granted=60)

    def draw(number: int) -> bool:
        batch = [Draw(pool.owner, f"session:{number}", 1, 45, make.DAY, "refuse")]
        return draws.draw(batch, at=make.AT, by=None)[0].is_refused

    assert sorted(_together(draw, 2)) == [False, True]
    assert make.balance(pool) == 15
    assert queries.discrepancies() == []
    assert history.verify() == []


def test_the_same_draw_twice_at_once_is_one() -> None:
    pool = make.pool(granted=60)

    def draw(_number: int) -> int | None:
        batch = [Draw(pool.owner, "session:1", 1, 45, make.DAY)]
        return draws.draw(batch, at=make.AT, by=None)[0].entry_id

    assert len(set(_together(draw, 3))) == 1
    assert Entry.objects.filter(kind="draw").count() == 1
    assert make.balance(pool) == 15


def test_draws_on_two_pools_in_either_order_do_not_block_each_other_for_ever() -> None:
    first, second = make.pool(granted=600), make.pool(granted=600)

    def draw(number: int) -> None:
        owners = [first.owner, second.owner]
        if number % 2:
            owners.reverse()
        batch = [
            Draw(owner, f"session:{number}:{place}", 1, 10, make.DAY)
            for place, owner in enumerate(owners)
        ]
        draws.draw(batch, at=make.AT, by=None)

    _together(draw, 4)
    assert (make.balance(first), make.balance(second)) == (560, 560)
    assert queries.discrepancies() == []


def test_two_who_reverse_the_same_draw_reverse_it_once() -> None:
    pool = make.pool(granted=60)
    drawn = make.draw(pool, 45).entry_id or 0

    def undo(_number: int) -> int:
        ids = entries.reverse(entry_ids=[drawn], reason="x", day=make.DAY, at=make.AT, by=None)
        return ids[drawn]

    assert len(set(_together(undo, 2))) == 1
    assert make.balance(pool) == 60
