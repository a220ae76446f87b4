"""The plan and the log: the only writer of this context's tables."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from canone.base import room, vault
from canone.base.backups import queries
from canone.base.backups.models import Backup, Plan
from canone.base.backups.rules import rotation
from canone.base.backups.rules.about import UnreadableError
from canone.base.backups.services import making, restoring
from canone.base.backups.services.archive import Step
from canone.base.firm import queries as firm

PURPOSE = "canone.backups.passphrase"
SHORTEST = 12
PARTS = ("enabled", "hour", "folder", "days", "weeks", "months")


@transaction.atomic
def set_plan(*, said: dict[str, object], passphrase: str | None = None) -> Plan:
    """Return the plan as it is kept; None keeps the passphrase, an empty one makes plain files.

    Raises ValidationError, also for a folder that is named in part or cannot be written.
    """
    plan = queries.plan()
    for name in PARTS:
        setattr(plan, name, said.get(name, getattr(plan, name)))
    if passphrase is not None:
        if passphrase and len(passphrase) < SHORTEST:
            text = _("A passphrase has %(count)s characters or more.") % {"count": SHORTEST}
            raise ValidationError({"passphrase": text})
        plan.passphrase = vault.seal(passphrase, purpose=PURPOSE) if passphrase else ""
    plan.full_clean()
    if plan.folder and not Path(plan.folder).is_absolute():
        raise ValidationError({"folder": _("Enter the whole path, from / on.")})
    _must_take(queries.folder(plan))
    plan.save()
    return plan


def passphrase() -> str:
    """Return the plan's passphrase, empty for plain files; a SealError under another secret."""
    sealed = queries.plan().passphrase
    return vault.unseal(sealed, purpose=PURPOSE) if sealed else ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A backup to be made: of which instant, for whom, and where, if not where the plan says."""

    at: datetime
    by: int | None = None
    folder: Path | None = None
    passphrase: str | None = field(default=None, repr=False)


def make(wanted: Wanted, *, clock: Callable[[], datetime], step: Step) -> Backup:
    """Return the log of a backup; what went wrong stands in it in words.

    What `step` raises passes, after the log says that nothing was made.
    """
    log = Backup.objects.create(made_at=wanted.at, by_id=wanted.by)
    try:
        phrase = passphrase() if wanted.passphrase is None else wanted.passphrase
        folder = wanted.folder or queries.folder()
        made = making.make(folder=folder, at=wanted.at, passphrase=phrase, step=step)
    except (OSError, sqlite3.Error, vault.SealError) as error:
        return _ended(log, at=clock(), trouble=_words(error))
    except BaseException:
        _ended(log, at=clock(), trouble=_("It was stopped."))
        raise
    log.path, log.size, log.files = str(made.path), made.size, made.files
    log.sealed = bool(phrase)
    _ended(log, at=clock())
    rotate(at=clock())
    return log


def rotate(*, at: datetime) -> int:
    """Return how many files were taken away because the plan keeps fewer.

    Only those in the plan's folder: what somebody had put elsewhere is theirs.
    """
    place = queries.folder()
    made = queries.backups().filter(outcome=Backup.Outcome.OK, removed_at=None)
    kept = [backup for backup in made if Path(backup.path).parent == place]
    spare = set(rotation.spare([b.made_at for b in kept], queries.plan().keep(), firm.zone()))
    removed = 0
    for backup in kept:
        if backup.made_at in spare:
            Path(backup.path).unlink(missing_ok=True)
            backup.removed_at = at
            backup.save(update_fields=["removed_at"])
            removed += 1
    return removed


def settle(*, at: datetime) -> Backup | None:
    """Close the log of backups whose worker died; their halves are cleared away.

    Returns the one that was whole already, if there is one: only its log was not.
    """
    left = list(Backup.objects.filter(outcome=Backup.Outcome.RUNNING).order_by("made_at"))
    if left:
        for half in queries.folder().glob(".*.part"):
            half.unlink(missing_ok=True)
    whole = None
    for log in left:
        if _is_whole(log):
            whole = _ended(log, at=at)
        else:
            _ended(log, at=at, trouble=_("It was interrupted."))
    return whole


def _is_whole(log: Backup) -> bool:
    """Whether the archive came to lie in its place; then its log says what is in it."""
    for sealed in (False, True):
        path = queries.folder() / making.name(log.made_at, sealed=sealed)
        if not path.exists():
            continue
        try:
            phrase = passphrase() if sealed else ""
            log.files = restoring.count_files(path, passphrase=phrase)
        except (OSError, vault.SealError, UnreadableError):
            return False
        log.path, log.size, log.sealed = str(path), path.stat().st_size, sealed
        return True
    return False


def _ended(log: Backup, *, at: datetime, trouble: str = "") -> Backup:
    log.outcome = Backup.Outcome.FAILED if trouble else Backup.Outcome.OK
    log.trouble, log.finished_at = trouble[:300], at.astimezone(UTC)
    log.save()
    return log


def _words(error: Exception) -> str:
    if isinstance(error, vault.SealError):
        return _("The passphrase cannot be read with this secret: enter it again.")
    if room.is_full(error):
        return _("The disk is full: make room, or choose another folder.")
    reason = getattr(error, "strerror", None) or str(error)
    name = getattr(error, "filename", "") or ""
    return _("%(place)s cannot be written: %(reason)s") % {"place": name, "reason": reason}


def _must_take(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".canone-probe"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise ValidationError({"folder": _words(error)}) from error
