import os
import re
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from launcher.base import StopError
from launcher.logs import Log

from launcher import base, supervisor

LIMIT = 20

WEB = """
    import http.server, os, signal, sys
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    helper = os.fork()
    if not helper:
        import time
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        time.sleep(30)
        os._exit(0)
    print("web is here", os.getpid(), "with", helper, flush=True)
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200); self.end_headers()
        def log_message(self, *_): pass
    http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""
HOST = """
    import sys
    from pathlib import Path
    from launcher import supervisor
    from launcher.logs import Log
    folder, url, *commands = sys.argv[1:]
    children = [
        supervisor.Child(f"c{n}", [sys.executable, *c.split(" ")]) for n, c in enumerate(commands)
    ]
    import os
    sys.exit(supervisor.Supervisor(children, dict(os.environ), Log(Path(folder))).run(
        url, lambda: print("ready", flush=True)))
"""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _until(check: Callable[[], object]) -> None:
    limit = time.monotonic() + LIMIT
    while not check():
        assert time.monotonic() < limit, "it never came to that"
        time.sleep(0.02)


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


class Running:
    """A supervisor in a process of its own, with one web child."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / "canone.log"
        port = _free_port()
        (folder / "web.py").write_text(textwrap.dedent(WEB))
        (folder / "host.py").write_text(textwrap.dedent(HOST))
        command = [
            sys.executable, folder / "host.py", folder, f"http://127.0.0.1:{port}/healthz",
            f"{folder}/web.py {port}",
        ]  # fmt: skip
        env = os.environ | {"PYTHONPATH": str(base.ROOT)}
        self.process = subprocess.Popen(
            command, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self.process.stdout
        assert self.process.stdout.readline() == "ready\n"
        _until(self.pids)

    def pids(self) -> list[int]:
        return [int(pid) for pid in re.findall(r"web is here (\d+)", self.log.read_text())]

    def helpers(self) -> list[int]:
        return [int(pid) for pid in re.findall(r"with (\d+)", self.log.read_text())]


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    host = Running(tmp_path)
    yield host
    host.process.kill()
    host.process.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_all_stop_together_when_asked(running: Running, number: int) -> None:
    child, helper = running.pids()[0], running.helpers()[0]
    running.process.send_signal(number)
    assert running.process.wait(LIMIT) == 0
    assert not _alive(child)
    _until(lambda: not _alive(helper))


def test_a_child_that_dies_is_started_again(running: Running) -> None:
    first = running.pids()[0]
    os.kill(first, signal.SIGKILL)
    _until(lambda: len(running.pids()) > 1)
    assert "c0 ended with status -9, again in 1 s" in running.log.read_text()
    assert _alive(running.pids()[-1])
    _until(lambda: not _alive(running.helpers()[0]))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ties a child to its parent")
def test_a_killed_launcher_leaves_nobody_behind(running: Running) -> None:
    child = running.pids()[0]
    running.process.kill()
    _until(lambda: not _alive(child))


def test_what_never_comes_up_ends_with_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "LONGEST_PAUSE", 0)
    monkeypatch.setattr(supervisor.signal, "signal", lambda *_: None)
    fails = "print('no table'); raise SystemExit(3)"
    child = supervisor.Child("web", [sys.executable, "-c", fails])
    host = supervisor.Supervisor([child], dict(os.environ), Log(tmp_path))
    with pytest.raises(StopError, match="Canone does not start"):
        host.run("http://127.0.0.1:1/", lambda: None)
    text = (tmp_path / "canone.log").read_text()
    assert text.count("no table") == supervisor.TRIES
    assert "status 3" in text


def test_a_port_in_use_ends_with_one_line() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(StopError, match="try --port"):
            supervisor.check_port("127.0.0.1", port)
    with pytest.raises(StopError, match="try --port"):
        supervisor.check_port("127.0.0.1", 99999)


def test_browsers_may_use_the_name_they_are_given() -> None:
    assert "localhost" in supervisor.host_names("127.0.0.1")
    assert "192.0.2.7" in supervisor.host_names("192.0.2.7")
    assert "[2001:db8::1]" in supervisor.host_names("2001:db8::1")
    assert socket.gethostname() in supervisor.host_names("0.0.0.0")


def test_the_log_turns_over_and_keeps_five(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("launcher.logs.BIGGEST", 100)
    log = Log(tmp_path)
    for number in range(40):
        log.line("web", f"line {number} " + "x" * 60)
    log.close()
    kept = sorted(path.name for path in tmp_path.iterdir())
    assert kept == ["canone.log", *(f"canone.log.{number}" for number in range(1, 6))]
    assert (
        "line 39" in (tmp_path / "canone.log").read_text() + (tmp_path / "canone.log.1").read_text()
    )
