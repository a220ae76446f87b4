"""What the owner's start page says of webhooks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from canone.base.access.models import User
from canone.channels.webhooks.models import Hook
from canone.ui.queues import Queue
from canone.ui.states import State


def queues(_user: User, _day: date) -> Iterable[Queue]:
    """Yield one line while a webhook has switched itself off."""
    off = list(Hook.objects.filter(off_reason__in=[Hook.Off.GONE, Hook.Off.FAILING]))
    if off:
        state = State("stop", _("Switched itself off"))
        names = ", ".join(hook.name for hook in off[:3])
        yield Queue(state, _("Webhooks"), reverse("webhooks:list"), len(off), sub=names)
