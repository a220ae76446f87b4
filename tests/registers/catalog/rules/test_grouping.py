from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from canone.registers.catalog.rules.grouping import Group, Session, group_sessions
from canone.registers.catalog.rules.rating import Overlap, Terms

DAY = datetime(2026, 11, 20, 9, tzinfo=UTC)


def at(key: int, start: int, end: int, who: str = "a", pc: str = "x", **more: object) -> Session:
    begin, until = DAY + timedelta(minutes=start), DAY + timedelta(minutes=end)
    return Session(key, "c", who, pc, begin, until, (end - start) * 60, **more)  # type: ignore[arg-type]


def keys(groups: list[Group]) -> list[tuple[int, ...]]:
    return [group.keys for group in groups]


def minutes(groups: list[Group]) -> list[int]:
    return [int(group.work.seconds) // 60 for group in groups]


def test_a_chain_of_reconnections_is_one_piece_without_its_pauses() -> None:
    groups = group_sessions(
        Terms(merge_gap_minutes=5),
        [at(3, 25, 30), at(1, 0, 10, extra_minutes=2), at(2, 15, 20, extra_minutes=-1)],
    )
    assert keys(groups) == [(1, 2, 3)]
    assert (minutes(groups), groups[0].work.extra_minutes) == ([20], 1)


def test_a_longer_pause_another_technician_or_computer_stays_apart() -> None:
    sessions = [at(1, 0, 10), at(2, 16, 20), at(3, 21, 30, who="b"), at(4, 21, 30, pc="y")]
    assert keys(group_sessions(Terms(merge_gap_minutes=5), sessions)) == [(1,), (2,), (3,), (4,)]


def test_simultaneous_sessions_do_not_both_follow_the_same_one() -> None:
    sessions = [at(1, 0, 10), at(2, 12, 20), at(3, 13, 16)]
    assert keys(group_sessions(Terms(merge_gap_minutes=5), sessions)) == [(1, 2), (3,)]


def test_sessions_that_touch_do_not_overlap() -> None:
    terms = Terms(overlap=Overlap.CUSTOMER)
    assert keys(group_sessions(terms, [at(1, 0, 10), at(2, 10, 20)])) == [(1,), (2,)]


def test_a_long_session_ties_together_what_it_covers() -> None:
    terms = Terms(overlap=Overlap.CUSTOMER)
    groups = group_sessions(terms, [at(1, 0, 60), at(2, 5, 10), at(3, 50, 70, who="b")])
    assert (keys(groups), minutes(groups)) == ([(1, 2, 3)], [70])


def test_overlap_and_reconnection_together_count_every_minute_once() -> None:
    terms = Terms(overlap=Overlap.TECHNICIAN, merge_gap_minutes=5)
    groups = group_sessions(terms, [at(1, 0, 10), at(2, 5, 12, pc="y"), at(3, 13, 20)])
    assert (keys(groups), minutes(groups)) == ([(1, 2, 3)], [19])


def test_manual_sessions_stay_by_themselves() -> None:
    terms = Terms(overlap=Overlap.CUSTOMER, merge_gap_minutes=60)
    phone = Session(2, "c", "a", "x", None, None, 0, 15, manual=True)
    groups = group_sessions(terms, [at(1, 0, 10), phone, at(3, 5, 9, manual=True)])
    assert sorted(keys(groups)) == [(1,), (2,), (3,)]


def test_a_session_taken_apart_counts_alone_and_the_rest_as_if_it_were_not_there() -> None:
    chain = [at(1, 0, 10), at(2, 12, 20, apart=True), at(3, 23, 30), at(4, 33, 40)]
    groups = group_sessions(Terms(merge_gap_minutes=5), chain)
    assert (keys(groups), minutes(groups)) == ([(1,), (2,), (3, 4)], [10, 8, 14])
    wide = group_sessions(Terms(merge_gap_minutes=15), chain)
    assert keys(wide) == [(1, 3, 4), (2,)]
    both = [at(1, 0, 30), at(2, 15, 50, apart=True)]
    assert minutes(group_sessions(Terms(overlap=Overlap.CUSTOMER), both)) == [30, 35]


def test_a_piece_says_why_its_sessions_belong_together() -> None:
    terms = Terms(overlap=Overlap.TECHNICIAN, merge_gap_minutes=5)
    sessions = [
        *(at(1, 0, 10), at(2, 5, 12, pc="y"), at(3, 13, 20)),
        *(at(4, 60, 70), at(5, 72, 80)),
        *(at(6, 120, 130), at(7, 125, 140, pc="y")),
        at(8, 200, 210),
    ]
    found = [(g.keys, g.simultaneous, g.reconnected) for g in group_sessions(terms, sessions)]
    assert found == [
        ((1, 2, 3), True, True),
        ((4, 5), False, True),
        ((6, 7), True, False),
        ((8,), False, False),
    ]


SESSIONS = st.lists(
    st.tuples(
        st.integers(0, 300), st.integers(0, 60), st.sampled_from("ab"), st.sampled_from("xy")
    ),
    max_size=12,
)
OPTIONS = st.builds(
    Terms, merge_gap_minutes=st.integers(0, 30), overlap=st.sampled_from(list(Overlap))
)


@given(SESSIONS, OPTIONS, st.integers(-100_000, 100_000))
def test_every_session_once_and_time_does_not_hang_on_the_clock(
    rows: list[tuple[int, int, str, str]], terms: Terms, shift: int
) -> None:
    sessions = [at(n, s, s + d, who, pc) for n, (s, d, who, pc) in enumerate(rows)]
    groups = group_sessions(terms, sessions)
    assert sorted(key for group in groups for key in group.keys) == list(range(len(rows)))
    moved = [at(n, s + shift, s + d + shift, who, pc) for n, (s, d, who, pc) in enumerate(rows)]
    again = group_sessions(terms, moved)
    assert keys(again) == keys(groups)
    assert minutes(again) == minutes(groups)
    total = sum(d for _, d, _, _ in rows)
    assert sum(minutes(groups)) <= total
    if terms.overlap is Overlap.NONE:
        assert sum(minutes(groups)) == total


@given(SESSIONS)
def test_united_time_is_the_time_on_the_clock(rows: list[tuple[int, int, str, str]]) -> None:
    sessions = [at(n, s, s + d, who, pc) for n, (s, d, who, pc) in enumerate(rows)]
    groups = group_sessions(Terms(overlap=Overlap.CUSTOMER), sessions)
    covered = {minute for s, d, _, _ in rows for minute in range(s, s + d)}
    assert sum(minutes(groups)) == len(covered)


@given(SESSIONS, OPTIONS, st.sets(st.integers(0, 11)))
def test_who_is_apart_is_alone_and_the_rest_does_not_see_it(
    rows: list[tuple[int, int, str, str]], terms: Terms, marked: set[int]
) -> None:
    sessions = [
        at(n, s, s + d, who, pc, apart=n in marked) for n, (s, d, who, pc) in enumerate(rows)
    ]
    groups = group_sessions(terms, sessions)
    alone = [group for group in groups if not marked.isdisjoint(group.keys)]
    assert all(
        len(group.keys) == 1 and group.work.seconds == 60 * rows[group.lead][1] for group in alone
    )
    rest = group_sessions(terms, [one for one in sessions if one.key not in marked])
    assert [group for group in groups if group not in alone] == rest
