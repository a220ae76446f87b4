"""The desk's JSON operations."""

from canone.desks.assistance.api.assignments import router as assignments
from canone.desks.assistance.api.hours import router as hours
from canone.desks.assistance.api.inbox import router as inbox
from canone.desks.assistance.api.mapping import router as mapping
from canone.desks.assistance.api.sessions import router as sessions

__all__ = ["assignments", "hours", "inbox", "mapping", "sessions"]
