"""What the start page says about the sources."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from canone.base.access.models import User
from canone.channels.connectors import queries
from canone.channels.connectors.models import Source
from canone.channels.connectors.web import looks
from canone.ui.queues import Queue
from canone.ui.states import State


def office(_user: User, _day: date) -> Iterable[Queue]:
    """Yield one line for every source that is in trouble or has fallen silent, with its age."""
    for found in queries.attention(timezone.now()):
        source = found.source
        kind = "stop" if source.state == Source.State.ERROR else "warn"
        age = _("last fetched %(age)s") % {"age": looks.age(source.last_ok_at)}
        title = _("%(source)s needs attention") % {"source": source.title}
        yield Queue(
            State(kind, looks.source_state(source).word), title, looks.url(source), 1, sub=age
        )
