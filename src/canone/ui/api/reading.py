"""Bodies as the database can hold them: JSON without NUL, half characters and NaN."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from django.http import HttpRequest
from ninja.parser import Parser


class StrictParser(Parser):
    """Reads JSON bodies; a ValueError becomes a 400."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Return the body's value."""
        value = json.loads(request.body, parse_constant=_refuse)
        if b"\\u" in request.body:
            _check(value)
        return value


def _check(value: Any) -> None:
    """Return nothing; NUL and half characters, which a database cannot hold, are a ValueError."""
    if isinstance(value, str):
        if "\0" in value:
            raise ValueError("a text cannot hold the character NUL")
        value.encode()
    elif isinstance(value, dict):
        for key, item in value.items():
            _check(key)
            _check(item)
    elif isinstance(value, list):
        for item in value:
            _check(item)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number")
