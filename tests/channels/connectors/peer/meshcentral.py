"""A real MeshCentral server on loopback, with its own agent; ends all it started."""

from __future__ import annotations

import base64
import contextlib
import fcntl
import json
import os
import secrets
import shutil
import signal
import socket
import ssl
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from websockets.sync.client import ClientConnection, connect

VERSION = "1.1.55"
ADMIN = "admin"
PATIENCE = 120


def package(cache: Path) -> Path:
    """Return the folder of the installed package; skips, or in CI fails, where npm has none."""
    given = os.environ.get("CANONE_MESHCENTRAL")
    folder = Path(given) if given else cache / f"meshcentral-{VERSION}"
    found = folder / "node_modules" / "meshcentral"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (found / "package.json").exists():
            _install(folder)
    version = json.loads((found / "package.json").read_text())["version"]
    assert version == VERSION, f"{folder} holds meshcentral {version}, not {VERSION}"
    return found


def _install(folder: Path) -> None:
    if not (shutil.which("npm") and shutil.which("node")):
        _give_up("npm or node is not installed")
    (folder / "package.json").write_text('{"private": true}')
    run = subprocess.run(
        ["npm", "install", f"meshcentral@{VERSION}",
         "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=folder, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    if run.returncode:
        _give_up(f"npm could not install meshcentral: {run.stderr[-300:]}")


def _give_up(reason: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def unverified() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    # two threads on one connection of TLS 1.3 stall when a ticket arrives between them
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    return context


def _end(process: subprocess.Popen[bytes] | None) -> None:
    """End a process with its whole group, which is ours: each is started in its own session."""
    if process is None:
        return
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(timeout=10)


@dataclass
class Server:
    """One server with one device group and one device."""

    package: Path
    folder: Path
    password: str = field(default_factory=lambda: secrets.token_urlsafe(12) + "aA1!")
    port: int = 0
    process: subprocess.Popen[bytes] | None = None
    agent: subprocess.Popen[bytes] | None = None
    mesh: str = ""
    node: str = ""

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def prepare(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        (self.folder / "data").mkdir(parents=True)
        (self.folder / "data" / "config.json").write_text(
            json.dumps(
                {
                    "settings": {
                        "cert": "mesh.test", "WANonly": True, "port": self.port,
                        "portBind": "127.0.0.1", "redirPort": 0, "mpsPort": 0,
                        "selfUpdate": False, "agentsInRam": False, "allowLoginToken": True,
                        "autoBackup": False, "crowdsec": False, "npmPath": "/bin/false",
                        "agentTimeStampServer": False,
                    },
                    "domains": {"": {"title": "Test", "newAccounts": False, "certUrl": ""}},
                }
            )
        )  # fmt: skip
        self._command("--createaccount", ADMIN, "--pass", self.password, "--name", "Admin",
                      "--email", "admin@example.org")  # fmt: skip
        self._command("--adminaccount", ADMIN)

    def _line(self, *more: str) -> list[str]:
        folder = self.folder
        return ["node", str(self.package), "--datapath", str(folder / "data"),
                "--filespath", str(folder / "files"), *more]  # fmt: skip

    def _command(self, *more: str) -> None:
        done = subprocess.run(
            self._line(*more), cwd=self.folder, capture_output=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def start(self) -> None:
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                self._line(), cwd=self.folder, stdout=log, stderr=log, start_new_session=True
            )
        self._until(self._answers, "the server to answer")

    def kill(self) -> None:
        _end(self.process)
        self.process = None

    def stop(self) -> None:
        _end(self.agent)
        self.agent = None
        self.kill()

    def _until(self, condition: Any, what: str) -> Any:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if found := condition():
                return found
            time.sleep(0.25)
        log = (self.folder / "server.log").read_text()[-2000:]
        pytest.fail(f"waited {PATIENCE} seconds for {what}\n{log}")

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(self.url, context=unverified(), timeout=2) as page:
                return bool(page.status == 200)
        except OSError:
            return False

    @contextlib.contextmanager
    def control(self) -> Iterator[ClientConnection]:
        """Return a conversation as the administrator."""
        with connect(
            f"wss://127.0.0.1:{self.port}/control.ashx",
            ssl=unverified(),
            additional_headers={
                "x-meshauth": ",".join(
                    base64.b64encode(part.encode()).decode() for part in (ADMIN, self.password)
                )
            },
            max_size=None,
            proxy=None,
        ) as socket_:
            self.told(socket_, "userinfo")
            yield socket_

    def told(self, socket_: ClientConnection, action: str) -> dict[str, Any]:
        """Return the next message with that action."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            message = json.loads(socket_.recv(timeout=PATIENCE))
            assert message.get("action") != "close", message
            if message.get("action") == action:
                return dict(message)
        pytest.fail(f"no {action}")

    def token(self) -> tuple[str, str]:
        """Return user and password of a new login token."""
        with self.control() as control:
            control.send(json.dumps({"action": "createLoginToken", "name": "canone", "expire": 0}))
            made = self.told(control, "createLoginToken")
        return str(made["tokenUser"]), str(made["tokenPass"])

    def add_group(self, name: str) -> None:
        with self.control() as control:
            control.send(
                json.dumps(
                    {"action": "createmesh", "meshname": name, "meshtype": 2, "responseid": "t"}
                )
            )
            self.mesh = str(self.told(control, "createmesh")["meshid"])

    def start_agent(self) -> None:
        folder = self.folder / "agent"
        folder.mkdir()
        program = folder / "meshagent"
        shutil.copy(self.package / "agents" / "meshagent_x86-64", program)
        program.chmod(0o755)
        address = f"{self.url}/meshsettings?id={quote(self.mesh.split('/')[-1])}"
        with urllib.request.urlopen(address, context=unverified(), timeout=10) as answer:
            settings = answer.read().decode()
        lines = [line for line in settings.splitlines() if not line.startswith("translation=")]
        where = f"MeshServer=wss://127.0.0.1:{self.port}/agent.ashx"
        lines = [where if line.startswith("MeshServer=") else line for line in lines]
        (folder / "meshagent.msh").write_text("\n".join(lines) + "\n")
        with (folder / "agent.log").open("wb") as log:
            self.agent = subprocess.Popen(
                [str(program), "run"], cwd=folder, stdout=log, stderr=log, start_new_session=True
            )
        self._until(self._online, "the agent to come online")

    def _online(self) -> bool:
        with self.control() as control:
            control.send(json.dumps({"action": "nodes"}))
            nodes = self.told(control, "nodes")["nodes"]
        for device in nodes.get(self.mesh, []):
            if device.get("conn", 0) & 1:
                self.node = device["_id"]
                return True
        return False

    @contextlib.contextmanager
    def terminal(self) -> Iterator[str]:
        """Open a real terminal on the device; the id of the session is returned."""
        with self.control() as control:
            control.send(json.dumps({"action": "authcookie"}))
            cookies = self.told(control, "authcookie")
            session = secrets.token_hex(6)
            node = quote(self.node, safe="")
            control.send(
                json.dumps(
                    {
                        "action": "msg", "type": "tunnel", "usage": 1, "nodeid": self.node,
                        "value": f"*/meshrelay.ashx?p=1&nodeid={self.node}&id={session}"
                        f"&rauth={cookies['rcookie']}",
                        "responseid": "t",
                    }
                )
            )  # fmt: skip
            with connect(
                f"wss://127.0.0.1:{self.port}/meshrelay.ashx?browser=1&p=1&nodeid={node}"
                f"&id={session}&auth={cookies['cookie']}",
                ssl=unverified(),
                proxy=None,
            ) as tunnel:
                while tunnel.recv(timeout=PATIENCE) not in {"c", "cr"}:
                    pass
                tunnel.send("1")
                tunnel.recv(timeout=PATIENCE)
                yield session

    def note(self, text: str) -> None:
        with self.control() as control:
            control.send(
                json.dumps({"action": "setDeviceEvent", "nodeid": self.node, "msg": quote(text)})
            )
            time.sleep(0.5)
