"""What a line is called where no period is known to fill in: on lists and on contracts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from canone.desks.contracts.models import Line
from canone.desks.contracts.rules import instalments, tokens
from canone.kernel.periods import Cycle, Unit

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

WORDS: dict[str, StrOrPromise] = {
    "period": _("period"),
    "from": _("first day"),
    "to": _("last day"),
    "month": _("month"),
    "year": _("year"),
    "instalment": _("number of the instalment"),
}
"""What stands for the words that only an invoice can fill in."""


def written(line: Line, article: str = "") -> str:
    """Return the text of a line as it was written, else its article's title or its profile."""
    if not line.description and not article and line.tariff is not None:
        return now_("Profile %(name)s") % {"name": line.tariff.name}
    return line.description or article or (line.article.title if line.article else "")


def plain(line: Line, article: str = "") -> str:
    """Return what a line is, as plain text: `Assistance, instalment (number) of 4`."""
    text = written(line, article)
    if "{" not in text:
        return text
    named = tokens.without_period(text) or article or (line.article.title if line.article else "")
    values = _known(line, named) | {name: f"({word})" for name, word in WORDS.items()}
    return tokens.fill(named, values)


def pieces(line: Line) -> Iterator[tuple[str, StrOrPromise]]:
    """Yield the text of a line in pieces, each with the word of what an invoice fills in there."""
    text = written(line)
    known = _known(line, text)
    for before, name in tokens.pieces(text):
        if name in known:
            yield before + known[name], ""
        else:
            yield before, WORDS.get(name, name)


def _known(line: Line, text: str) -> dict[str, str]:
    """Return the values that hang on no period, as far as the text asks for them."""
    known = {}
    if "{contract}" in text:
        known["contract"] = line.contract.number
    if "{instalments}" in text:
        known["instalments"] = str(in_a_year(line))
    return known


def in_a_year(line: Line) -> int:
    """Return how many instalments a year of the line has."""
    if not line.unit_of_cycle:
        return 1
    return instalments.in_a_year(Cycle(Unit(line.unit_of_cycle), line.every))
