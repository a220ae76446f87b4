"""The tables of worked numbers in docs/algorithms, as terms and charges."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from tests.house import tree

from canone.desks.contracts.rules import codec, proration, schedule
from canone.desks.contracts.rules.terms import LineTerms

FOLDER: Path = tree.ROOT / "docs" / "algorithms"
WORKED = re.compile(r"\| `-?[0-9]")


class Row(NamedTuple):
    """A line as the manual writes it, the day asked for, the charges it names."""

    line: str
    through: date
    charges: list[str]


def rows(name: str) -> Iterator[Row]:
    """Return the rows of the worked tables of a page."""
    for text in (FOLDER / name).read_text().splitlines():
        if WORKED.match(text):
            line, through, charges = (cell.strip() for cell in text.strip("|").split("|"))
            named = [] if charges == "nothing" else charges.split("<br>")
            yield Row(line.strip("`"), date.fromisoformat(through), named)


def terms(line: str) -> LineTerms:
    """Return the terms of a line such as `300.00 month/3 start=2026-02-10`."""
    amount, cycle, *options = line.split()
    unit, _, every = cycle.partition("/")
    data: dict[str, Any] = {"amount": amount, "cycle": {"unit": unit, "every": int(every or 1)}}
    for option in options:
        key, _, value = option.partition("=")
        data[key] = VALUES.get(key, str)(value)
    return codec.read(data)


def charges(row: Row) -> list[str]:
    """Return the charges of a row in the words of the manual."""
    found = schedule.charges(terms(row.line), row.through)
    return [f"{c.period.start} – {c.period.last}, {_figures(c)}, {c.invoice_date}" for c in found]


def _figures(charge: schedule.Charge) -> str:
    return f"{proration.digits(charge.ratio)}, {charge.amount}"


VALUES = {
    "anchor_day": int,
    "month_offset": int,
    "sum_to_annual": lambda text: text == "true",
    "months": lambda text: [int(month) for month in text.split(",")],
}
