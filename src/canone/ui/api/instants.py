"""Days and instants as operations take them: an instant has an offset, and is in UTC from then."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field
from pydantic_core import PydanticCustomError


def _in_utc(said: datetime) -> datetime:
    """Return the instant in UTC: an offset of 20 hours is one for Python, for PostgreSQL none."""
    try:
        return said.astimezone(UTC)
    except OverflowError as error:
        raise PydanticCustomError("datetime_parsing", "out of range") from error


Instant = Annotated[AwareDatetime, AfterValidator(_in_utc)]
Day = Annotated[date, Field(ge=date(1900, 1, 1), le=date(2200, 12, 31))]
"""A day that the forms of pages take too: with others, the day after may not exist."""
