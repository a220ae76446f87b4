"""Account all, killed in the middle and taken up again: nothing lost, nothing twice."""

from __future__ import annotations

import pytest
from tests.faults.conftest import House, kill

SESSIONS = 4_000
SEED = f"""
from canone.config.bench import seed
user = seed.owner()
seed.sessions({SESSIONS}, [group.name for group in seed.groups(user)])
from django.utils import timezone
from canone.base.tasks import services
print(services.start("assistance.account_all", params={{"scope": {{}}, "total": {SESSIONS}}},
    by=user.pk, at=timezone.now()).pk)
"""
VERIFY = "from canone.base.history import services; print(services.verify())"


@pytest.mark.slow
def test_a_killed_run_is_taken_up_and_accounts_each_session_once(house: House) -> None:
    job = int(house.run("shell", "-v0", "-c", SEED).split()[-1])
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
    assert house.run("shell", "-v0", "-c", VERIFY).split()[-1] == "[]"
