"""At which balances a warning is due, and in which state a balance is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import floor

DEFAULT_SHARE = Fraction(1, 5)


class NotAThresholdError(ValueError):
    """The text is neither a number of units nor a percentage."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """A number of units, or a percentage of the last grant or top-up; written `60` or `20%`."""

    value: int
    is_percent: bool = False

    @classmethod
    def of(cls, text: str | int) -> Threshold:
        """Return the threshold written as `text`; NotAThresholdError for anything else."""
        number, sign, rest = str(text).strip().partition("%")
        number = number.strip()
        if rest or not number.isascii() or not number.isdecimal():
            raise NotAThresholdError(str(text))
        value = int(number)
        if value > (100 if sign else 10**9):
            raise NotAThresholdError(str(text))
        return cls(value, bool(sign))

    def limit(self, base: int) -> Fraction:
        """Return the balance at which it is crossed; `base` is the last grant or top-up."""
        return Fraction(base * self.value, 100) if self.is_percent else Fraction(self.value)

    def is_reached(self, *, balance: int, base: int) -> bool:
        """Return whether the balance is at its limit or below; without a fraction, for runs."""
        if self.is_percent:
            return balance * 100 <= base * self.value
        return balance <= self.value

    def __str__(self) -> str:
        return f"{self.value}%" if self.is_percent else str(self.value)


class State(StrEnum):
    """What a balance is called."""

    REGULAR = "regular"
    LOW = "low"
    USED_UP = "used_up"
    OVER = "over"


def read(texts: Iterable[str | int]) -> tuple[Threshold, ...]:
    """Return the thresholds, each once; NotAThresholdError names the first that is none."""
    return tuple(dict.fromkeys(Threshold.of(text) for text in texts))


def reached(thresholds: Sequence[Threshold], *, balance: int, base: int) -> tuple[Threshold, ...]:
    """Return those the balance is at or below, the lowest first; none before a purchase."""
    if base <= 0:
        return ()
    low = [t for t in thresholds if t.is_reached(balance=balance, base=base)]
    return tuple(sorted(low, key=lambda threshold: threshold.limit(base)))


def state(thresholds: Sequence[Threshold], *, balance: int, base: int) -> State:
    """Return the state of a balance; without thresholds a fifth of the last purchase is low."""
    if balance < 0:
        return State.OVER
    if balance == 0:
        return State.USED_UP
    return State.LOW if balance <= low_at(thresholds, base=base) else State.REGULAR


def low_at(thresholds: Sequence[Threshold], *, base: int) -> int:
    """Return the highest balance that is called low; a fifth of `base` without thresholds."""
    limits = [threshold.limit(base) for threshold in thresholds] or [base * DEFAULT_SHARE]
    return floor(max(limits))
