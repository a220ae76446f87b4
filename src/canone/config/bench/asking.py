"""Sessions pulled from a tool, beside taking the same sessions in from a CSV file."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from canone.channels.connectors.models import PullLog, Source
from canone.channels.connectors.services import pulling, sources
from canone.channels.connectors.services.checking import Connection
from canone.config.bench import importing, measure, seed
from canone.config.bench.measure import Pair, Result

ROWS = 100_000
MOST_MB = 200


@contextmanager
def serving(count: int, groups: int) -> Iterator[str]:
    """Return the address of a server of reports, in a process of its own."""
    command = [sys.executable, "-m", "canone.config.bench.reports", str(count), str(groups)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 (our own module)
        try:
            port = int(process.stdout.readline()) if process.stdout else 0
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()


def take_in(source: Source, count: int) -> None:
    """Pull everything that the server tells."""
    log = pulling.pull(
        source_id=source.pk, reason=pulling.Reason(PullLog.Trigger.SCHEDULE, seed.AT)
    )
    if (log.outcome, log.new) != (PullLog.Outcome.OK, count):
        raise AssertionError(f"{log.new} of {count} sessions came: {log.trouble} {log.values}")


def pull(scale: float) -> list[Result]:
    """Return the line that the issue bounds."""
    count = int(ROWS * scale)
    hints = [group.name for group in seed.groups(seed.owner())]
    path = Path(settings.DATA) / "sessions.csv"
    importing.write_file(path, count, hints)
    with serving(count, len(hints)) as url:
        said = Connection("Bench", url, "teamviewer", secrets={"token": "x"}, retention_days=400)
        source = sources.connect(connection=said, at=seed.AT)

        def back() -> None:
            importing.back()
            Source.objects.update(last_ok_at=None, cursor={}, sessions_new=0)

        pair = Pair(lambda: take_in(source, count), lambda: importing.take_in(path), reset=back)
        measure.forget_peak()
        return [measure.compare("pull", 3, pair, most_mb=MOST_MB)]
