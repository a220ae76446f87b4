"""What a look over the installation finds: one line per part, good or bad, and what to do."""

from __future__ import annotations

import os
import shutil
import smtplib
import stat
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import metadata
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import DatabaseError, connection

from canone.base import vault
from canone.base.backups import queries as backups
from canone.base.backups.queries import Light
from canone.base.firm import queries as firm
from canone.base.history.models import JournalEntry
from canone.base.mail import queries as mail
from canone.base.tasks import queries as tasks
from canone.config import health

LITTLE = 1024**3
LEAST = 200 * 1024**2
DRIFT = timedelta(seconds=5)
AHEAD = timedelta(minutes=5)
PATIENCE = 10
SHORT = 20
LIGHTS = {
    Light.NEVER: "none has been made: ./canone backup",
    Light.FAILED: "the last one could not be made: see Settings, Backups",
    Light.OLD: "the last one is more than a day old: see Settings, Backups",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One part: `ok`, `warning` or `fault`, what was seen, what to do."""

    part: str
    grade: str
    text: str


def examine(at: datetime) -> list[Finding]:
    """Return one finding for every part, in the order in which they lean on each other."""
    looks: list[tuple[str, Callable[[datetime], tuple[str, str]]]] = [
        ("Python", _python),
        ("packages", _packages),
        ("data folder", _folder),
        ("disk", _disk),
        ("database", _database),
        ("tables", _tables),
        ("clock", _clock),
        ("worker", _worker),
        ("mail", _mail),
        ("backups", _backups),
        ("Sentry", _sentry),
        ("metrics", _metrics),
    ]
    found = []
    for part, look in looks:
        try:
            grade, text = look(at)
        except DatabaseError as error:
            grade, text = "fault", f"the database does not answer: {error}".splitlines()[0]
        except OSError as error:
            grade, text = "fault", f"{error.filename or ''} {error.strerror or error}".strip()
        found.append(Finding(part, grade, text))
    return found


def _python(_at: datetime) -> tuple[str, str]:
    version = ".".join(map(str, sys.version_info[:3]))
    return ("ok" if sys.version_info >= (3, 11) else "fault"), f"{version}, 3.11 or later is needed"


def _packages(_at: datetime) -> tuple[str, str]:
    """Compare what is installed with the lock."""
    more = settings.SENTRY_DSN or settings.METRICS_TOKEN
    lock = settings.ROOT / ("requirements-extras.lock" if more else "requirements.lock")
    if not lock.is_file():
        return "warning", f"{lock.name} is not there: nothing to compare with"
    wrong = []
    for line in lock.read_text().splitlines():
        name, separator, rest = line.partition("==")
        if not separator or line.startswith((" ", "#")):
            continue
        wanted = rest.split(maxsplit=1)[0].rstrip("\\;")
        if ";" in rest and not _wanted_here(rest):
            continue
        found = _version(name)
        if found != wanted:
            wrong.append(f"{name} {found or 'is missing'} instead of {wanted}")
    if wrong:
        return "fault", f"{'; '.join(wrong[:3])}: start with ./canone, which installs them"
    return "ok", "as pinned"


def _wanted_here(rest: str) -> bool:
    """Whether the marker of a pinned package names this system; other markers count as no."""
    return f"sys_platform == '{sys.platform}'" in rest


def _version(name: str) -> str:
    try:
        return metadata.version(name.split("[", maxsplit=1)[0])
    except metadata.PackageNotFoundError:
        return ""


def _folder(_at: datetime) -> tuple[str, str]:
    data = Path(settings.DATA)
    if not os.access(data, os.W_OK):
        return "fault", f"{data} cannot be written by this user"
    secret = data / "secret"
    if secret.exists() and stat.S_IMODE(secret.stat().st_mode) & 0o077:
        return "fault", f"others can read {secret}: chmod 600"
    places = (data / "canone.sqlite3", Path(settings.FILES), backups.folder())
    bare = [place for place in places if _is_bare(place, data)]
    if bare:
        named = ", ".join(map(str, bare))
        return "warning", f"every user of this machine can read {named}: chmod o-rwx {named}"
    return "ok", str(data)


def _is_bare(place: Path, data: Path) -> bool:
    """Whether every user of the machine gets at it; a closed data folder closes what is in it."""
    if not place.exists() or (place.is_relative_to(data) and not _to_others(data)):
        return False
    return bool(_to_others(place))


def _to_others(place: Path) -> int:
    return stat.S_IMODE(place.stat().st_mode) & 0o007


def _disk(_at: datetime) -> tuple[str, str]:
    free = min(shutil.disk_usage(place).free for place in {settings.DATA, _existing()})
    text = f"{free / 1024**3:.1f} GB free"
    if free < LEAST:
        return "fault", f"{text}: make room at once, Canone cannot write soon"
    return ("warning", f"{text}: make room") if free < LITTLE else ("ok", text)


def _existing() -> Path:
    """Return the backups' folder, or the nearest one above it that is there."""
    place = backups.folder()
    while not place.exists():
        place = place.parent
    return place


def _database(_at: datetime) -> tuple[str, str]:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA quick_check(1)")
            (said,) = cursor.fetchone()
            size = Path(connection.settings_dict["NAME"]).stat().st_size
            if said != "ok":
                return "fault", f"SQLite says: {said}. Restore the last backup into a new folder"
            return "ok", f"SQLite, {size / 1e6:.0f} MB, sound"
        cursor.execute("SHOW server_version")
        (version,) = cursor.fetchone()
        return "ok", f"PostgreSQL {version}"


def _tables(_at: datetime) -> tuple[str, str]:
    faults = health.find_faults()
    behind = [fault for fault in faults if "migrations" in fault]
    return ("fault", behind[0]) if behind else ("ok", "up to date")


def _clock(at: datetime) -> tuple[str, str]:
    """Compare with the database's clock, and with the latest fact that was closed."""
    away = _away(at)
    if away > DRIFT:
        return "fault", f"the database's clock is {away} away: set both by NTP"
    last = JournalEntry.objects.order_by("-seq").values_list("at", flat=True).first()
    if last is not None and last - at > AHEAD:
        return "fault", f"facts were closed at {last:%Y-%m-%d %H:%M}, later than now: set the clock"
    return "ok", f"{at:%Y-%m-%d %H:%M} UTC, the firm lives in {firm.zone().key}"


def _away(at: datetime) -> timedelta:
    """Return how far the database server's clock is from ours; SQLite has none of its own."""
    if connection.vendor == "sqlite":
        return timedelta(0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (there,) = cursor.fetchone()
    return abs(there - at)  # type: ignore[no-any-return]


def _worker(at: datetime) -> tuple[str, str]:
    if tasks.worker_alive(at):
        return "ok", "alive"
    return "warning", "silent: nothing runs in the background until ./canone serve or worker runs"


def _mail(_at: datetime) -> tuple[str, str]:
    if not mail.is_set_up():
        return "warning", "no server is set: mail waits in the outbox (Settings, Mail server)"
    try:
        server = mail.server()
    except vault.SealError:
        return "fault", "the mail server's password cannot be read: enter it again"
    kind = smtplib.SMTP_SSL if server.get("use_ssl") else smtplib.SMTP
    host, port = str(server["host"]), int(str(server["port"]))
    try:
        with kind(host, port, timeout=PATIENCE) as talk:
            talk.noop()
    except (OSError, smtplib.SMTPException) as error:
        return "fault", f"{host}:{port} does not answer: {error}"
    return "ok", f"{host}:{port} answers"


def _backups(at: datetime) -> tuple[str, str]:
    light = backups.light(at)
    if light is not Light.GREEN:
        return "warning" if light is Light.NEVER else "fault", LIGHTS[light]
    good = backups.latest_good()
    there = good is not None and Path(good.path).is_file()
    if good is None or not there:
        return "fault", f"{good.path if good else 'the file'} is not there any more"
    return "ok", f"{good.path}, {good.size / 1e6:.0f} MB"


def _sentry(_at: datetime) -> tuple[str, str]:
    if not settings.SENTRY_DSN:
        return "ok", "off: faults are told to nobody"
    return "ok", f"faults are told to {urlsplit(settings.SENTRY_DSN).hostname}"


def _metrics(_at: datetime) -> tuple[str, str]:
    if not settings.METRICS_TOKEN:
        return "ok", "off: /metrics answers nobody"
    if len(settings.METRICS_TOKEN) < SHORT:
        return "warning", "/metrics is on, its token can be guessed: take 32 signs or more"
    return "ok", "/metrics answers who sends the token"
