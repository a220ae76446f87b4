"""Whether a failure means that the disk is full, whoever met it first."""

from __future__ import annotations

import errno
import sqlite3

from psycopg import errors as postgres

_SYSTEM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def is_full(error: BaseException | None) -> bool:
    """Whether the disk, or the share of it that may be used, had no room for a write."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        if _is_full(error):
            return True
        seen.add(id(error))
        error = error.__cause__ or error.__context__
    return False


def _is_full(error: BaseException) -> bool:
    if isinstance(error, OSError):
        return error.errno in _SYSTEM
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", 0)
        # who connects to a full disk fails already at the index of the WAL
        return code in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE}
    return isinstance(error, postgres.DiskFull)
