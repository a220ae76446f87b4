"""How far a pass has come, and whether it shall stop; background work brings its own."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """What a pass needs of the work it runs in."""

    def progress(self, done: int, total: int, message: str = "") -> None:
        """Tell how much is done."""

    def check_cancelled(self) -> None:
        """Raise when the pass shall stop."""


class Silent:
    """Progress that nobody watches."""

    def progress(self, done: int, total: int, message: str = "") -> None:
        """Tell nobody."""

    def check_cancelled(self) -> None:
        """Never stop."""
