"""Which documents a packet holds, and where its papers lie."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import (
    Case,
    Count,
    Exists,
    IntegerField,
    Min,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.fields import CharField
from django.db.models.functions import Cast, Concat

from canone.base.files.models import StoredFile
from canone.base.mail.models import OutgoingMail
from canone.ledgers.invoicing.models import BillingRun, Document, DocumentQuerySet, Packet
from canone.ledgers.invoicing.queries.documents import PREFIX
from canone.registers.parties.models import Contact

Kind = Packet.Kind
MAIL = OutgoingMail.State
RANKS = {
    MAIL.FAILED: 0,
    MAIL.QUEUED: 1,
    MAIL.SENDING: 2,
    MAIL.SENT: 3,
    MAIL.CANCELLED: 4,
}
"""The worst of several mails tells how a document's mail stands."""
READY, NO_ADDRESS = "ready", "no_address"
BATCH = 200


def root() -> Path:
    """Return where papers lie that are being made: beside the stored files, unseen by backups."""
    return Path(settings.FILES) / ".papers"


def folder(packet: Packet) -> Path:
    """Return where the papers of one packet lie until it is done."""
    return root() / str(packet.pk)


def documents(packet: Packet) -> DocumentQuerySet:
    """Return the issued documents of the packet, in the order of their numbers."""
    rows = Document.objects.filter(state=Document.State.ISSUED)
    rows = rows.filter(run=packet.run_id) if packet.run_id else rows.filter(pk__in=packet.ids)
    return rows.order_by("series", "year", "number", "version", "pk")


def last(run: BillingRun, kind: str) -> Packet | None:
    """Return the newest packet of a kind of a run."""
    packets = Packet.objects.select_related("job", "file", "created_by")
    return packets.filter(run=run, kind=kind).first()


def last_of_each(run: BillingRun) -> dict[str, Packet]:
    """Return the newest packet of every kind that the run has."""
    found: dict[str, Packet] = {}
    for packet in Packet.objects.select_related("job", "file", "created_by").filter(run=run):
        found.setdefault(packet.kind, packet)
    return found


def with_mail(rows: DocumentQuerySet) -> DocumentQuerySet:
    """Return the documents with `mail_state`: how their mail stands, or why there is none."""
    owner = Concat(Value(PREFIX), Cast(OuterRef("pk"), CharField()))
    mails = OutgoingMail.objects.filter(owner=owner, state__in=RANKS).order_by()
    rank = Case(
        *(When(state=state, then=Value(number)) for state, number in RANKS.items()),
        output_field=IntegerField(),
    )
    worst = mails.values("owner").annotate(worst=Min(rank)).values("worst")
    reached = Contact.objects.filter(
        party=OuterRef("customer"), is_active=True, gets_invoices=True
    ).exclude(email="")
    has_own = ~Q(customer__email="") | ~Q(customer__pec="")
    found: DocumentQuerySet = rows.annotate(
        mail_rank=Subquery(worst, output_field=IntegerField()),
        mail_state=Case(
            *(When(mail_rank=number, then=Value(str(state))) for state, number in RANKS.items()),
            When(has_own | Exists(reached), then=Value(READY)),
            default=Value(NO_ADDRESS),
            output_field=CharField(),
        ),
    )
    return found


def to_mail(packet: Packet) -> list[int]:
    """Return those documents of the packet that have an address and were not mailed."""
    rows: Any = with_mail(documents(packet))
    return list(rows.filter(mail_state=READY).values_list("pk", flat=True))


def mailed(packet: Packet) -> int:
    """Return how many documents of the packet have a mail, whoever wrote it."""
    rows: Any = with_mail(documents(packet))
    return int(rows.exclude(mail_state__in=(READY, NO_ADDRESS)).count())


def mail_counts(rows: DocumentQuerySet) -> dict[str, int]:
    """Return how many of the documents stand how with their mail."""
    asked: Any = with_mail(rows).order_by()
    return dict(asked.values_list("mail_state").annotate(Count("pk")))


def attached(*, before: datetime) -> list[StoredFile]:
    """Return some files that mails with documents carried which were sent before that day."""
    sent = OutgoingMail.objects.filter(
        attachments=OuterRef("pk"), state=MAIL.SENT, sent_at__lt=before
    )
    others = OutgoingMail.objects.filter(attachments=OuterRef("pk")).exclude(
        state=MAIL.SENT, sent_at__lt=before
    )
    files = StoredFile.objects.filter(owner__startswith=PREFIX, uploaded_at__lt=before)
    return list(files.filter(Exists(sent), ~Exists(others)).order_by("pk")[:BATCH])
