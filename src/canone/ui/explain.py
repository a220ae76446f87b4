"""How a figure comes about: steps, their sum, a foot note."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Step:
    """One step in words and its part of the figure."""

    words: StrOrPromise
    figure: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """A figure, what led to it, and under which rule (`foot`)."""

    figure: str
    steps: Sequence[Step]
    sum_word: StrOrPromise
    lead: StrOrPromise = ""
    foot: StrOrPromise = ""


def draw(explanation: Explanation, shown: str = "") -> SafeString:
    """Return the dotted figure that opens its explanation."""
    return render_to_string("ui/explain.html", {"explanation": explanation, "shown": shown})
