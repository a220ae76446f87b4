"""The sentences for what is wrong with cells and files: what it is, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from canone.base.exchange.rules.faults import BadFileError, Fault, FileFault

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

CELLS: dict[Fault, tuple[StrOrPromise, StrOrPromise]] = {
    Fault.REQUIRED: (_("This value is missing."), _("Fill it in.")),
    Fault.NUMBER: (
        _("This is not a number in the notation chosen."),
        _("Check the decimal sign of the import."),
    ),
    Fault.WHOLE: (_("This is not a whole number."), _("Write it without decimals.")),
    Fault.TOO_BIG: (_("This number is too large to be right."), _("Check the value.")),
    Fault.DURATION: (_("This is not a duration."), _("Examples: 2:43, 163 min, 2,5 h.")),
    Fault.DAY: (
        _("This is not a date in the notation chosen."),
        _("Check the date format of the import."),
    ),
    Fault.INSTANT: (_("The time cannot be read."), _("Example: 21/11/2026 09:02.")),
    Fault.NO_ZONE: (_("The time has no zone."), _("Choose the time zone of the import.")),
    Fault.REPEATED_HOUR: (
        _("This hour came twice, because the clocks changed."),
        _("Add the column Duration."),
    ),
    Fault.MISSING_HOUR: (
        _("This hour did not exist, because the clocks changed."),
        _("Check the time and the time zone of the import."),
    ),
    Fault.YEAR: (_("The year is not plausible."), _("Check the date format of the import.")),
    Fault.YES_NO: (_("This is neither yes nor no."), _("Write yes or no.")),
    Fault.CHOICE: (_("This is none of the known values."), _("Possible: {detail}.")),
    Fault.TOO_LONG: (_("This text is too long."), _("At most {detail} characters.")),
    Fault.TOO_MANY_CELLS: (
        _("The row has more cells than the table has columns ({detail})."),
        _("A text with a separator in it needs quotes."),
    ),
    Fault.QUOTES: (_("The quotes of this row do not match."), _("Correct the row.")),
    Fault.CENTS: (_("The number has too many decimals."), _("At most {detail}.")),
}
FILES: dict[FileFault, StrOrPromise] = {
    FileFault.EMPTY: _("The file is empty. Export it again."),
    FileFault.NO_ROWS: _("The file holds no rows. Export it again, or choose another sheet."),
    FileFault.BINARY: _("The file is no table. Take a CSV or Excel file."),
    FileFault.HTML: _(
        "The file is a web page with the name of a table. Open it with Excel and save it as xlsx."
    ),
    FileFault.ENCRYPTED: _("The file is protected by a password. Save it without one."),
    FileFault.CORRUPT: _("The file is damaged. Open it with Excel and save it again."),
    FileFault.TOO_MANY_COLUMNS: _("The file has more than {detail} columns. Remove those unused."),
    FileFault.TOO_MANY_ROWS: _(
        "The sheet is too large to be read as Excel. Save it as CSV, which may have any length."
    ),
    FileFault.TOO_BIG: _(
        "The file unfolds to too much data. Save it as CSV, which may have any length."
    ),
    FileFault.LONG_CELL: _(
        "A cell is longer than {detail} characters: probably a quote is opened and never closed."
    ),
    FileFault.ENCODING: _("The letters cannot be read. Save the file as CSV UTF-8."),
    FileFault.FORMAT: _("The file is not what its ending says. Save it again as xlsx or CSV."),
    FileFault.NO_SHEET: _("The file has no sheet with a table."),
}


def of_cell(fault: Fault, detail: str = "") -> tuple[StrOrPromise, StrOrPromise]:
    """Return what is wrong with a cell, and what to do."""
    what, hint = CELLS[fault]
    return format_lazy(what, detail=detail), format_lazy(hint, detail=detail)


def of_file(error: BadFileError) -> StrOrPromise:
    """Return why a file is not taken, and what to do."""
    return format_lazy(FILES[error.fault], detail=error.detail)
