"""What the start page is made of: queues with count and value, figures, and who gives them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from canone.kernel.money import Money
from canone.ui.states import State

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Queue:
    """Something that waits: its state, how many, what they are worth, where their list is."""

    state: State
    title: StrOrPromise
    url: str
    count: int
    value: Money | None = None
    sub: StrOrPromise = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number for who leads the firm; `remark` says how it compares."""

    word: StrOrPromise
    figure: str
    url: str = ""
    remark: StrOrPromise = ""
