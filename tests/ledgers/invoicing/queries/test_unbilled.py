"""Not yet billed: what a run would take and leave, in one list."""

from __future__ import annotations

from datetime import date

import pytest
from tests.make import invoicing as make
from tests.make import parties

from canone.ledgers.invoicing.queries import ports, preview, unbilled
from canone.ledgers.invoicing.rules.ports import LeftOut
from canone.ledgers.invoicing.rules.states import Age
from canone.ledgers.invoicing.services import drafts

pytestmark = pytest.mark.django_db


def test_everything_owed_is_listed_with_what_stands_in_the_way() -> None:
    who, homeless = make.customer(), parties.party(vat_number="IT00000000009")
    make.charge(who, service_start=date(2026, 8, 1))
    taken = make.charge(who)
    make.draft_document(who, drafts.Line(charge_id=taken.pk))
    make.charge(homeless)
    desk = make.Desk(make.proposal(who))
    desk.left_out = [LeftOut(who.pk, "suspended", "Sospeso fino al 31/12", "contract:8")]
    with ports.bound(proposers=[desk]):
        rows = list(unbilled.owed(make.order()))
        planned = preview.sums(make.order())
    assert [(row.customer_id, row.kind, row.code) for row in rows] == [
        (who.pk, "remote_session", ""),
        (who.pk, "contract", ""),
        (who.pk, "", "suspended"),
        (homeless.pk, "remote_session", "no_address"),
    ]
    sums = unbilled.sums(rows, day=make.DAY)
    assert (sums.total.count, sums.total.cents) == (4, 4_400 + 10_000 + 4_400)
    assert {key: one.count for key, one in sums.by_customer.items()} == {who.pk: 3, homeless.pk: 1}
    assert {kind: one.cents for kind, one in sums.by_kind.items()} == {
        "remote_session": 8_800,
        "contract": 10_000,
        "": 0,
    }
    assert sums.by_obstacle[""].cents == planned.net == 14_400
    assert {code for code in sums.by_obstacle if code} == set(planned.left_out)
    assert {age: one.count for age, one in sums.by_age.items()} == {
        Age.UP_TO_30: 2,
        Age.UP_TO_60: 1,
        Age.UP_TO_90: 0,
        Age.OLDER: 1,
    }
