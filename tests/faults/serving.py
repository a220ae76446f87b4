"""Servers of a house, started as the launcher starts them, and those who ask them."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any

from launcher.commands import web
from tests.faults.conftest import ROOT, House


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """A web server on loopback with a process group of its own; its log lies in the folder."""

    def __init__(self, house: House, **env: str) -> None:
        self.url = f"http://127.0.0.1:{(port := free_port())}"
        self.log = house.folder / f"server-{port}.log"
        storage = "django.contrib.staticfiles.storage.StaticFilesStorage"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [str(part) for part in web("127.0.0.1", port)],
                env=house.env | {"CANONE_STATIC_STORAGE": storage} | env,
                cwd=ROOT,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        house.processes.append(self.process)

    def ask(
        self, path: str, token: str = "", body: Mapping[str, Any] | None = None
    ) -> tuple[int, str]:
        """Return status and text of an answer; 0 when nobody listens."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        content = None if body is None else json.dumps(body).encode()
        asked = urllib.request.Request(self.url + path, content, headers)
        if content is not None:
            asked.add_header("Content-Type", "application/json")
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(asked, timeout=30) as answer:
                return int(answer.status), answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode()
        except OSError:
            return 0, ""

    def is_up(self) -> bool:
        """Whether pages can be shown."""
        assert self.process.poll() is None, self.log.read_text()[-3000:]
        return self.ask("/readyz")[0] == 200

    def kill(self) -> None:
        """End it and its processes with `kill -9`."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
