"""What the API says of a value that cannot be: what it should be, in the caller's language."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

import pytest
from django.utils import translation
from pydantic import BaseModel, Field, StringConstraints, ValidationError

from canone.ui.api import faults


class Sent(BaseModel):
    amount: Annotated[Decimal, Field(gt=0, max_digits=6, decimal_places=2)] = Decimal(1)
    every: Annotated[int, Field(ge=1, le=120)] = 1
    day: Annotated[date, Field(ge=date(1990, 1, 1))] = date(2026, 1, 1)
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)] = "x"
    code: Annotated[str, Field(min_length=2, max_length=4, pattern="^[a-z]+$")] = "ab"
    kind: Literal["a", "b", "c"] = "a"
    parts: Annotated[list[int], Field(min_length=1, max_length=2)] = [1]


def said(name: str, value: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        Sent.model_validate({name: value})
    return " ".join(faults.say(dict(fault)) for fault in caught.value.errors())


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("amount", "0", "Above 0."),
        ("amount", "x", "Enter a number such as 12.50."),
        ("amount", "NaN", "Enter a number such as 12.50."),
        ("amount", "12345678", "At most 6 digits."),
        ("amount", "12345.6", "At most 4 digits before the point."),
        ("amount", "1.234", "At most 2 decimals."),
        ("every", 0, "At least 1."),
        ("every", 121, "At most 120."),
        ("day", "1989-12-31", "At least 1990-01-01."),
        ("reason", " ", "This cannot be empty."),
        ("code", "a", "At least 2 characters."),
        ("code", "abcde", "At most 4 characters."),
        ("code", "A1", "It has to match ^[a-z]+$."),
        ("kind", "d", "One of these: 'a', 'b', 'c'."),
        ("parts", [], "At least 1 entry."),
        ("parts", [1, 2, 3], "At most 2 entries."),
        ("parts", "x", "Enter a list."),
    ],
)
def test_a_fault_says_what_the_value_should_be(name: str, value: Any, words: str) -> None:
    with translation.override("en"):
        assert said(name, value) == words


def test_it_is_said_in_the_callers_language() -> None:
    with translation.override("it"):
        assert said("every", 0) == "Almeno 1."
        assert said("reason", "") == "Non può essere vuoto."
    with translation.override("fr"):
        assert said("amount", "1.234") == "Au plus 2 décimales."
