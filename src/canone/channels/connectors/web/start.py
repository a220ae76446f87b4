"""What the start page says about the sources."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from canone.base.access.models import User
from canone.channels.connectors.models import Source
from canone.channels.connectors.queries import looking
from canone.channels.connectors.web import looks
from canone.ui.queues import Queue
from canone.ui.states import State


def office(_user: User, _day: date) -> Iterable[Queue]:
    """Yield one line for every source that is in trouble or has fallen silent, with its age."""
    for found in looking.attention(timezone.now()):
        source = found.source
        word = looks.source_state(source).word
        title = _("%(source)s needs attention") % {"source": source.title}
        told = _("last fetched %(age)s") % {"age": looks.age(source.last_ok_at)}
        if found.why == "silent":
            word = _("Silent")
            title = _("%(source)s has fallen silent") % {"source": source.title}
            told = _("latest session %(age)s") % {"age": looks.age(found.since)}
        kind = "stop" if source.state == Source.State.ERROR else "warn"
        yield Queue(State(kind, word), title, looks.url(source), 1, sub=told)
