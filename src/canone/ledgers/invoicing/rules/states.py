"""The states and ages of a charge."""

from __future__ import annotations

from datetime import date
from enum import StrEnum


class State(StrEnum):
    """Where a charge stands; a reversal is a row of its own."""

    TO_INVOICE = "to_invoice"
    ON_DOCUMENT = "on_document"
    REVERSED = "reversed"
    REVERSAL = "reversal"


class Age(StrEnum):
    """How long ago the service ended, in days."""

    UP_TO_30 = "30"
    UP_TO_60 = "60"
    UP_TO_90 = "90"
    OLDER = "older"


LIMITS = ((30, Age.UP_TO_30), (60, Age.UP_TO_60), (90, Age.UP_TO_90))


def state(*, is_reversal: bool, is_reversed: bool, document: str) -> State:
    """Return the one state of a charge."""
    if is_reversal:
        return State.REVERSAL
    if is_reversed:
        return State.REVERSED
    return State.ON_DOCUMENT if document else State.TO_INVOICE


def age(service_end: date, *, day: date) -> Age:
    """Return how old a charge is on `day`; `service_end` is the first day after the service."""
    days = (day - service_end).days
    return next((name for limit, name in LIMITS if days <= limit), Age.OLDER)
