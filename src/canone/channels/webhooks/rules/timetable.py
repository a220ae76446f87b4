"""When a delivery is tried again, when it is given up, when a hook is switched off."""

from __future__ import annotations

from datetime import timedelta

WAITS = (
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
    timedelta(hours=1),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""After each failure in turn; after one more the delivery is given up, three days later."""
IN_TURN = 5
"""So many failures hold the later deliveries of the hook back; then they overtake."""
FAILING = timedelta(days=2)
"""So long without one success, and the hook is switched off, before anything is given up."""
KEPT = timedelta(days=30)
"""So long messages and their log are kept."""
GONE = 410


def wait_after(failures: int, *, once: bool) -> timedelta | None:
    """Return how long to wait after so many failures; None where it is given up."""
    return None if once or failures > len(WAITS) else WAITS[failures - 1]


def overtaken(failures: int) -> bool:
    """Whether the later deliveries no longer wait for this one."""
    return failures >= IN_TURN


def is_success(status: int | None) -> bool:
    """Whether the receiver has taken it."""
    return status is not None and 200 <= status < 300
