"""What a subscription's new version says, its pool does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.make import assistance as make
from tests.make import catalog, parties
from tests.make.assistance import AFTER, DAY

from canone.base.events import services as events
from canone.base.events.models import Delivery
from canone.desks.assistance.services import assignments
from canone.kernel.money import Money
from canone.ledgers.allowances.models import Allowance
from canone.ledgers.allowances.services import pools
from canone.registers.catalog.models import Tariff
from canone.registers.catalog.services import tariffs

pytestmark = pytest.mark.django_db
LATER = AFTER + timedelta(days=3650)


def granted(**terms: Any) -> Tariff:
    tariff = make.subscription(**terms)
    group = parties.group()
    assignments.assign(tariff_id=tariff.pk, group_ids=[group.pk], starts_on=DAY, by=None, at=AFTER)
    return tariff


def revise(tariff: Tariff, **changes: Any) -> Allowance:
    """Return the pool after the event of the new version was heard."""
    terms = replace(catalog.version(tariff).terms(), **changes)
    tariffs.revise(tariff=tariff, terms=terms, at=AFTER, by=None)
    events.deliver(at=LATER)
    assert {delivery.state for delivery in Delivery.objects.all()} <= {"done"}
    return Allowance.objects.get(owner=f"tariff:{tariff.pk}")


def test_new_warnings_reach_the_pool() -> None:
    pool = revise(granted(warn_at_percent=(20,)), warn_at_percent=(50, 10))
    assert pool.thresholds == ["50%", "10%"]
    assert pool.low_at == 300
    assert revise(Tariff.objects.get(), warn_at_percent=()).thresholds == []


def test_a_new_carry_over_reaches_the_pool_and_may_end() -> None:
    tariff = granted(expiry_months=12)
    pool = revise(tariff, rollover_minutes=90)
    assert (pool.rollover_months, pool.rollover_cap) == (12, 90)
    pool = revise(tariff, rollover_minutes=0)
    assert (pool.rollover_months, pool.rollover_cap) == (None, None)


def test_what_was_set_at_the_pool_stays_when_only_a_price_changes() -> None:
    tariff = granted(warn_at_percent=(20,))
    pools.set_up(owner=f"tariff:{tariff.pk}", thresholds=["60"])
    assert revise(tariff, amount=Money.of("550.00")).thresholds == ["60"]


def test_a_subscription_nobody_has_yet_has_no_pool_to_follow() -> None:
    tariff = make.subscription()
    terms = replace(catalog.version(tariff).terms(), warn_at_percent=(20,))
    tariffs.revise(tariff=tariff, terms=terms, at=AFTER, by=None)
    assert events.deliver(at=LATER) == 1
    assert not Allowance.objects.exists()
