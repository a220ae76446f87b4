from __future__ import annotations

from datetime import UTC, datetime
from random import Random

import pytest
from tests.make import access

from canone.base.access.functions import Role
from canone.config.demo import parties as demo
from canone.registers.parties import queries
from canone.registers.parties.models import Party
from canone.registers.parties.rules.twins import Reason

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def test_the_same_seed_draws_the_same_firm() -> None:
    assert list(demo.drafts(Random(7))) == list(demo.drafts(Random(7)))
    assert list(demo.drafts(Random(7))) != list(demo.drafts(Random(8)))


@pytest.mark.django_db
def test_sixty_customers_pass_every_check_and_look_like_a_register() -> None:
    book = demo.load(Random(7), at=AT, by=None)
    assert len(book.customers) == 60
    assert len(book.suppliers) == 4
    assert len({party.vat_number for party in Party.objects.exclude(vat_number="")}) == 58
    assert len(book.groups) == 63
    owner = access.user(Role.OWNER)
    counted = queries.counters(owner)
    assert 5 <= counted["incomplete"] <= 7
    assert (counted["blocked"], counted["inactive"]) == (1, 1)
    assert [twin.reason for twin in queries.duplicates(owner)] == [Reason.SIMILAR_NAME]
    assert all(party.history.get().history_date < AT for party in book.customers)
