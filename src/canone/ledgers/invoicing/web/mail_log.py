"""What was mailed of a document, as its page shows it."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from canone.base.access.models import User
from canone.base.mail.models import OutgoingMail
from canone.ledgers.invoicing import permissions
from canone.ledgers.invoicing.models import Document
from canone.ledgers.invoicing.queries import mailing
from canone.ui.heads import Action
from canone.ui.states import State

States = OutgoingMail.State
LOOKS = {
    States.QUEUED: State("todo", _("To be sent")),
    States.SENDING: State("run", _("Being sent")),
    States.SENT: State("done", _("Sent")),
    States.FAILED: State("stop", _("Not delivered")),
    States.CANCELLED: State("idle", _("Withdrawn")),
}
NO_SERVER = _("No mail server is set up: mail waits in the outbox.")


@dataclass(frozen=True, slots=True)
class Sent:
    """A mail as the page of its document shows it."""

    mail: OutgoingMail
    state: State
    again: Action | None


def log(row: Document, user: User) -> list[Sent]:
    """Return what was mailed of the document, for who may mail; newest first."""
    if not user.may(permissions.ISSUE):
        return []
    return [_sent(one, row) for one in mailing.mails(row)]


def action(row: Document) -> Action:
    """Return the button that leads here."""
    return Action(_("Send by mail"), reverse("invoicing:mail", args=[row.pk]), "mail")


def _sent(mail: OutgoingMail, row: Document) -> Sent:
    button = None
    if mail.state in (States.FAILED, States.CANCELLED):
        url = reverse("invoicing:mail_again", args=[row.pk])
        label = now_("Send to %(to)s again") % {"to": mail.to}
        button = Action(
            _("Send again"), url, "sync", post=True, name="mail", value=str(mail.pk), label=label
        )
    return Sent(mail, LOOKS[States(mail.state)], button)
