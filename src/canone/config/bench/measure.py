"""Times a piece of work against its reference, in turn, and says what memory it took."""

from __future__ import annotations

import gc
import resource
import statistics
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

ROUNDS = 3
MOST_MB = 300.0
MOST_WAIT = 1.0


@dataclass(slots=True)
class Result:
    """One line of the table; a limit, or a ratio, is None where only a figure is reported.

    `limit` bounds the ratio, `most_mb` the peak, `most_s` the seconds.
    """

    name: str
    seconds: float
    ratio: float | None = None
    limit: float | None = None
    peak_mb: float = 0.0
    note: str = ""
    most_mb: float | None = None
    most_s: float | None = None
    extra: dict[str, float] = field(default_factory=dict)

    def as_row(self) -> dict[str, object]:
        """Return the line for `--json`."""
        return {
            "name": self.name,
            "ratio": None if self.ratio is None else round(self.ratio, 3),
            "limit": self.limit,
            "seconds": round(self.seconds, 4),
            "peak_mb": round(self.peak_mb, 1),
            "most_mb": self.most_mb,
            "most_s": self.most_s,
            "note": self.note,
            **({"extra": self.extra} if self.extra else {}),
        }


def forget_peak() -> None:
    """Let the peak begin anew, where the kernel can: what made ready is not what is measured."""
    gc.collect()
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def peak_mb(process: str = "self") -> float:
    """Return the most memory a process has taken since its start or `forget_peak`, in MiB."""
    with suppress(OSError):
        for line in Path(f"/proc/{process}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def peak_of_children() -> float:
    """Return the most memory that any process took which we began and ended, in MiB."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def seconds(work: Callable[[], object]) -> float:
    """Return how long `work` takes, with the collector emptied first."""
    gc.collect()
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds of the clock, and of the processor in this process."""

    clock: float
    processor: float


def spent(work: Callable[[], object]) -> Spent:
    """Return what `work` takes, with the collector emptied first."""
    gc.collect()
    clock, processor = time.perf_counter(), time.process_time()
    work()
    return Spent(time.perf_counter() - clock, time.process_time() - processor)


def each(taken: Spent, bare: Spent, rows: int) -> str:
    """Return in words what a row takes, and its share of the processor, beside the reference."""

    def micro(seconds: float) -> str:
        return f"{seconds / max(rows, 1) * 1e6:.1f}"

    ours = f"{micro(taken.clock)} µs a session ({micro(taken.processor)} of the processor)"
    return f"{ours}, {micro(bare.clock)} ({micro(bare.processor)}) the reference"


def best_of(work: Callable[[], object], times: int = 5) -> float:
    """Return the shortest of several runs of something quick and repeatable."""
    return min(seconds(work) for _ in range(times))


@dataclass(frozen=True, slots=True)
class Pair:
    """Our work and its reference; `reset` brings the start back and is not timed.

    `reference_setup` runs once, after our first run, when the finished rows can be read.
    """

    ours: Callable[[], object]
    reference: Callable[[], object]
    reset: Callable[[], object] = lambda: None
    reference_setup: Callable[[], object] = lambda: None


def compare(name: str, limit: float, pair: Pair, *, most_mb: float | None = None) -> Result:
    """Return the median ratio of three runs of each, in turn; the peak is that of our first."""
    pair.reset()
    mine = [seconds(pair.ours)]
    peak = peak_mb()
    pair.reference_setup()
    pair.reset()
    theirs = [seconds(pair.reference)]
    for _ in range(ROUNDS - 1):
        pair.reset()
        mine.append(seconds(pair.ours))
        pair.reset()
        theirs.append(seconds(pair.reference))
    ratio = statistics.median(a / b for a, b in zip(mine, theirs, strict=True))
    reference = statistics.median(theirs)
    return Result(
        name,
        statistics.median(mine),
        ratio,
        limit,
        peak,
        note=f"reference {reference:.3f} s",
        most_mb=most_mb,
    )


def percentile(values: list[float], share: float) -> float:
    """Return the value below which `share` of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def saves(name: str, taken: list[float]) -> Result:
    """Return the line of forms that were saved while other work went on."""
    slow = percentile(taken, 0.95)
    note = f"95th percentile of {len(taken)} saves; slowest {max(taken):.2f} s"
    return Result(name, slow, peak_mb=peak_mb(), note=note, most_s=MOST_WAIT)
