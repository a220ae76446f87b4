"""Several writers at once: the chain has no fork and no hole."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest
from django.db import connection, transaction

from canone.base.history import queries, services
from canone.base.history.rules import Fact

pytestmark = pytest.mark.django_db(transaction=True)
AT = datetime(2026, 4, 1, 8, 30, tzinfo=UTC)
WRITERS, ROUNDS = 4, 6


def test_writers_at_the_same_time_make_one_chain() -> None:
    begin = Barrier(WRITERS)

    def write(writer: int) -> None:
        try:
            begin.wait(timeout=30)
            for turn in range(ROUNDS):
                facts = [Fact("k", f"{writer}:{turn}:{n}", "{}") for n in range(3)]
                with transaction.atomic():
                    services.append(facts, at=AT, by=None)
                    transaction.set_rollback(turn % 3 == 2)
        finally:
            connection.close()

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS)))
    assert services.verify() == []
    assert queries.head().seq == WRITERS * 3 * ROUNDS * 2 // 3
    for writer in range(WRITERS):
        assert queries.facts_of(f"{writer}:0:0").count() == 1
        assert not queries.facts_of(f"{writer}:2:0").exists()
