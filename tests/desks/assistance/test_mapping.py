"""Rules that are learned once: they place what comes in, and the past on request, with undo."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.make import access, parties
from tests.make import assistance as make
from tests.make.assistance import AFTER, DAY, NOON
from tests.people import People, people

from canone.desks.assistance.models import (
    Application,
    ApplicationChange,
    DeviceRule,
    RemoteSession,
    TechnicianRule,
)
from canone.desks.assistance.queries import mapping as queries
from canone.desks.assistance.queries.mapping import Kind
from canone.desks.assistance.rules.states import State
from canone.desks.assistance.services import (
    accounting,
    applying,
    ingest,
    mapping,
    sessions,
    undoing,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def who() -> People:
    return people()


def learn(kind: str, key: str, target: int, who: People) -> queries.Rule:
    return mapping.learn(
        kind=kind, source="test", key=key, target_id=target, by=who.owner.pk, at=AFTER
    )


def foresee(rule: queries.Rule, who: People, *, elsewhere: bool = False) -> queries.Foreseen:
    return queries.foresee(rule, user=who.owner, elsewhere=elsewhere, day=DAY, now=AFTER)


def apply(rule: queries.Rule, who: People, *, elsewhere: bool = False) -> Application | None:
    return applying.apply(rule=rule, user=who.owner, by=who.owner.pk, at=AFTER, elsewhere=elsewhere)


def groups_of(*chosen: RemoteSession) -> list[int | None]:
    found = RemoteSession.objects.in_bulk([one.pk for one in chosen])
    return [found[one.pk].group_id for one in chosen]


def row(key: str, **fields: object) -> ingest.IngestRow:
    given = {
        "external_id": key,
        "technician": "lferrario",
        "started_at": NOON,
        "ended_at": NOON + timedelta(minutes=42),
        "device_key": "412",
        "device_name": "CAD-PC12",
    }
    return ingest.IngestRow(**(given | fields))  # type: ignore[arg-type]


def test_what_an_application_would_change_is_told_before(who: People) -> None:
    group, other = make.priced_group(), parties.group()
    make.session(None)
    make.session(None, seconds=7 * 60)
    there = make.session(other)
    make.session(None, device_key="ALTRO")
    accounted = make.session(make.priced_group())
    accounting.account_one(session_id=accounted.pk, day=DAY, at=AFTER, by=who.owner.pk)
    rule = learn(Kind.DEVICE, "CAD-PC12", group.pk, who)
    seen = foresee(rule, who)
    assert (seen.count, seen.minutes) == (2, 49)
    assert (seen.before.cents, seen.after.cents) == (None, 6400)  # 44.00 + 20.00
    assert (seen.before.states, seen.after.states) == ({State.UNASSIGNED: 2}, {State.PENDING: 2})
    wide = foresee(rule, who, elsewhere=True)
    assert (wide.count, wide.after.cents) == (3, 10800)
    assert there.pk in {one.pk for one in wide.rows}
    assert not Application.objects.exists()


def test_the_preview_counts_the_pieces_that_moved_sessions_join(who: People) -> None:
    group = make.priced_group(merge_gap_minutes=5)
    make.session(group, seconds=600)
    make.session(None, start=NOON + timedelta(minutes=13), seconds=420)
    rule = learn(Kind.DEVICE, "CAD-PC12", group.pk, who)
    seen = foresee(rule, who)
    assert (seen.count, seen.others) == (1, 1)
    assert (seen.before.cents, seen.after.cents) == (2000, 2400)
    apply(rule, who)
    assert foresee(rule, who).count == 0


def test_moving_out_of_a_piece_is_foreseen_as_it_happens(who: People) -> None:
    source, target = make.priced_group(merge_gap_minutes=5), make.priced_group()
    make.session(source, seconds=600, device_key="A")
    moved = make.session(source, start=NOON + timedelta(minutes=13), seconds=420, device_key="A")
    RemoteSession.objects.filter(pk=moved.pk).update(group_hint="Rossi")
    rule = learn(Kind.GROUP, "rossi", target.pk, who)
    seen = foresee(rule, who, elsewhere=True)
    assert (seen.before.cents, seen.after.cents) == (2400, 4000)


def test_an_application_moves_writes_history_and_is_undone_whole(who: People) -> None:
    group = make.priced_group()
    chosen = [make.session(None), make.session(None)]
    rule = learn(Kind.DEVICE, "CAD-PC12", group.pk, who)
    done = apply(rule, who)
    assert done is not None
    assert (done.count, done.minutes, done.group_id) == (2, 84, group.pk)
    assert groups_of(*chosen) == [group.pk, group.pk]
    assert DeviceRule.objects.get().placed == 2
    kept = RemoteSession.history.filter(id=chosen[0].pk).order_by("history_id")
    assert [(one.history_type, one.group_id) for one in kept] == [("+", None), ("~", group.pk)]
    undone = applying.undo(application_id=done.pk, user=who.owner, at=AFTER)
    assert (len(undone.back), undone.accounted, undone.moved) == (2, [], [])
    assert groups_of(*chosen) == [None, None]
    assert DeviceRule.objects.get().placed == 0
    with pytest.raises(applying.NothingToUndoError):
        applying.undo(application_id=done.pk, user=who.owner, at=AFTER)


def test_undo_leaves_what_was_accounted_or_moved_since_and_says_so(who: People) -> None:
    group, other = make.priced_group(), parties.group()
    locked, moved, free = make.session(None), make.session(None), make.session(other)
    done = apply(learn(Kind.DEVICE, "CAD-PC12", group.pk, who), who, elsewhere=True)
    assert done is not None
    accounting.account_one(session_id=locked.pk, day=DAY, at=AFTER, by=who.owner.pk)
    sessions.assign(
        session_ids=[moved.pk], group_id=other.pk, remember=False, by=who.owner.pk, at=AFTER
    )
    undone = applying.undo(application_id=done.pk, user=who.owner, at=AFTER)
    assert (undone.back, undone.accounted, undone.moved) == ([free.pk], [locked.pk], [moved.pk])
    assert groups_of(locked, moved, free) == [group.pk, other.pk, other.pk]
    with pytest.raises(applying.NothingToUndoError) as caught:
        applying.undo(application_id=done.pk, user=who.owner, at=AFTER)
    assert caught.value.accounted == [locked.pk]
    undoing.undo(session_id=locked.pk, reason="Errore", at=AFTER, by=who.owner)
    again = applying.undo(application_id=done.pk, user=who.owner, at=AFTER)
    assert again.back == [locked.pk]
    assert groups_of(locked) == [None]
    states = ApplicationChange.objects.order_by("session_id").values_list("state", flat=True)
    assert list(states) == ["undone", "moved", "undone"]


def test_a_computer_goes_before_its_tools_group(who: People) -> None:
    own, hinted = parties.group(), parties.group()
    mine = make.session(None, group_hint="Rossi srl")
    other = make.session(None, group_hint="ROSSI SRL", device_key="ALTRO")
    learn(Kind.DEVICE, "CAD-PC12", own.pk, who)
    apply(learn(Kind.GROUP, "Rossi srl", hinted.pk, who), who)
    assert groups_of(mine, other) == [None, hinted.pk]
    resolver = ingest.Resolver("test")
    assert resolver.group(row("1", device_key="CAD-PC12", group_hint="Rossi srl")) == own.pk
    assert resolver.group(row("2", device_key="X", group_hint="rossi SRL")) == hinted.pk
    assert resolver.group(row("3", device_key="X", group_hint="ignoto")) is None


def test_rules_count_what_they_place_once(who: People) -> None:
    learn(Kind.DEVICE, "412", parties.group().pk, who)
    learn(Kind.TECHNICIAN, "LFerrario", who.technician.pk, who)
    ingest.write([row("1"), row("2")], source="test", at=AFTER)
    ingest.write([row("2"), row("3")], source="test", at=AFTER + timedelta(hours=1))
    assert DeviceRule.objects.get().placed == 3
    assert TechnicianRule.objects.get().placed == 3
    assert set(RemoteSession.objects.values_list("technician", flat=True)) == {who.technician.pk}


def test_an_unknown_technician_is_shown_matched_and_applied(who: People) -> None:
    luca = access.user(name="Luca Ferrario", email="luca@example.com")
    ingest.write(
        [
            row("1", technician="LFERRARIO-PC", technician_key="9 881"),
            row("2", technician="luca@example.com"),
        ],
        source="test",
        at=AFTER,
    )
    (unknown,) = queries.unknown_technicians(who.owner)
    assert (unknown.key, unknown.name, unknown.count, unknown.guess) == (
        *("9 881", "LFERRARIO-PC", 1),
        luca.pk,
    )
    assert queries.unknown_technicians(who.technician) == []
    done = apply(learn(Kind.TECHNICIAN, unknown.learned, luca.pk, who), who)
    assert done is not None
    assert done.technician_id == luca.pk
    assert queries.unknown_technicians(who.owner) == []
    assert set(RemoteSession.objects.values_list("technician", flat=True)) == {luca.pk}
    applying.undo(application_id=done.pk, user=who.owner, at=AFTER)
    assert len(queries.unknown_technicians(who.owner)) == 1


def test_a_rule_is_changed_and_forgotten_without_touching_sessions(who: People) -> None:
    first, second = parties.group(), parties.group()
    session = make.session(None)
    rule = learn(Kind.DEVICE, "CAD-PC12", first.pk, who)
    apply(rule, who)
    again = learn(Kind.DEVICE, "CAD-PC12", second.pk, who)
    assert again.pk == rule.pk
    assert groups_of(session) == [first.pk]
    assert foresee(again, who).count == 0
    assert foresee(again, who, elsewhere=True).count == 1
    mapping.forget(rule=again)
    assert groups_of(session) == [first.pk]
    assert not DeviceRule.objects.exists()
    assert [one.history_type for one in DeviceRule.history.order_by("history_id")] == [
        "+",
        "~",
        "-",
    ]
    learn(Kind.GROUP, "Rossi", first.pk, who)
    with pytest.raises(mapping.KnownError):
        mapping.learn(
            kind=Kind.GROUP,
            source="test",
            key="Rossi",
            target_id=second.pk,
            by=None,
            at=AFTER,
            replace=False,
        )


def test_nobody_accounts_what_is_being_moved(who: People, monkeypatch: pytest.MonkeyPatch) -> None:
    """An accounting between reading and writing stops the whole application."""
    group = make.priced_group()
    session = make.session(group)
    rule = learn(Kind.DEVICE, "CAD-PC12", parties.group().pk, who)
    original = applying._record

    def late(*args: object, **kwargs: object) -> Application:
        accounting.account_one(session_id=session.pk, day=DAY, at=AFTER, by=who.owner.pk)
        return original(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(applying, "_record", late)
    with pytest.raises(applying.MovedError):
        apply(rule, who, elsewhere=True)
    assert not Application.objects.exists()
