"""What the story of an erasure finds: a customer with sessions, a contact, a paper and a mail."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from tests.make import assistance, parties

from canone.base.mail import services as mail
from canone.base.tasks.models import Job
from canone.config.erasing import subjects
from canone.config.erasing.services import erasing
from canone.registers.parties.models import Party
from canone.registers.parties.rules.erasure import Of
from canone.registers.parties.services import documents

SESSIONS = 25


def known(by: int) -> None:
    """Make the customer."""
    party = parties.party("Rossi Impianti S.r.l.", email="info@rossi.example")
    parties.contact(party, "Paola Rossi", email="paola@rossi.example")
    group = parties.group(party)
    for number in range(SESSIONS):
        assistance.session(group, start=assistance.NOON - number * timedelta(hours=1))
    now = timezone.now()
    content = io.BytesIO(b"signed")
    documents.add(party_id=party.pk, source=content, name="a.txt", title="", at=now, by=by)
    letter = mail.Letter(to="info@rossi.example", language="it", subject="S", text="T")
    mail.queue(letter, at=now, by=by)
    Job.objects.all().delete()
    DBTaskResult.objects.all().delete()


def begin(at: datetime, *, by: int) -> None:
    """Start to erase it."""
    who = subjects.find(Of.PARTY, Party.objects.get().pk, at=at)
    erasing.start(who, reason=erasing.ErasureReason.ASKED, at=at, by=by)


def strays(_world: object) -> list[str]:
    """Return the names of the files that are kept."""
    return sorted(path.name for path in Path(settings.FILES).glob("??/*"))
