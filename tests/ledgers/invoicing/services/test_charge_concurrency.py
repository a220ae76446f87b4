"""Two at the same time, on either engine."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from tests.make import invoicing as make

from canone.base.history import services as history
from canone.ledgers.invoicing.models import Charge
from canone.ledgers.invoicing.services import charges, claims

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_runs_post_each_charge_once() -> None:
    drafts = [make.draft() for _ in range(20)]
    start = Barrier(2)

    def post(half: int) -> int:
        try:
            start.wait(timeout=10)
            mine = drafts[:15] if half else drafts[5:]
            return len(charges.post_missing(mine, at=make.AT, by=None))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(post, range(2))) == 20
    assert Charge.objects.count() == 20
    assert history.verify() == []


def test_a_charge_is_claimed_or_reversed_never_both() -> None:
    charge = make.charge()
    start = Barrier(2)

    def act(number: int) -> str:
        try:
            start.wait(timeout=10)
            if number:
                charges.reverse(charge_ids=[charge.pk], reason="x", at=make.AT, by=None)
            else:
                claims.claim(charge_ids=[charge.pk], document="2026/1", at=make.AT, by=None)
        except charges.ChargeError as error:
            return type(error).__name__
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(2) as pool:
        results = sorted(pool.map(act, range(2)))
    assert results in (["", "AlreadyReversedError"], ["", "OnDocumentError"])
    charge.refresh_from_db()
    is_reversed = Charge.objects.filter(is_reversal=True).exists()
    assert is_reversed != bool(charge.document)
