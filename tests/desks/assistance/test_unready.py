"""Sessions that no run can see yet, as the page of what is to invoice is told of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.make import assistance as make
from tests.make import parties

from canone.desks.assistance.queries.unready import Unready
from canone.desks.assistance.services import accounting

pytestmark = pytest.mark.django_db


def told() -> dict[str, tuple[int, str, int | None]]:
    found = Unready().unready(day=make.DAY, at=make.AFTER)
    return {one.origin: (one.customer_id, one.code, one.amount_minor) for one in found}


def test_what_is_to_be_accounted_tells_its_price_and_customer() -> None:
    group = make.priced_group()
    session = make.session(group)
    customer = group.party_id
    assert told() == {f"session:{session.pk}": (customer, "session_pending", 4_400)}
    (one,) = Unready().unready(day=make.DAY, at=make.AFTER)
    assert one.kind == "remote_session"
    assert one.invoice_on == make.NOON.date()
    accounting.account_one(session_id=session.pk, day=make.DAY, at=make.AFTER, by=None)
    assert told() == {}


def test_what_lacks_something_says_what() -> None:
    unknown = make.session(None)
    bare = parties.group()
    without = make.session(bare)
    orphan = make.session(make.priced_group(), seconds=None)
    assert told() == {
        f"session:{unknown.pk}": (0, "session_unassigned", None),
        f"session:{without.pk}": (bare.party_id, "session_no_profile", None),
        f"session:{orphan.pk}": (orphan.group.party_id if orphan.group else 0, "session_orphan",
                                 None),
    }  # fmt: skip


def test_what_costs_nothing_is_not_owed() -> None:
    group = parties.group()
    make.assignment(group, make.subscription())
    make.session(group)
    make.session(make.priced_group(minimum_minutes=60))
    make.session(make.priced_group(), start=make.AFTER - timedelta(minutes=5), seconds=None)
    assert told() == {}
