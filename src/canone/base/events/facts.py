"""What happened and may be told to programs outside; each context declares its own in `events.py`.

    @facts.declare(
        "charge.posted", title=_("A charge was posted"), sees="invoicing.view", sample={...}
    )
    @dataclass(frozen=True, slots=True)
    class ChargePosted: ...

    facts.tell(ChargePosted, (ChargePosted(...) for ... in ...), at=at)

Told in the transaction in which it happened. Who listens is bound from `config/wiring.py`; while
nobody does, the facts are not even made. The fields are a promise to other people's programs: a
field may be added, but one that changes its meaning or goes needs a new version.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Fact:
    """A kind of fact: what programs call it, what it holds, which function sees as much."""

    code: str
    kind: type
    title: StrOrPromise
    sees: str
    sample: Mapping[str, Any]
    version: int

    def example(self) -> Any:
        """Return one fact of this kind, as documents show it."""
        return self.kind(**self.sample)


class Listener(Protocol):
    """Who takes facts to the outside."""

    def wants(self, code: str) -> bool:
        """Whether anybody outside asked for this kind of fact."""

    def hear(self, code: str, told: Iterable[Any], at: datetime | None) -> None:
        """Keep what is to be told, in the caller's transaction; `at` None means now."""


_by_code: dict[str, Fact] = {}
_by_kind: dict[type, Fact] = {}
_listeners: list[Listener] = []


def declare(
    code: str,
    *,
    title: StrOrPromise,
    sees: str,
    sample: Mapping[str, Any],
    version: int = 1,
) -> Callable[[type[T]], type[T]]:
    """Return a decorator that makes a frozen dataclass a fact called `code`.

    `sees` is the function that a person needs to have it sent.
    """

    def decorate(kind: type[T]) -> type[T]:
        if code in _by_code and _by_code[code].kind.__qualname__ != kind.__qualname__:
            raise ValueError(f"fact {code} is declared twice")
        _by_code[code] = _by_kind[kind] = Fact(code, kind, title, sees, sample, version)
        return kind

    return decorate


def every() -> list[Fact]:
    """Return every kind of fact, by code."""
    return [_by_code[code] for code in sorted(_by_code)]


def get(code: str) -> Fact:
    """Return the kind called `code`; KeyError when nobody declared it."""
    return _by_code[code]


def listen(*listeners: Listener) -> None:
    """Return nothing; these, and no others, hear every fact from now on."""
    _listeners[:] = listeners


def tell(kind: type[T], told: Iterable[T], *, at: datetime | None) -> None:
    """Return nothing; whoever asked for this kind will hear, if the transaction is committed.

    `told` is not looked at while nobody asks, so let it be a generator where many are told.
    """
    fact = _by_kind.get(kind)
    if fact is None:
        return
    for listener in _listeners:
        if listener.wants(fact.code):
            listener.hear(fact.code, told, at)
