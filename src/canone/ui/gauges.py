"""A balance as a bar: how much is used, what is pending, in what state."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from canone.ui.states import State

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Gauge:
    """`share` of the whole is used (1 is all), `next_share` will be; `words` say it in numbers."""

    title: StrOrPromise
    share: Fraction
    state: State
    words: StrOrPromise
    next_share: Fraction = Fraction(0)

    @property
    def used(self) -> int:
        """The used part in hundredths, never more than the whole."""
        return max(0, min(100, int(self.share * 100)))

    @property
    def pending(self) -> int:
        """The pending part in hundredths, within what is left."""
        return max(0, min(100 - self.used, int(self.next_share * 100)))
