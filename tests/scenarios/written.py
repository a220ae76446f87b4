"""The tables of docs/algorithms/scenario.md, and sums that know nothing of the program."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from tests.house import tree

PAGE = (tree.ROOT / "docs" / "algorithms" / "scenario.md").read_text()
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
LINE = re.compile(r"(\w\d) (\S+) – (\S+) (\S+)")
VAT = re.compile(r"(22 %|N6\.7) of (\S+): (\S+)")
NUMBER = re.compile(r"[0-9.]+")


@dataclass(frozen=True, slots=True)
class Document:
    """A row of the tables of documents; `lines`, `taxes` and `due` are as written there."""

    run: date
    label: str
    customer: str
    lines: tuple[str, ...]
    taxes: tuple[str, ...]
    total: str
    due: tuple[str, ...]

    @property
    def sign(self) -> int:
        """Below zero for a credit note."""
        return -1 if self.label.startswith("NC") else 1

    def figures(self) -> dict[str, Decimal]:
        """Return its sums, worked out here from its lines."""
        net = sum((amount(parts(LINE, line)[3]) for line in self.lines), Decimal())
        vat = sum((amount(parts(VAT, tax)[2]) for tax in self.taxes), Decimal())
        pay = sum((amount(due.split()[1]) for due in self.due), Decimal())
        return {"net": net, "vat": vat, "gross": amount(self.total), "pay": abs(pay)}


def parts(form: re.Pattern[str], text: str) -> tuple[str, ...]:
    """Return the parts of a text of that form."""
    found = form.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return tuple(map(str, found.groups()))


def amount(text: str) -> Decimal:
    """Return an amount of the page."""
    return Decimal(text.replace(",", "").replace("−", "-"))


def written(value: Decimal) -> str:
    """Return an amount as the page writes it."""
    return f"{value:,.2f}".replace("-", "−")


def day_of(text: str) -> date:
    """Return a day of 2026 such as `1 March`."""
    number, month = text.split()
    return date(2026, MONTHS.index(month) + 1, int(number))


def cents(value: Fraction) -> Decimal:
    """Return an exact amount rounded half up."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(Decimal("0.01"), ROUND_HALF_UP)


def worked_out(expression: str) -> Fraction:
    """Return what an expression such as `1,000.00 × 50/90` comes to, exactly."""
    plain = expression.replace(",", "").replace("×", "*").replace("−", "-")
    if not re.fullmatch(r"[0-9.+*/() -]+", plain):
        raise ValueError(expression)
    exact = NUMBER.sub(lambda found: f"Fraction('{found[0]}')", plain)
    return Fraction(eval(exact, {"Fraction": Fraction}))


def table(head: str) -> list[list[str]]:
    """Return the cells of the table whose first row begins with `head`."""
    rows = PAGE.splitlines()
    start = next(n for n, row in enumerate(rows) if row.startswith(f"| {head} |"))
    found = []
    for row in rows[start + 2 :]:
        if not row.startswith("|"):
            break
        found.append([cell.strip() for cell in row.strip("|").split("|")])
    return found


def documents() -> Iterator[Document]:
    """Yield every document of the page, in the order of the runs."""
    run = None
    for row in PAGE.partition("## The documents")[2].splitlines():
        if row.startswith("### "):
            run = day_of(row[4:])
        if run is not None and row.startswith(("| FT/", "| NC/")):
            cells = [cell.strip() for cell in row.strip("|").split("|")]
            label, customer, lines, taxes, total, due = cells
            several, rates, dates = (tuple(cell.split("<br>")) for cell in (lines, taxes, due))
            yield Document(run, label, customer, several, rates, total, dates)
