"""A list that never ends is told from a long one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from canone.channels.connectors.rules import bounds
from canone.channels.connectors.rules.bounds import Bounds
from canone.channels.connectors.rules.notices import NOTES_TOLD, Notices
from canone.channels.connectors.rules.port import Notice, Pulled, RawNote, RawSession, Trouble

AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
SOON = timedelta(seconds=1)


def row(key: str, ended_at: datetime | None = AT) -> RawSession:
    return RawSession(key, "u", "Anna", "", "d", "pc", "", "", AT, ended_at, 0, "")


def taken(*pages: Pulled, elapsed: timedelta = SOON) -> str:
    """Return the code of the trouble that the pages end in; empty for none."""
    limits = Bounds()
    try:
        for page in pages:
            limits.take(page, elapsed)
    except Trouble as trouble:
        return trouble.code
    return ""


def test_pages_that_differ_pass() -> None:
    assert taken(*(Pulled((row(str(n)),)) for n in range(500))) == ""


def test_a_page_may_come_again_by_chance_but_not_for_ever() -> None:
    page = Pulled((row("a"), row("b")))
    assert taken(*[page] * (bounds.REPEATS - 1)) == ""
    assert taken(*[page] * bounds.REPEATS) == "endless"


def test_pages_in_a_circle_are_noticed_whatever_their_offsets_say() -> None:
    circle = [Pulled((row(key),), mark=str(n)) for n, key in enumerate("abc" * bounds.REPEATS)]
    assert taken(*circle) == "endless"


def test_a_session_that_ended_meanwhile_makes_another_page() -> None:
    running, ended = Pulled((row("a", None),)), Pulled((row("a"),))
    assert taken(running, running, ended) == ""


def test_pages_without_sessions_are_told_apart_by_their_mark() -> None:
    assert taken(*(Pulled((), mark="x") for _n in range(bounds.REPEATS))) == "endless"
    assert taken(*(Pulled((), mark=str(n)) for n in range(100))) == ""


@pytest.mark.parametrize(
    ("pages", "elapsed"),
    [
        ([Pulled(()) for _n in range(bounds.MOST_PAGES + 1)], SOON),
        ([Pulled((), seen=bounds.MOST_ROWS), Pulled((), seen=1)], SOON),
        ([Pulled(())], bounds.LONGEST + SOON),
    ],
)
def test_a_pull_ends_at_its_bounds(pages: list[Pulled], elapsed: timedelta) -> None:
    assert taken(*pages[:-1]) == ""
    assert taken(*pages, elapsed=elapsed) == "too_long"


def test_counts_add_up_over_pages_and_measures_do_not() -> None:
    told = Notices()
    for _page in range(3):
        told.add([Notice("unreadable", {"count": 2}), Notice("few_rights")])
        told.add([Notice("clock_ahead", {"count": 300})])
    assert told.told() == [
        ["unreadable", {"count": 6}], ["few_rights", {}], ["clock_ahead", {"count": 300}],
    ]  # fmt: skip


def test_notes_without_a_session_are_counted_and_some_are_told() -> None:
    told = Notices()
    for number in range(30):
        told.lost([RawNote("u", "d", AT, f"note {number}")])
    ((code, values),) = told.told()
    assert (code, values["count"], len(values["notes"])) == (
        "notes_without_session",
        30,
        NOTES_TOLD,
    )


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (480, [["clock_ahead", {"count": 480}]]),
        (-480, [["clock_behind", {"count": 480}]]),
        (90, []),
    ],
)
def test_a_server_clock_that_is_off_is_told_once(seconds: int, told: list[object]) -> None:
    notices = Notices()
    for _page in range(2):
        notices.clocks(AT + timedelta(seconds=seconds), AT)
    notices.clocks(None, AT)
    assert notices.told() == told
