from datetime import UTC, datetime

import pytest
from django.utils import translation
from tests.make import access

from canone.base.history import queries, services
from canone.registers.parties.models import Party

pytestmark = pytest.mark.django_db


def test_the_timeline_says_who_changed_what_newest_first() -> None:
    user = access.user(name="Anna Riva")
    with services.acting(user.pk):
        party = Party.objects.create(code="C1", name="Bianchi")
    party.name, party.reliability = "Bianchi srl", Party.Reliability.GOOD
    party.save()
    party.is_active = False
    with services.acting(user.pk):
        party.save()
    with translation.override("en"):
        seen = [(c.who, c.kind, str(c.field), c.before, c.after) for c in queries.timeline(party)]
    assert seen == [
        ("Anna Riva", "changed", "active", "yes", "no"),
        ("", "changed", "name", "Bianchi", "Bianchi srl"),
        ("", "changed", "reliability", "Not rated", "Reliable"),
        ("Anna Riva", "created", "", "", ""),
    ]
    assert all(c.when.tzinfo and c.when <= datetime.now(UTC) for c in queries.timeline(party))


def test_a_limited_timeline_compares_its_last_version_with_the_one_before() -> None:
    party = Party.objects.create(code="C1", name="a")
    for name in ("b", "c"):
        party.name = name
        party.save()
    (change,) = queries.timeline(party, limit=1)
    assert (change.before, change.after) == ("b", "c")


def test_acting_ends_and_nests() -> None:
    one, two = access.user(), access.user()
    with services.acting(one.pk):
        with services.acting(two.pk):
            first = Party.objects.create(code="C1", name="a")
        second = Party.objects.create(code="C2", name="b")
    third = Party.objects.create(code="C3", name="c")
    users = [party.history.get().history_user for party in (first, second, third)]
    assert users == [two, one, None]
