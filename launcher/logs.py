"""One log for all processes: a line in `logs/canone.log` and the same on the console."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from io import FileIO
from pathlib import Path

BIGGEST = 5_000_000
KEPT = 5


class Log:
    """Writes lines and turns the file over when it has grown; one process writes it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "canone.log"
        self.as_json = os.environ.get("CANONE_LOG_FORMAT") == "json"
        folder.mkdir(parents=True, exist_ok=True)
        self.file: FileIO | None = self._open()

    def line(self, who: str, text: str) -> None:
        """Write one line of `who`; a full disk or a closed console stops nothing."""
        if not text:
            return
        whole = self._whole(who, text)
        with contextlib.suppress(OSError):
            print(whole, file=sys.stderr, flush=True)
        with contextlib.suppress(OSError):
            self.file = self.file or self._open()
            self.file.write(f"{whole}\n".encode())
            if self.file.tell() > BIGGEST:
                self._turn()

    def _whole(self, who: str, text: str) -> str:
        """Return the line with time and process, which our own JSON lines carry already."""
        if not self.as_json:
            return f"{time.strftime('%Y-%m-%d %H:%M:%S')} {who:<6} {text}"
        if text.startswith('{"time"'):
            return text
        now = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime())
        return json.dumps({"time": now, "process": who, "message": text}, ensure_ascii=False)

    def close(self) -> None:
        """Let go of the file."""
        if self.file:
            self.file.close()
            self.file = None

    def _open(self) -> FileIO:
        """Return the file, without a buffer that would keep what a full disk did not take."""
        return FileIO(self.path, "a")

    def _turn(self) -> None:
        self.close()  # where no new file can be made, the next line tries again
        for number in range(KEPT - 1, 0, -1):
            older = self.path.with_suffix(f".log.{number}")
            if older.exists():
                older.replace(self.path.with_suffix(f".log.{number + 1}"))
        self.path.replace(self.path.with_suffix(".log.1"))
        self.file = self._open()
