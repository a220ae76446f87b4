"""The Python environment in `.venv`, made from the hashed lock files."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from urllib.parse import urljoin

from launcher import processes, registry
from launcher.base import ROOT, StopError, digest, lock, read, say, write

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "canone.json"
LOCKS = {
    "run": ROOT / "requirements.lock",
    "extras": ROOT / "requirements-extras.lock",
    "test": ROOT / "requirements-dev.lock",
}
"""Each holds all of the one before it, at the same versions."""
EXTRAS = ("CANONE_SENTRY_DSN", "CANONE_METRICS_TOKEN")
"""The settings that need more packages than a run without them."""
# The pip that is fetched where the machine has none.
PIP = "pip-26.3-py3-none-any.whl"
PIP_HASH = "sha256-f3b60b20ffaadd4415ed7957212a38ac63fa4c5fa375bd0f4a797777940fad13"
FAILED = "The packages could not be installed (see above): check the network and start again"


def ensure(purpose: str = "run") -> None:
    """Make `.venv` hold what `purpose` needs; costs nothing when it does already."""
    if purpose == "run" and any(os.environ.get(name) for name in EXTRAS):
        purpose = "extras"
    wanted = {name: digest([path]) for name, path in LOCKS.items()}
    if _installed().get(purpose) == wanted[purpose]:
        return
    with lock(ROOT / ".venv.lock"):
        known = _installed()  # somebody may have installed while we waited
        if known.get(purpose) == wanted[purpose]:
            return
        if not known:
            _make()
        say("Installing the packages; this happens once…")
        STAMP.unlink(missing_ok=True)  # a kill from here on leaves an environment to be remade
        _install(LOCKS[purpose])
        names = list(LOCKS)
        covered = {name: wanted[name] for name in names[: names.index(purpose) + 1]}
        write(STAMP, json.dumps({"python": _python(), **covered}))


def _python() -> str:
    """Return what an environment depends on beside its packages."""
    return f"{sys.version_info.major}.{sys.version_info.minor} {platform.machine()} {VENV}"


def _installed() -> dict[str, str]:
    """Return the locks that `.venv` holds whole; nothing when it was left half made."""
    try:
        known = json.loads(read(STAMP) or "{}")
    except ValueError:
        return {}
    return known if known.get("python") == _python() and PYTHON.exists() else {}


def _make() -> None:
    say(f"Making the Python environment in {VENV}…")
    shutil.rmtree(VENV, ignore_errors=True)
    try:
        venv.EnvBuilder(with_pip=False, symlinks=True).create(VENV)
    except (OSError, subprocess.CalledProcessError) as error:
        raise StopError(f"The Python environment {VENV} cannot be made: {error}") from None


def _install(requirements: Path) -> None:
    if uv := shutil.which("uv"):
        _with_uv(uv, requirements)
        return
    options = ["--no-input", "--disable-pip-version-check", "--progress-bar=off", "-q"]
    pip: list[str | Path]
    env = os.environ | {"PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "0"}
    if _has_pip():
        pip = [sys.executable, "-m", "pip", "--python", PYTHON]
    else:
        pip = [PYTHON, _pip_wheel() / "pip"]
    pip += ["install", *options, "--require-hashes", "--only-binary=:all:", "-r", requirements]
    processes.must(pip, env, FAILED)


def _with_uv(uv: str, requirements: Path) -> None:
    env = dict(os.environ)
    index = registry.python_index()
    if index and not {"UV_INDEX_URL", "UV_DEFAULT_INDEX", "UV_CONFIG_FILE"} & env.keys():
        env["UV_DEFAULT_INDEX"] = index
    command: list[str | Path] = [uv, "pip", "install", "-q", "--python", PYTHON, "--require-hashes",
               "--compile-bytecode", "--only-binary", ":all:", "-r", requirements]  # fmt: skip
    processes.must(command, env, FAILED)


def _has_pip() -> bool:
    """Return whether this Python has a pip that can serve another environment."""
    done = subprocess.run(
        [sys.executable, "-m", "pip", "--version"], capture_output=True, text=True, check=False
    )
    found = re.match(r"pip (\d+)\.(\d+)", done.stdout)
    return found is not None and (int(found[1]), int(found[2])) >= (22, 3)


def _pip_wheel() -> Path:
    """Return pip's wheel, fetched and checked; Python runs it as it is."""
    target = VENV / PIP
    with contextlib.suppress(StopError, OSError):
        registry.check(target.read_bytes(), PIP_HASH, PIP)
        return target
    say("Python comes without pip here: fetching it…")
    write(target, registry.check(_fetch_pip(), PIP_HASH, PIP))
    return target


def _fetch_pip() -> bytes:
    page = f"{registry.python_index() or registry.PYTHON_DEFAULT}/pip/"
    try:
        listing = registry.fetch(page, {"Accept": "text/html"}).decode()
        if link := re.search(rf'href="([^"#]*{re.escape(PIP)})[#"]', listing):
            return registry.fetch(urljoin(page, link[1].replace("&amp;", "&")))
    except registry.MissingError:
        pass
    raise StopError(
        f"The package index has no {PIP}: install pip (Debian: apt install python3-pip)"
    )
