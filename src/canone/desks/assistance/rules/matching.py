"""Who of ours a technician of a tool is: what was learned, then the mail address, then names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """A user, and what tools may call this user."""

    id: int
    mail: str
    name: str
    aliases: tuple[str, ...] = ()


class Matcher:
    """Finds users by what a tool says; `learned` are the keys a person matched by hand."""

    def __init__(self, people: Iterable[Person], learned: Mapping[str, int] | None = None) -> None:
        self._learned = {fold(key): user for key, user in (learned or {}).items()}
        self._mails: dict[str, int] = {}
        named: dict[str, set[int]] = {}
        for person in people:
            self._mails[fold(person.mail)] = person.id
            for name in (person.name, *person.aliases):
                named.setdefault(fold(name), set()).add(person.id)
        self._names = {name: min(ids) for name, ids in named.items() if name and len(ids) == 1}

    def find(self, *keys: str) -> int | None:
        """Return the user; a name or alias that two people share tells nobody.

        Every key is tried as a learned one first, then as a mail address, then as name or alias.
        """
        folded = [fold(key) for key in keys if key.strip()]
        for known in (self._learned, self._mails, self._names):
            for key in folded:
                if key in known:
                    return known[key]
        return None


def fold(text: str) -> str:
    """Return `text` as keys are compared: without capitals and outer spaces."""
    return text.strip().casefold()
