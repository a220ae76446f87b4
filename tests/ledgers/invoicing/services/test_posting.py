"""Several who mail the same documents at the same time: each goes out once, and all are told."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from tests.make import catalog, invoicing

from canone.base.mail.models import OutgoingMail
from canone.ledgers.invoicing.models import BillingRun, Document
from canone.ledgers.invoicing.services import mailing, packets, posting

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 30, 9, tzinfo=UTC)
Mailed = posting.Mailed


@pytest.fixture
def run(settings: Any, tmp_path: Any) -> BillingRun:
    settings.DATA, settings.FILES = tmp_path, tmp_path / "files"
    for number in range(2):
        who = invoicing.customer(email=f"c{number}@example.com")
        invoicing.charge(who, vat_id=catalog.vat().pk)
    return invoicing.bill()


def documents(run: BillingRun) -> list[Document]:
    return list(Document.objects.filter(run=run).order_by("number"))


def nobody(_done: int, _total: int) -> None:
    """Hear nothing."""


def test_what_is_mailed_by_hand_while_the_work_goes_on_goes_out_once(run: BillingRun) -> None:
    first, second = documents(run)
    packet = packets.start("mail", run_id=run.pk, at=AT, by=None)

    def by_hand(done: int, _total: int) -> None:
        if done == 1:
            for row in (first, second):
                if not OutgoingMail.objects.filter(owner=row.key).exists():
                    mailing.send(row.pk, mailing.Message(), key="x", at=AT, by=None)

    assert posting.mail(packet, tell=by_hand, at=AT, by=None) == Mailed(1, 1)
    assert OutgoingMail.objects.count() == 2
    packet.refresh_from_db()
    assert (packet.state, packet.count) == ("done", 2)


def test_two_jobs_over_the_same_ticks_mail_each_once(run: BillingRun) -> None:
    keys = [row.pk for row in documents(run)]
    one = packets.start("mail", at=AT, by=None, ids=keys)
    other = packets.start("mail", at=AT, by=None, ids=keys)
    told: list[Mailed] = []

    def cross(done: int, _total: int) -> None:
        if done == 1 and not told:
            told.append(posting.mail(other, tell=nobody, at=AT, by=None))

    assert posting.mail(one, tell=cross, at=AT, by=None) == Mailed(1, 1)
    assert told == [Mailed(1)]
    assert OutgoingMail.objects.count() == 2
