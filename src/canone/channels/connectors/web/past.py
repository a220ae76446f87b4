"""What people changed on a source, for its timeline; what pulls write is in the log."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from canone.channels.connectors.models import Source
from canone.channels.connectors.queries import naming
from canone.channels.connectors.rules.kinds import Description
from canone.ui import formats
from canone.ui.timelines import Change, Entry

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SHOWN = 30
LABELS: Mapping[str, StrOrPromise] = {
    "title": gettext_lazy("Name"),
    "url": gettext_lazy("Address"),
    "state": gettext_lazy("State"),
    "interval_minutes": gettext_lazy("Fetched every"),
    "user": gettext_lazy("User"),
    "fingerprint": gettext_lazy("Certificate"),
    "kinds": gettext_lazy("Sessions that count"),
    "first_day": gettext_lazy("Sessions from"),
    "retention_days": gettext_lazy("The server remembers"),
    "live": gettext_lazy("As it happens"),
}


def entries(source: Source) -> list[Entry]:
    """Return who changed what, newest first."""
    history: Any = source.history
    versions = list(history.select_related("history_user").order_by("-history_id")[: SHOWN + 1])
    found = []
    tool = source.description
    for newer, older in pairwise([*versions, None]):
        if older is None:
            made = newer.history_type == "+"
            changes, what = [], _("Connected") if made else ""
        else:
            changes, what = _changes(tool, _values(older), _values(newer)), ""
        if changes or what:
            who = newer.history_user.get_full_name() if newer.history_user else ""
            found.append(Entry(newer.history_date, who, what, changes))
    return found


def _values(version: Any) -> dict[str, Any]:
    plain = {name: getattr(version, name) for name in ("title", "url", "state", "interval_minutes")}
    return {**plain, **version.settings}


def _changes(
    tool: Description, before: Mapping[str, Any], after: Mapping[str, Any]
) -> list[Change]:
    names = [*LABELS, *(name for name in tool.settings if name not in LABELS)]
    return [
        Change(
            LABELS.get(name) or naming.label(tool, name),
            _text(tool, name, before.get(name)),
            _text(tool, name, after.get(name)),
        )
        for name in names
        if before.get(name) != after.get(name)
    ]


def _text(tool: Description, name: str, value: Any) -> str:
    if value in (None, ""):
        return formats.MISSING
    if name == "state":
        return str(Source.State(value).label)
    if name == "kinds":
        return ", ".join(str(naming.KINDS.get(kind, kind)) for kind in value)
    if name == "first_day":
        return formats.date_of(date.fromisoformat(value))
    return shown(tool, name, value)


def shown(tool: Description, name: str, value: Any) -> str:
    """Return the value of a tool's field in words."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return str(naming.choice(tool, name, value)) if value else formats.MISSING
