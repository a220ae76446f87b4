"""`./canone service install`: Canone as a service of systemd, that starts with the machine."""

from __future__ import annotations

import argparse
import getpass
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from launcher.base import ROOT, StopError, data_folder, say, write

NAME = "canone.service"
SETTINGS = "canone.environment"
"""Beside the unit; it holds secrets, which everybody could read in the unit itself."""
UNIT = """\
[Unit]
Description=Canone
After=network-online.target
Wants=network-online.target

[Service]
{user}WorkingDirectory={root}
{environment}ExecStart={root}/canone serve --data {data} --host {host} --port {port}
Restart=on-failure
TimeoutStartSec=600
TimeoutStopSec=30
NoNewPrivileges=yes

[Install]
WantedBy={target}
"""


def main(arguments: Sequence[str]) -> int:
    """Return 0 when the service is there, or gone, as asked."""
    given = _parser().parse_args(arguments)
    everybody = os.geteuid() == 0
    path = _place(everybody=everybody)
    kept = path.with_name(SETTINGS)
    if given.action == "show":
        print(_unit(given, kept, everybody=everybody), end="")
        return 0
    if given.action == "remove":
        _systemctl(["disable", "--now", NAME], everybody=everybody)
        path.unlink(missing_ok=True)
        kept.unlink(missing_ok=True)
        _systemctl(["daemon-reload"], everybody=everybody)
        say(f"{path} is gone; the data stays.")
        return 0
    unit = _unit(given, kept, everybody=everybody)
    kept.unlink(missing_ok=True)
    if given.set:
        _keep(kept, given.set)
    write(path, unit)
    if not shutil.which("systemctl"):
        say(f"{path} is written; there is no systemd here to start it.")
        return 0
    _systemctl(["daemon-reload"], everybody=everybody)
    _systemctl(["enable", "--now", NAME], everybody=everybody)
    say(f"Canone starts with the machine: {path}")
    if not everybody:
        say(f"It stops when you sign out unless you allow it: loginctl enable-linger {_user()}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./canone service", description=__doc__)
    parser.add_argument("action", choices=["install", "remove", "show"])
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--data", metavar="DIR")
    parser.add_argument("--user", help="whom it runs as, where root installs it")
    parser.add_argument(
        "--set", metavar="NAME=VALUE", action="append", default=[],
        help="a setting of docs/operations.md, such as CANONE_HOSTS=canone.example.com",
    )  # fmt: skip
    return parser


def _unit(given: argparse.Namespace, kept: Path, *, everybody: bool) -> str:
    if everybody and (given.user or "root") == "root":
        raise StopError("Name who it runs as with --user: not root")
    for pair in given.set:
        name, separator, value = pair.partition("=")
        if not separator or not name.isidentifier() or "\n" in value:
            raise StopError(f"{pair!r} is no setting: --set NAME=VALUE")
    values = {
        "root": _quoted(ROOT),
        "data": _quoted(data_folder(given.data)),
        "host": given.host,
        "port": given.port,
        "user": f"User={given.user}\n" if everybody else "",
        "environment": f"EnvironmentFile={_quoted(kept)}\n" if given.set else "",
        "target": "multi-user.target" if everybody else "default.target",
    }
    return UNIT.format(**values)


def _keep(path: Path, pairs: Sequence[str]) -> None:
    """Write the settings for systemd to read, and for nobody else."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        for pair in pairs:
            name, _separator, value = pair.partition("=")
            for sign in '\\"$`':
                value = value.replace(sign, f"\\{sign}")
            file.write(f'{name}="{value}"\n')


def _quoted(text: object) -> str:
    """Return a word of a unit file: specifiers doubled, in quotes where it needs them."""
    word = str(text).replace("%", "%%")
    if any(sign in word for sign in " \t\"'\\"):
        word = '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return word


def _place(*, everybody: bool) -> Path:
    if everybody:
        return Path(os.environ.get("CANONE_UNITS", "/etc/systemd/system")) / NAME
    config = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return config / "systemd" / "user" / NAME


def _user() -> str:
    return getpass.getuser()


def _systemctl(arguments: list[str], *, everybody: bool) -> None:
    if not shutil.which("systemctl"):
        return
    command = ["systemctl", *([] if everybody else ["--user"]), *arguments]
    if subprocess.run(command, check=False).returncode:
        raise StopError(f"{' '.join(command)} failed (see above)")
