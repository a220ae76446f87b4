"""A run of billing, killed at every stage and gone on with: nothing lost, nothing twice."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

import pytest
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Count, Sum
from django.utils import timezone
from tests.faults.conftest import House, kill
from tests.make import invoicing as make

from canone.base.tasks.models import Job
from canone.config.bench import agreed, seed
from canone.ledgers.invoicing.models import BillingRun, Charge, Document, DocumentLine, DueItem
from canone.ledgers.invoicing.queries import planning, ports
from canone.ledgers.invoicing.services import billing, charges, issuing, runs

CUSTOMERS = 7
WORKER_CUSTOMERS = 3_000


class Countdown:
    """Kills its process, as `kill -9` does, before a statement, before or after a commit."""

    def __init__(self, stage: int) -> None:
        self.left = stage

    def step(self) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def statement(self, execute, sql, params, many, context):
        self.step()
        return execute(sql, params, many, context)

    @contextmanager
    def ticking(self) -> Iterator[None]:
        commit = BaseDatabaseWrapper._commit

        def watched(wrapper: BaseDatabaseWrapper) -> None:
            self.step()
            commit(wrapper)
            self.step()

        with (
            patch.object(BaseDatabaseWrapper, "_commit", watched),
            connection.execute_wrapper(self.statement),
        ):
            yield


def _survives(run_id: int, stage: int) -> bool:
    """Return whether a process that works on the run came to its end before that stage."""
    connection.close()
    child = os.fork()
    if child == 0:
        try:
            with Countdown(stage).ticking():
                while not billing.advance(run_id, at=make.AT, by=None).is_last:
                    pass
        except BaseException:  # noqa: BLE001 (the child says only that it failed)
            os._exit(1)
        os._exit(0)
    _pid, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "it failed"
    return not os.WIFSIGNALED(status)


def _holds(run_id: int) -> None:
    """Whatever was issued is whole, and the run's figures are those of its documents."""
    run = BillingRun.objects.get(pk=run_id)
    documents = Document.objects.filter(run=run)
    numbers = list(documents.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    assert run.documents_made == len(numbers)
    sums = documents.aggregate(gross=Sum("gross"), payable=Sum("payable"))
    assert run.gross == (sums["gross"] or run.gross)
    due = DueItem.objects.aggregate(sum=Sum("amount"))["sum"]
    assert due == sums["payable"]
    claimed = Charge.objects.exclude(document="")
    assert {c.document for c in claimed} == {d.key for d in documents}
    assert claimed.count() == DocumentLine.objects.count() == run.charges_made
    assert not claimed.annotate(n=Count("lines")).exclude(n=1).exists()


@pytest.mark.slow
def test_a_run_that_is_killed_at_every_stage_bills_everything_once(house: House) -> None:
    with (
        house.inside(),
        patch.object(planning, "CUSTOMERS", 3),
        patch.object(issuing, "BATCH", 2),
    ):
        desk = make.Desk()
        for number in range(CUSTOMERS):
            who = make.customer()
            make.charge(who)
            desk.proposals += [
                make.proposal(who, origin=f"line:{number}{n}:a", bundle=f"contract:{number}")
                for n in range(2)
            ]
        make.charge(make.customer(is_blocked=True))
        with ports.bound(proposers=[desk]):
            run = billing.open_run(make.order(), day=make.DAY, at=make.AT, by=None)
            stage = 1
            while not _survives(run.pk, stage):
                _holds(run.pk)
                stage += 1
            again = make.bill()
        assert stage > 30, "every statement of a batch and its commit were stages"
        run.refresh_from_db()
        assert (run.state, run.documents_made, run.charges_made) == (
            "done",
            CUSTOMERS,
            CUSTOMERS * 3,
        )
        assert (run.left_out_count, run.left_out.count()) == (1, 1)
        assert again.documents_made == 0
        _holds(run.pk)
    assert house.faults() == []


@pytest.mark.slow
def test_a_killed_worker_s_run_is_taken_up(house: House) -> None:
    with house.inside():
        posted = [
            make.draft(customer_id=key, origin=f"manual:{key}")
            for key in agreed.customers(WORKER_CUSTOMERS)
        ]
        charges.post(posted, at=make.AT, by=None, journal=False)
        run, job = runs.start(make.order(), day=make.DAY, at=timezone.now(), by=seed.owner().pk)
    issued = "SELECT count(*) FROM invoicing_document"
    first = house.worker()
    house.wait(lambda: house.ask(issued)[0][0] > 0)
    kill(first)
    ((before,),) = house.ask(issued)
    assert 0 < before < WORKER_CUSTOMERS, "killed in the middle"
    house.worker()
    house.wait(lambda: house.job(job.pk)[0] == "done")
    with house.inside():
        assert Document.objects.count() == WORKER_CUSTOMERS
        assert Job.objects.get(pk=job.pk).report["lines"][0][1] == WORKER_CUSTOMERS
        _holds(run.pk)
    assert house.faults() == []
