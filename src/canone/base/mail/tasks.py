"""Sending what waits in the outbox."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from canone.base.mail import queries, services
from canone.base.mail.models import OutgoingMail
from canone.base.tasks import registry
from canone.base.tasks.registry import Work

AT_ONCE = 200


@registry.every(services.SEND, minutes=1)
@registry.job(services.SEND, title=gettext_lazy("Send waiting mail"))
def send(work: Work) -> None:
    """Return nothing after one try for every mail that is due."""
    if not queries.is_set_up():
        work.report({"notes": [_("No mail server is set up: mail waits in the outbox.")]})
        return
    due = queries.due(timezone.now(), AT_ONCE)
    sent = 0
    for number, mail_id in enumerate(due, start=1):
        work.progress(number - 1, len(due))
        mail = services.send(mail_id, at=timezone.now())
        sent += mail is not None and mail.state == OutgoingMail.State.SENT
    work.report({"lines": [[_("Sent"), sent], [_("Waiting"), len(due) - sent]]})
