"""`./canone upgrade`: backup, new version, migrate, smoke test; back to the old one on failure."""

from __future__ import annotations

import argparse
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from launcher import environment, prepare, processes, supervisor
from launcher.base import ROOT, StopError, data_folder, lock, say
from launcher.logs import Log

LONGEST_START = 120
KEPT = "before-upgrade"


def main(arguments: Sequence[str]) -> int:
    """Return 0 when the new version answers; 1 after everything is as it was before."""
    parser = argparse.ArgumentParser(prog="./canone upgrade", description=__doc__)
    parser.add_argument("--data", metavar="DIR", help="where all state lies (default: var)")
    parser.add_argument("--to", metavar="VERSION", help="a tag, branch or commit; default: newest")
    parser.add_argument("--try-out", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    data = data_folder(given.data)
    if given.try_out:
        return _try_out(data)
    with lock(data / ".running", busy=f"Canone runs on {data}: stop it first"):
        return _upgrade(data, given.to)


def _upgrade(data: Path, wanted: str | None) -> int:
    old, target = _versions(wanted)
    if _git("rev-parse", "HEAD") == _git("rev-parse", f"{target}^{{commit}}"):
        say("This is the newest version already.")
        return 0
    environment.ensure()
    backup = _backup(data)
    say(f"Backup: {backup}")
    try:
        _check_out(target)
        status = processes.run(_again(data))
    except (StopError, KeyboardInterrupt) as fault:
        say(str(fault) or "Stopped.")
        status = 1
    if status == 0:
        say(f"Upgraded. The backup of before stays: {backup}")
        return 0
    say("The new version does not work here: going back to the old one…")
    _check_out(old)
    environment.ensure()
    (data / "prepared").unlink(missing_ok=True)
    _must(prepare.program("restore"), ["--replace", str(backup)], data)
    prepare.bring_up(data)
    say("Everything is as it was before.")
    return 1


def _versions(wanted: str | None) -> tuple[str, str]:
    """Return what is checked out now, as a name where it has one, and what to go to."""
    if _git("status", "--porcelain", "--untracked-files=no"):
        raise StopError("Files of this checkout were changed: put them back first (git status)")
    name = _git("rev-parse", "--abbrev-ref", "HEAD")
    old = _git("rev-parse", "HEAD")
    if _git("remote"):
        _git("fetch", "--tags", "--quiet")
    if wanted:
        return (old if name == "HEAD" else name), wanted
    if name == "HEAD":
        raise StopError("No branch is checked out: name the version with --to")
    return old, f"{name}@{{upstream}}"


def _check_out(version: str) -> None:
    say(f"Taking version {version}…")
    if version.endswith("@{upstream}"):
        _git("merge", "--ff-only", "--quiet", version)
    elif _is_ancestor_of_branch(version):
        _git("reset", "--hard", "--quiet", version)
    else:
        _git("checkout", "--quiet", version)


def _is_ancestor_of_branch(version: str) -> bool:
    """Whether going back keeps the branch: only from a newer state of the same one."""
    on_branch = _git("rev-parse", "--abbrev-ref", "HEAD") != "HEAD"
    commit = _git("rev-parse", f"{version}^{{commit}}")
    return on_branch and version == commit and _git("merge-base", commit, "HEAD") == commit


def _backup(data: Path) -> Path:
    prepare.bring_up(data)
    folder = data / "backups" / f"{KEPT}-{time.strftime('%Y%m%d-%H%M%S')}"
    _must(prepare.program("backup"), ["--to", str(folder), "--open"], data)
    found = sorted(folder.glob("canone-*"))
    if len(found) != 1:
        raise StopError(f"No backup came to lie in {folder}")
    return found[0]


def _must(program: list[str | Path], options: list[str], data: Path) -> None:
    processes.must([*program, *options], prepare.environ(data), "It could not be done (see above)")


def _again(data: Path) -> list[str | Path]:
    """Return what runs the new version's own launcher on the folder that we hold."""
    return [sys.executable, ROOT / "canone", "upgrade", "--try-out", "--data", data]


def _try_out(data: Path) -> int:
    """Install, migrate, start the pages beside nobody's way, ask for them, stop."""
    environment.ensure()
    prepare.bring_up(data)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    from launcher import commands  # noqa: PLC0415 (it imports us)

    child = supervisor.Child("web", commands.web("127.0.0.1", port))
    env = prepare.environ(data)
    server = _Once([child], env, Log(data / "logs"))
    return server.watch(
        [f"http://127.0.0.1:{port}{page}" for page in ("/healthz", "/accounts/login/")]
    )


class _Once(supervisor.Supervisor):
    """A server that is ended once its pages have answered, or have not."""

    def watch(self, urls: list[str]) -> int:
        """Return 0 when every page answered in time."""
        limit = time.monotonic() + LONGEST_START
        try:
            while time.monotonic() < limit:
                self._keep_running()
                self._read(0.2)
                if all(supervisor.answers(url) for url in urls):
                    say("The new version answers.")
                    return 0
        except StopError as fault:
            say(str(fault))
        finally:
            self._end()
        return 1


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        raise StopError("git is missing: install it") from None
    if done.returncode:
        raise StopError(f"git {arguments[0]}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout.strip()
