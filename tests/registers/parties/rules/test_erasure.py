"""What is erased and what is kept, and until when."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from canone.registers.parties.rules import erasure
from canone.registers.parties.rules.erasure import Fate, Of


@given(st.dates(max_value=date(9000, 1, 1)))
def test_a_booking_is_kept_ten_whole_years_and_less_than_eleven(last: date) -> None:
    until = erasure.kept_until(last)
    assert (until.month, until.day) == (12, 31)
    assert until.year - last.year == 10


def test_the_year_of_the_booking_does_not_count() -> None:
    assert erasure.kept_until(date(2026, 1, 1)) == date(2036, 12, 31)
    assert erasure.kept_until(date(2026, 12, 31)) == date(2036, 12, 31)


def test_what_is_open_keeps_what_waits_and_never_erases_a_book() -> None:
    for kind in erasure.KINDS:
        still = kind.becomes(is_open=True)
        assert still is (Fate.OPEN if kind.waits else kind.fate)
        assert kind.becomes(is_open=False) is kind.fate
        assert not (kind.waits and kind.fate is Fate.BOOKS)


def test_every_code_is_one_and_who_they_are_goes_last_of_a_party() -> None:
    codes = [kind.code for kind in erasure.KINDS]
    assert len(codes) == len(set(codes))
    erased = [kind.code for kind in erasure.kinds(Of.PARTY) if kind.fate is not Fate.BOOKS]
    assert erased[-1] == "master"
    assert {kind.code for kind in erasure.kinds(Of.CONTACT)} == {
        "mails", "imports", "traces", "told", "contact",
    }  # fmt: skip
