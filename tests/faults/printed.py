"""What the stories of papers find, and what is left of making them."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from tests.make import catalog, invoicing

from canone.base.files.models import StoredFile
from canone.base.mail.models import OutgoingMail
from canone.base.tasks.models import Job
from canone.ledgers.invoicing.models import BillingRun, Packet
from canone.ledgers.invoicing.queries import packets as queries
from canone.ledgers.invoicing.services import packets

KINDS = {"invoicing.zip": "zip", "invoicing.print": "print", "invoicing.mail_run": "mail"}


def billed() -> None:
    """Issue three invoices for customers with a mail address in one run."""
    vat = catalog.vat().pk
    for number in range(3):
        who = invoicing.customer(f"Cliente {number}", email=f"c{number}@example.com")
        invoicing.charge(who, vat_id=vat)
    invoicing.bill()


def begin(kind: str, at: datetime, *, by: int) -> None:
    """Begin to make papers of the run."""
    packets.start(KINDS[kind], run_id=BillingRun.objects.get().pk, at=at, by=by)


def old(by: int) -> None:
    """Have a ZIP that nobody needs any more, and a folder that no packet knows."""
    billed()
    at = timezone.now() - timedelta(days=60)
    made = packets.start("zip", run_id=BillingRun.objects.get().pk, at=at, by=by)
    packets.make(made, tell=lambda _done, _total: None, at=at, by=None)
    (queries.root() / "999").mkdir(parents=True)
    Job.objects.all().delete()
    DBTaskResult.objects.all().delete()


def left(_world: object) -> dict[str, object]:
    """Return what was made; nothing else may be left of making it."""
    kept = [packet.file for packet in Packet.objects.select_related("file") if packet.file]
    assert not list(queries.root().glob("*")), "no half stays"
    assert set(StoredFile.objects.filter(owner__startswith="packet:")) == set(kept)
    mails = OutgoingMail.objects.order_by("to")
    assert all(mail.attachments.count() == 1 for mail in mails)
    told = [(file.name, file.size, file.sha256) for file in kept]
    return {"files": told, "mails": list(mails.values_list("to", "subject"))}
