"""What can be wrong with a cell or a file, as codes that pages turn into sentences."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """Why a cell cannot be taken."""

    REQUIRED = "required"
    NUMBER = "number"
    WHOLE = "whole"
    TOO_BIG = "too_big"
    DURATION = "duration"
    DAY = "day"
    INSTANT = "instant"
    NO_ZONE = "no_zone"
    REPEATED_HOUR = "repeated_hour"
    MISSING_HOUR = "missing_hour"
    YEAR = "year"
    YES_NO = "yes_no"
    CHOICE = "choice"
    TOO_LONG = "too_long"
    TOO_MANY_CELLS = "too_many_cells"
    QUOTES = "quotes"
    CENTS = "cents"


class FileFault(StrEnum):
    """Why a file cannot be taken at all."""

    EMPTY = "empty"
    NO_ROWS = "no_rows"
    BINARY = "binary"
    HTML = "html"
    ENCRYPTED = "encrypted"
    CORRUPT = "corrupt"
    TOO_MANY_COLUMNS = "too_many_columns"
    TOO_MANY_ROWS = "too_many_rows"
    TOO_BIG = "too_big"
    LONG_CELL = "long_cell"
    ENCODING = "encoding"
    FORMAT = "format"
    NO_SHEET = "no_sheet"


class BadCellError(ValueError):
    """A cell cannot be read as what its column holds."""

    def __init__(self, fault: Fault, detail: str = "") -> None:
        super().__init__(fault.value)
        self.fault = fault
        self.detail = detail


class BadFileError(ValueError):
    """A file cannot be read; `detail` names the limit or the place."""

    def __init__(self, fault: FileFault, detail: str = "") -> None:
        super().__init__(f"{fault.value} {detail}".strip())
        self.fault = fault
        self.detail = detail


@dataclass(frozen=True, slots=True)
class CellProblem:
    """A cell that cannot be taken: `field` is the importer's name for the column, or empty."""

    row: int
    field: str
    value: str
    fault: Fault
    detail: str = ""
