from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pydantic import TypeAdapter, ValidationError

from canone.ui import api

READ = TypeAdapter(api.Instant)


def test_every_offset_ends_as_utc() -> None:
    expected = datetime(374, 11, 23, 16, 18, 21, tzinfo=UTC)
    assert READ.validate_python("0374-11-22T19:20:21-20:58") == expected
    assert READ.validate_python("0374-11-22T19:20:21-20:58").tzinfo is UTC


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+10:00", "9999-12-31T23:00:00-05:00"])
def test_what_no_calendar_holds_is_refused(text: str) -> None:
    with pytest.raises(ValidationError) as refused:
        READ.validate_python(text)
    assert refused.value.errors()[0]["type"] == "datetime_parsing"


def test_an_offset_is_needed() -> None:
    with pytest.raises(ValidationError):
        READ.validate_python("2026-04-01T08:30:00")
