"""How a figure comes about: steps, their sum, a foot note."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SUM = SafeString(' class="sum"')


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
    figure = explanation.figure
    steps = [*explanation.steps, Step(explanation.sum_word, figure)]
    last = len(steps) - 1
    rows = format_html_join(
        "",
        '<tr{}><th scope="row">{}</th><td class="cn-num">{}</td></tr>',
        (
            (SUM if place == last else "", step.words, step.figure)
            for place, step in enumerate(steps)
        ),
    )
    return format_html(
        '<details class="cn-explain"><summary aria-label="{}">{}</summary><div class="cn-pop">'
        '<p class="cn-b mb-1">{}</p>{}<table class="cn-sums"><tbody>{}</tbody></table>{}</div>'
        "</details>",
        _("%(figure)s, how it comes about") % {"figure": figure},
        shown or figure,
        _("How %(figure)s comes about") % {"figure": figure},
        _quiet("mb-2", explanation.lead),
        rows,
        _quiet("mt-2 mb-0", explanation.foot),
    )


def _quiet(look: str, words: StrOrPromise) -> SafeString:
    if not words:
        return SafeString("")
    return format_html('<p class="cn-s cn-muted {}">{}</p>', look, words)
