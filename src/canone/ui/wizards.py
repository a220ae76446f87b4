"""Work in steps, each with its own address; what was entered is kept in the session."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.urls import reverse

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Step:
    """One step and the name of its address."""

    title: StrOrPromise
    url_name: str


@dataclass(frozen=True, slots=True)
class ShownStep:
    """A step as the line of steps shows it."""

    title: StrOrPromise
    url: str
    current: bool
    past: bool


def line(steps: Sequence[Step], current: str, *args: object) -> list[ShownStep]:
    """Return the steps for `{% wizard %}`; `current` is an address name, `args` its arguments."""
    names = [step.url_name for step in steps]
    at = names.index(current)
    return [
        ShownStep(
            step.title,
            reverse(step.url_name, args=args) if number < at else "",
            number == at,
            number < at,
        )
        for number, step in enumerate(steps)
    ]


class Draft:
    """What a wizard has collected so far, per person and wizard, as JSON-able values."""

    def __init__(self, request: HttpRequest, key: str) -> None:
        self.session = request.session
        self.key = f"draft:{key}"

    def read(self) -> dict[str, Any]:
        """Return what was collected."""
        found: dict[str, Any] = dict(self.session.get(self.key, {}))
        return found

    def keep(self, **values: Any) -> None:
        """Add what a step collected."""
        self.session[self.key] = self.read() | values

    def drop(self) -> None:
        """Forget everything."""
        self.session.pop(self.key, None)
