"""Account all, killed in the middle and taken up again: nothing lost, nothing twice."""

from __future__ import annotations

import pytest
from django.utils import timezone
from tests.faults.conftest import House, kill

from canone.base.tasks import services as tasks
from canone.config.bench import seed

SESSIONS = 4_000


def start(house: House) -> int:
    """Return the job that is to account all sessions."""
    with house.inside():
        user = seed.owner()
        seed.sessions(SESSIONS, [group.name for group in seed.groups(user)])
        params = {"scope": {}, "total": SESSIONS}
        return tasks.start(
            "assistance.account_all", params=params, by=user.pk, at=timezone.now()
        ).pk


@pytest.mark.slow
def test_a_killed_run_is_taken_up_and_accounts_each_session_once(house: House) -> None:
    job = start(house)
    counts = "SELECT count(*), count(DISTINCT session_id) FROM assistance_accounting"
    first = house.worker()
    house.wait(lambda: house.ask(counts)[0][0] > 0)
    kill(first)
    ((before, _sessions),) = house.ask(counts)
    assert 0 < before < SESSIONS, "killed in the middle"
    house.worker()
    house.wait(lambda: house.job(job)[0] == "done")
    ((rows, sessions),) = house.ask(counts)
    ((pending,),) = house.ask(
        "SELECT count(*) FROM assistance_remotesession WHERE accounting_id IS NULL"
    )
    ((charges, origins, amount),) = house.ask(
        "SELECT count(*), count(DISTINCT origin), sum(amount) FROM invoicing_charge"
    )
    ((priced,),) = house.ask("SELECT sum(price) FROM assistance_remotesession")
    assert rows == sessions == charges == origins == SESSIONS - pending
    assert amount == priced
    assert pending < SESSIONS / 10, "only what is below the minimum stays"
    assert house.faults() == []
