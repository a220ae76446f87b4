"""A session whose invoice was credited: billed again as it is, or undone and accounted anew."""

from __future__ import annotations

import pytest
from tests.make import assistance as make
from tests.make import catalog, parties
from tests.make import invoicing as ledger
from tests.make.assistance import AFTER, DAY
from tests.people import People, people

from canone.base.history import services as history
from canone.desks.assistance.models import RemoteSession
from canone.desks.assistance.services import accounting, undoing
from canone.ledgers.invoicing.models import Charge, Document
from canone.ledgers.invoicing.services import crediting

pytestmark = pytest.mark.django_db


@pytest.fixture
def who() -> People:
    return people()


def _billed_and_released(who: People) -> RemoteSession:
    catalog.vat()
    group = make.priced_group()
    group.party.vat_number = "IT00000000001"
    group.party.save()
    parties.site(group.party, is_main=True)
    session = make.session(group)
    accounting.account_one(session_id=session.pk, day=DAY, at=AFTER, by=who.owner.pk)
    ledger.bill(day=DAY, through=DAY, issue_date=DAY)
    wanted = crediting.Credit(Document.objects.get().pk, "release", "Sede sbagliata")
    crediting.credit(wanted, day=DAY, at=AFTER, by=who.owner.pk)
    return session


def test_it_is_billed_again(who: People) -> None:
    _billed_and_released(who)
    ledger.bill(day=DAY, through=DAY, issue_date=DAY)
    assert [str(d.net) for d in Document.objects.order_by("id")] == ["44.00"] * 3
    assert Charge.objects.get(document=Document.objects.last().key).revision == 2


def test_it_is_undone_and_accounted_anew(who: People) -> None:
    session = _billed_and_released(who)
    undoing.undo(session_id=session.pk, reason="Cliente sbagliato", at=AFTER, by=who.owner)
    accounting.account_one(session_id=session.pk, day=DAY, at=AFTER, by=who.owner.pk)
    rows = Charge.objects.order_by("id").values_list("revision", "is_reversal")
    assert list(rows) == [(1, False), (1, True), (2, False), (2, True), (3, False)]
    assert history.verify() == []
