"""A worker killed in the middle of a delivery: sent again under its id, and nothing lost."""

from __future__ import annotations

import threading

import pytest
from tests.faults.conftest import House, kill
from tests.make import webhooks
from tests.make.webhooks import Answer, Received

from canone.config import wiring

pytestmark = pytest.mark.slow
MANY, HELD = 30, 7


def test_a_delivery_survives_the_end_of_its_worker(house: House) -> None:
    released = threading.Event()
    with webhooks.receiver() as receiver:

        def answer(_asked: Received) -> Answer:
            if len(receiver.received) == HELD:
                released.wait(60)
            return Answer()

        receiver.answer = answer
        with house.inside():
            wiring.connect()
            webhooks.hook(receiver.url)
            for number in range(MANY):
                webhooks.party(f"Cliente {number}")
        first = house.worker()
        house.wait(lambda: len(receiver.received) == HELD)
        kill(first)
        assert states(house) == {"done": HELD - 1, "waiting": MANY - HELD + 1}
        released.set()
        house.worker()
        house.wait(lambda: states(house) == {"done": MANY})
        ids = receiver.ids
        assert ids[HELD - 1] == ids[HELD], "the one in the air is sent again under its id"
        assert sorted(set(ids)) == [one for n, one in enumerate(ids) if n != HELD]
        assert len(ids) == MANY + 1
        rows = house.ask("SELECT status FROM webhooks_attempt")
        assert rows == [(200,)] * MANY
        house.wait(lambda: jobs(house) == 0)


def states(house: House) -> dict[str, int]:
    """Return how many deliveries are in each state."""
    rows = house.ask("SELECT state, count(*) FROM webhooks_delivery GROUP BY state")
    return {str(state): int(count) for state, count in rows}


def jobs(house: House) -> int:
    """Return how many jobs are still at work."""
    ((count,),) = house.ask(
        "SELECT count(*) FROM tasks_job WHERE kind = 'webhooks.deliver'"
        " AND state IN ('waiting', 'running')"
    )
    return int(count)
