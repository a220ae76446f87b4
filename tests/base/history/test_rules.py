from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canone.base.history import rules
from canone.base.history.rules import Fact, Head, Link, Problem

START = Head()
AT = datetime(2026, 4, 1, 8, 30, tzinfo=UTC)
LINE = st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]), max_size=20)
FACTS = st.lists(st.builds(Fact, LINE.filter(bool), LINE, st.text(max_size=40)), max_size=12)


def chain(facts: list[Fact], head: Head = START, by: int | None = 7) -> list[Link]:
    return list(rules.link(head, facts, AT, by))


def test_the_encoding_is_the_documented_one() -> None:
    (entry,) = chain([Fact("session.accounted", "session:812", '{"price":4400}')])
    text = "\n".join(
        ["0" * 64, "1", "2026-04-01T08:30:00.000000Z", "7", "session.accounted", "session:812"]
    )
    assert entry.hash == sha256((text + '\n{"price":4400}').encode()).hexdigest()
    assert entry.previous == "0" * 64


def test_the_same_instant_in_another_zone_gives_the_same_hash() -> None:
    rome = AT.astimezone(timezone(timedelta(hours=2)))
    fact = Fact("k", "s", "{}")
    assert chain([fact])[0].hash == next(rules.link(Head(), [fact], rome, 7)).hash
    with pytest.raises(ValueError, match="zone"):
        list(rules.link(Head(), [fact], AT.replace(tzinfo=None), 7))


@given(FACTS, FACTS)
def test_what_was_written_in_parts_is_one_sound_chain(
    first: list[Fact], second: list[Fact]
) -> None:
    entries = chain(first)
    head = Head(entries[-1].seq, entries[-1].hash) if entries else Head()
    entries += chain(second, head)
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
    heads = [Head(entry.seq, entry.hash) for entry in entries]
    assert list(rules.prove(entries, heads)) == []


@pytest.mark.parametrize(
    ("position", "altered", "expected"),
    [
        (1, {"by": 8}, [Problem(2, "altered")]),
        (1, {"at": AT + timedelta(microseconds=1)}, [Problem(2, "altered")]),
        (1, {"fact": Fact("k", "two", "{} ")}, [Problem(2, "altered")]),
        (1, {"hash": "f" * 64}, [Problem(2, "altered"), Problem(3, "broken")]),
        (2, {"previous": "f" * 64}, [Problem(3, "broken"), Problem(3, "altered")]),
    ],
)
def test_an_alteration_is_reported_where_it_is(
    position: int, altered: dict[str, object], expected: list[Problem]
) -> None:

    entries = chain([Fact("k", subject, "{}") for subject in ("one", "two", "three")])
    entries[position] = entries[position]._replace(**altered)  # type: ignore[arg-type]
    assert list(rules.prove(entries, [])) == expected


def test_a_missing_entry_is_a_gap_and_a_rewritten_tail_contradicts_the_kept_head() -> None:
    entries = chain([Fact("k", subject, "{}") for subject in ("one", "two", "three")])
    kept = Head(entries[2].seq, entries[2].hash)
    assert Problem(2, "gap") in rules.prove([entries[0], entries[2]], [kept])
    assert list(rules.prove(entries[:2], [kept])) == [Problem(3, "lost")]
    rewritten = entries[:2] + chain(
        [Fact("k", "forged", "{}")], Head(entries[1].seq, entries[1].hash)
    )
    assert list(rules.prove(rewritten, [])) == []
    assert list(rules.prove(rewritten, [kept])) == [Problem(3, "head")]


@pytest.mark.parametrize("fact", [Fact("", "s", ""), Fact("a\nb", "s", ""), Fact("k", "s\n", "")])
def test_a_fact_that_would_blur_the_encoding_is_refused(fact: Fact) -> None:
    with pytest.raises(ValueError, match=r"kind|subject"):
        chain([fact])


def test_a_printed_head_is_read_again() -> None:
    head = Head(812, "ab" * 32)
    assert Head.of(f" {head}\n") == head
    for text in ("", "812", "x:" + "ab" * 32, "812:ab"):
        with pytest.raises(ValueError, match="head"):
            Head.of(text)


def test_canonical_text_does_not_depend_on_the_order_of_keys() -> None:
    assert rules.canonical({"b": 1, "a": "è"}) == '{"a":"è","b":1}'
