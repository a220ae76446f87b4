"""The last numbers that another program gave, on their way in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from canone.base.exchange.importers import (
    Checked,
    Field,
    FieldKind,
    Option,
    Problem,
    Refused,
    Run,
    Setup,
    UndoRefusedError,
    Written,
)
from canone.base.numbering import services as numbering
from canone.base.numbering.models import Counter
from canone.ledgers.invoicing.permissions import SETTINGS

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Row = tuple[Any, ...]
CODE = re.compile(r"[A-Z0-9]{1,10}")
FIELDS = (
    Field("series", _("Series"), required=True, limit=10,
          synonyms=("serie", "sezionale", "registro", "série")),
    Field("number", _("Last number"), FieldKind.WHOLE, required=True,
          synonyms=("ultimo numero", "numero", "progressivo", "dernier numéro")),
    Field("day", _("Date of that document"), FieldKind.DAY, required=True,
          synonyms=("data", "data ultimo documento", "data documento", "date")),
)  # fmt: skip
NOT_A_CODE = _("A series has letters and digits, ten at most.")
NOT_ABOVE = _("A last number is above zero. Leave out a series that begins here.")
TO_COME = _("This day is still to come.")
TWICE = _("It stands in row %(row)s already.")
GOES_ON = _("This series goes on by itself: its last number in %(year)s is %(number)s.")
BEGUN = _("This series begins behind %(number)s in %(year)s already.")


class NumberRun:
    """One import of last numbers, with the counters looked up once."""

    def __init__(self, setup: Setup) -> None:
        self.day = setup.at.date()
        self.known = {(c.series, c.year): c for c in Counter.objects.all()}
        self.seen: dict[tuple[str, int], int] = {}

    def check(self, rows: list[Row], lines: list[int]) -> Checked:
        """Return the rows that can be written, and every fault of the others."""
        checked = Checked()
        for row, line in zip(rows, lines, strict=True):
            problems = list(self._problems(*_values(row), line))
            checked.problems += problems
            if not problems:
                checked.rows.append(row)
        return checked

    def write(
        self,
        rows: list[Row],
        *,
        batch: int,  # noqa: ARG002 (the protocol's: the ids tell these rows)
        at: datetime,  # noqa: ARG002 (numbers carry their own day)
        by: int | None,  # noqa: ARG002 (counters have no author)
    ) -> Written:
        """Return how many series begin behind their number now, and how many did already."""
        ids = []
        for series, number, day in map(_values, rows):
            known = Counter.objects.filter(series=series, year=day.year).first()
            if known is not None and known.begun_after == number:
                continue
            ids.append(numbering.begin(series=series, number=number, day=day).pk)
        return Written(new=len(ids), known=len(rows) - len(ids), ids=ids)

    def _problems(self, series: str, number: int, day: date, line: int) -> Iterator[Problem]:
        if not CODE.fullmatch(series):
            yield Problem(line, "series", series, NOT_A_CODE)
        if number < 1:
            yield Problem(line, "number", str(number), NOT_ABOVE)
        if day > self.day:
            yield Problem(line, "day", "", TO_COME)
        key = (series, day.year)
        if first := self.seen.get(key):
            yield Problem(line, "series", series, TWICE % {"row": first})
        self.seen.setdefault(key, line)
        counter = self.known.get(key)
        if counter is None or counter.day is None or counter.begun_after == number:
            return
        what = BEGUN if counter.number == counter.begun_after else GOES_ON
        told = {"year": counter.year, "number": counter.number}
        yield Problem(line, "series", series, what % told)


def _values(row: Row) -> tuple[str, int, date]:
    series, number, day = row
    return str(series).strip().upper(), int(number), date.fromisoformat(day)


class NumberImporter:
    """Takes the last numbers of series."""

    key = "invoicing.numbers"
    title: StrOrPromise = _("Last numbers of series")
    permission = SETTINGS
    fields: Sequence[Field] = FIELDS
    options: Sequence[Option] = ()

    def prepare(self, setup: Setup) -> Run:
        """Return the import, with its lookups made."""
        return NumberRun(setup)

    @transaction.atomic
    def undo(
        self,
        *,
        batch: int,  # noqa: ARG002 (the protocol's: the ids tell these rows)
        ids: Sequence[int],
        reason: str,  # noqa: ARG002 (kept with the import)
        at: datetime,  # noqa: ARG002 (numbers carry their own day)
        by: int,  # noqa: ARG002 (counters have no author)
    ) -> int:
        """Return how many series begin with 1 again; those that have gone on are named."""
        refused: list[Refused] = []
        rows = list(Counter.objects.filter(pk__in=ids))
        for row in rows:
            try:
                numbering.begin(series=row.series, number=0, day=date(row.year, 1, 1))
            except ValidationError as error:
                refused.append(Refused(f"{row.series} {row.year}", " ".join(error.messages)))
        if refused:
            raise UndoRefusedError(refused)
        return len(rows)
