"""Instants as operations take them: with an offset, and from there on in UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime
from pydantic_core import PydanticCustomError


def _in_utc(said: datetime) -> datetime:
    """Return the instant in UTC: an offset of 20 hours is one for Python, for PostgreSQL none."""
    try:
        return said.astimezone(UTC)
    except OverflowError as error:
        raise PydanticCustomError("datetime_parsing", "out of range") from error


Instant = Annotated[AwareDatetime, AfterValidator(_in_utc)]
