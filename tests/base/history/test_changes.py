"""Changes of all records together: found, in order, page by page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.make import access, assets, parties

from canone.base.access.functions import Role
from canone.base.history import queries, services
from canone.base.history.queries import JOURNAL, Place, Wanted

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 9, tzinfo=UTC)


def at(row: Any, minute: int, **more: Any) -> None:
    """Set when the last version of a record was written, and by whom."""
    version = row.history.latest("history_id")
    row.history.filter(pk=version.pk).update(history_date=AT + timedelta(minutes=minute), **more)


def said(found: list[queries.Changed]) -> list[tuple[str, str, str]]:
    return [(one.kind, one.name, one.act) for one in found]


def three_changes() -> Any:
    """Return a user who changed a customer that a machine came after."""
    user = access.user(Role.OWNER, name="Anna Riva")
    user.history.all().delete()
    party = parties.party("Officine Brambilla")
    at(party, 1)
    party.name = "Officine Brambilla S.r.l."
    party.save()
    at(party, 2, history_user=user)
    at(assets.asset(party, name="Pressa"), 3)
    facts = [services.Fact("charge.posted", "charge:7", "{}")]
    services.append(facts, at=AT + timedelta(minutes=4), by=user.pk)
    return user


def test_all_kinds_stand_in_one_row_newest_first() -> None:
    three_changes()
    found = queries.changes(Wanted(), limit=10)
    assert said(found) == [
        (JOURNAL, "charge.posted charge:7", "closed"),
        ("assets.asset", "Pressa", "created"),
        ("parties.party", "Officine Brambilla S.r.l.", "changed"),
        ("parties.party", "Officine Brambilla", "created"),
    ]
    said_before = {one.before: one.after for one in found[2].fields}
    assert said_before["Officine Brambilla"] == "Officine Brambilla S.r.l."
    assert found[2].who == "Anna Riva"


def test_they_are_found_by_person_kind_words_and_time() -> None:
    user = three_changes()

    def names(**wanted: Any) -> list[str]:
        return [one.name for one in queries.changes(Wanted(**wanted), limit=10)]

    assert names(by=user.pk) == ["charge.posted charge:7", "Officine Brambilla S.r.l."]
    assert names(kind="assets.asset") == ["Pressa"]
    assert names(text="brambilla S.r.l.") == ["Officine Brambilla S.r.l."]
    assert names(text="charge:7") == ["charge.posted charge:7"]
    early = {"since": AT + timedelta(minutes=2), "until": AT + timedelta(minutes=3)}
    assert names(**early) == ["Officine Brambilla S.r.l."]


def test_pages_lose_and_repeat_nothing_where_instants_are_equal() -> None:
    for number in range(7):
        at(parties.party(f"Cliente {number}"), 0)
        at(assets.asset(parties.party(f"Altro {number}")), 0)
    whole = [one.place for one in queries.changes(Wanted(), limit=100)]
    assert len(whole) == len(set(whole)) == 21
    seen: list[Place] = []
    while True:
        after = queries.place(seen[-1].text) if seen else None
        part = queries.changes(Wanted(), limit=4, after=after)
        if not part:
            break
        seen += [one.place for one in part]
    assert seen == whole
    assert [one.place for one in queries.every(Wanted(), step=4)] == whole


def test_a_version_that_changed_nothing_is_no_change() -> None:
    party = parties.party("Alabastro")
    for _time in range(6):
        party.save()
    party.name = "Alabastro S.r.l."
    party.save()
    party.save()
    whole = queries.changes(Wanted(kind="parties.party"), limit=2)
    assert [one.act for one in whole] == ["changed", "created"]
    [first] = queries.changes(Wanted(kind="parties.party"), limit=1)
    [second] = queries.changes(Wanted(kind="parties.party"), limit=1, after=first.place)
    assert [first, second] == whole


@pytest.mark.parametrize("text", ["x", "1-2", "1-2-3-4", "-1-2-3", "g-1-1", "fffffffffffffff-1-1"])
def test_a_place_that_none_of_ours_wrote_is_a_fault(text: str) -> None:
    with pytest.raises(ValueError, match=text):
        queries.place(text)
