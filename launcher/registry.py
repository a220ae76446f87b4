"""Where this machine takes its packages from, and how to fetch a file from there.

What the machine or the user has configured wins; the public defaults are composed here and
nowhere else, so that a firm with a mirror of its own never meets their names.
"""

from __future__ import annotations

import base64
import configparser
import hashlib
import os
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from launcher.base import ROOT, StopError

PYTHON_DEFAULT = "https://{}.org/simple".format("pypi")
NPM_DEFAULT = "https://registry.{}.org".format("npmjs")
TRIES = 3
SECONDS = 60


class MissingError(Exception):
    """The server answered, and has no such file."""


def python_index() -> str | None:
    """Return the package index that pip is told to use; None when nothing is configured."""
    if given := os.environ.get("PIP_INDEX_URL"):
        return given.rstrip("/")
    found = None
    for path in _pip_files():
        parser = configparser.RawConfigParser()
        try:
            parser.read(path)
        except (configparser.Error, UnicodeDecodeError):
            continue
        for section in ("global", "install"):
            found = parser.get(section, "index-url", fallback=found)
    return found.rstrip("/") if found else None


def _pip_files() -> Iterator[Path]:
    """Yield pip's configuration files, the strongest last, as pip reads them."""
    home = Path.home()
    for folder in reversed(os.environ.get("XDG_CONFIG_DIRS", "/etc/xdg").split(":")):
        yield Path(folder) / "pip" / "pip.conf"
    yield Path("/etc/pip.conf")
    yield Path("/Library/Application Support/pip/pip.conf")
    yield home / ".pip" / "pip.conf"
    yield home / "Library" / "Application Support" / "pip" / "pip.conf"
    yield Path(os.environ.get("XDG_CONFIG_HOME", home / ".config")) / "pip" / "pip.conf"
    if given := os.environ.get("PIP_CONFIG_FILE"):
        yield Path(given)


def npm_settings() -> dict[str, str]:
    """Return npm's settings of this machine and user, the strongest winning."""
    found: dict[str, str] = {}
    prefix = os.environ.get("PREFIX", "/usr/local")
    for path in (Path("/etc/npmrc"), Path(prefix) / "etc/npmrc", Path.home() / ".npmrc",
                 ROOT / ".npmrc"):  # fmt: skip
        found |= _npm_file(path)
    for name, value in os.environ.items():
        if name.lower().startswith("npm_config_") and value:
            found[name.lower().removeprefix("npm_config_")] = value
    return found


def _npm_file(path: Path) -> dict[str, str]:
    try:
        lines = path.read_text().splitlines()
    except (OSError, UnicodeDecodeError):
        return {}
    pairs = (line.split("=", 1) for line in lines if "=" in line and line.strip()[0] not in "#;")
    return {key.strip(): os.path.expandvars(value.strip().strip("\"'")) for key, value in pairs}


def npm_registry(package: str) -> tuple[str, dict[str, str]]:
    """Return the registry that serves `package` and the headers it wants."""
    settings = npm_settings()
    scope = package.split("/", maxsplit=1)[0] if package.startswith("@") else ""
    url = (settings.get(f"{scope}:registry") or settings.get("registry") or NPM_DEFAULT).rstrip("/")
    place = url.split(":", 1)[1]
    token = settings.get(f"{place}/:_authToken") or settings.get(f"{place}:_authToken")
    return url, {"Authorization": f"Bearer {token}"} if token else {}


def fetch(url: str, headers: dict[str, str] | None = None) -> bytes:
    """Return what lies at `url`; a network that fails ends the launcher with one line."""
    request = _request(url, headers or {})
    host = urlsplit(url).hostname or url
    fault: object = None
    for number in range(TRIES):
        if number:
            time.sleep(number)
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as answer:
                return bytes(answer.read())
        except urllib.error.HTTPError as error:
            if error.code in (404, 410):
                raise MissingError(url) from None
            fault = f"it answers {error.code} {error.reason}"
            if error.code < 500 and error.code != 429:
                break
        except urllib.error.URLError as error:
            fault = error.reason
            _check_trust(error, host)
        except OSError as error:
            fault = error
    raise StopError(f"{host} cannot be reached ({fault}): check the network and start again")


def _check_trust(error: urllib.error.URLError, host: str) -> None:
    if isinstance(error.reason, ssl.SSLCertVerificationError):
        raise StopError(
            f"The certificate of {host} is not trusted here: install ca-certificates,"
            " or name the authority's file in SSL_CERT_FILE"
        ) from None


def _request(url: str, headers: dict[str, str]) -> urllib.request.Request:
    parts = urlsplit(url)
    if parts.scheme not in ("https", "http", "file"):
        raise StopError(f"{url} is no address of a package index")
    if parts.username:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        secret = base64.b64encode(pair.encode()).decode()
        headers = {"Authorization": f"Basic {secret}"} | headers
        url = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    return urllib.request.Request(url, headers={"User-Agent": "canone"} | headers)


def check(content: bytes, expected: str, name: str) -> bytes:
    """Return `content` when its hash is the pinned one (`sha256-hex` or npm's `sha512-base64`)."""
    kind, _, value = expected.partition("-")
    found = hashlib.new(kind, content)
    if value not in (found.hexdigest(), base64.b64encode(found.digest()).decode()):
        raise StopError(f"{name} is not the file that was pinned: the download was altered")
    return content
