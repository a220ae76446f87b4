"""What the tests need from the system's package manager."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable

from launcher import environment
from launcher.base import StopError, say

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def _has_browser() -> bool:
    given = os.environ.get("CANONE_CHROMIUM")
    return bool(given) or any(shutil.which(name) for name in BROWSERS)


def _drives_browsers() -> bool:
    """Return whether the program that comes with Playwright finds its library."""
    done = subprocess.run(
        [environment.PYTHON, "-m", "playwright", "--version"], capture_output=True, check=False
    )
    return done.returncode == 0


# Debian's name of the package, and whether the machine can do without.
NEEDS: dict[str, Callable[[], bool]] = {
    "chromium": _has_browser,
    "libatomic1": _drives_browsers,
    "nodejs": lambda: shutil.which("node") is not None,
    "npm": lambda: shutil.which("npm") is not None,
}


def ensure() -> None:
    """Install what is missing, where that may be done; otherwise say what to install."""
    missing = [name for name, is_there in NEEDS.items() if not is_there()]
    if not missing:
        return
    advice = f"Some tests need more of the system: apt install {' '.join(missing)}"
    if not (os.geteuid() == 0 and shutil.which("apt-get")):
        say(advice)
        return
    say(f"Installing {', '.join(missing)} for the tests; this happens once…")
    _apt("update")
    if fault := _apt("-y", "--no-install-recommends", "install", *missing):
        raise StopError(f"{fault}\n{advice}")


def _apt(*words: str) -> str:
    """Return what apt complains of when it fails; empty when it does not."""
    done = subprocess.run(
        ["apt-get", *words],
        env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stderr.strip() or f"apt-get ended with {done.returncode}" if done.returncode else ""
