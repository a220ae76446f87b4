"""Why an archive cannot be read or written, in words."""

from __future__ import annotations

from canone.base import room
from canone.base.backups.rules.about import UnreadableError
from canone.base.backups.services.moving import DifferentError

WORDS = {
    "not_ours": "This is not a backup of Canone.",
    "format": "This backup is of a kind ({format}) that this version does not know: update Canone.",
    "newer": "This backup is of a newer version ({version}): update Canone first.",
    "needs_postgres": "This backup is of a PostgreSQL: name an empty one in DATABASE_URL.",
    "cut_off": "This backup is not whole: it ends too early. Take another one.",
    "altered": "This backup is damaged ({member}): its sum is not the one noted. Take another one.",
    "passphrase": "The passphrase is not the one of this backup, or its beginning is damaged.",
    "sealed": "This backup is encrypted: its passphrase is needed.",
    "columns": "The two databases do not have the same tables: {columns}.",
    "nul": "A text holds a character that PostgreSQL does not take (NUL), after “{text}”.",
}


def why(error: Exception) -> str:
    """Return what is wrong and what to do, for the command line."""
    if isinstance(error, UnreadableError):
        values = {"member": "?", "format": "?", "version": "?"} | error.values
        return WORDS[error.code].format(**values)
    if isinstance(error, DifferentError):
        moved = error.moved
        return (
            f"{moved.table} is not the same on both sides ({moved.there.rows} rows there,"
            f" {moved.here.rows} here); nothing was kept."
        )
    if room.is_full(error):
        return "The disk is full: make room and start again. Nothing was changed."
    reason = getattr(error, "strerror", None) or str(error)
    return f"{getattr(error, 'filename', None) or 'The file'} cannot be used: {reason}"
