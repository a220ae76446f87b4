"""What a new firm does first, as its owner's start page lists it; done ones are left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from canone.base.access.functions import SETTINGS, Role
from canone.base.access.models import User
from canone.base.mail import queries as mail
from canone.channels.connectors import permissions as connectors
from canone.channels.connectors.models import Source
from canone.desks.assistance.models import RemoteSession
from canone.registers.catalog import permissions as catalog
from canone.registers.catalog.models import Tariff
from canone.registers.parties import permissions as parties
from canone.registers.parties.models import Party

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class FirstStep:
    """One thing to do: its name, what it is good for, where, and how one sees that it is done."""

    title: StrOrPromise
    why: StrOrPromise
    url_name: str
    permission: str
    done: Callable[[], bool]

    @property
    def address(self) -> str:
        """Where it is done."""
        return reverse(self.url_name)


STEPS = (
    FirstStep(
        _("Import your customers"),
        _("From Excel or CSV, or enter the first one by hand."),
        "import_parties",
        parties.IMPORT,
        Party.objects.exists,
    ),
    FirstStep(
        _("Make a profile"),
        _("What a quarter of an hour of remote assistance costs."),
        "catalog:profiles",
        catalog.VIEW_TARIFFS,
        Tariff.objects.exists,
    ),
    FirstStep(
        _("Connect a source"),
        _("Remote sessions come by themselves, or from a file."),
        "connectors:list",
        connectors.VIEW,
        lambda: Source.objects.exists() or RemoteSession.objects.exists(),
    ),
    FirstStep(
        _("Invite your colleagues"),
        _("Each sees what their role needs."),
        "people",
        SETTINGS,
        lambda: User.objects.count() > 1,
    ),
    FirstStep(
        _("Enter the mail server"),
        _("Until then mail waits in the outbox."),
        "mail_server",
        SETTINGS,
        mail.is_set_up,
    ),
)


def waiting(user: User) -> list[FirstStep]:
    """Return what an owner has not done yet, of what they may do; nothing for others."""
    if Role.OWNER not in user.roles:
        return []
    return [step for step in STEPS if user.may(step.permission) and not step.done()]
