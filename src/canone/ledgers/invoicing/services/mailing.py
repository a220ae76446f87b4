"""Mails documents: the PDF attached, in the customer's language, once for every occasion."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from canone.base.files import services as files
from canone.base.mail import services as mail
from canone.base.mail.models import OutgoingMail
from canone.base.mail.texts import Source
from canone.ledgers.invoicing.models import Document
from canone.ledgers.invoicing.queries import mailing
from canone.ledgers.invoicing.services import papers

MOST = 20
"""Addresses of one document."""


@dataclass(frozen=True, slots=True)
class Message:
    """What is mailed: to whom, and in which words; the template's where there are none."""

    to: Sequence[str] = ()
    subject: str = ""
    text: str = ""


class MailedMeanwhileError(ValidationError):
    """Somebody else mailed the document since its mails were looked at: `last` is the newest."""

    def __init__(self, last: OutgoingMail) -> None:
        self.last = last
        text = _(
            "Meanwhile it was mailed to %(to)s. Send once more only if it should go out a second "
            "time."
        )
        super().__init__(text % {"to": last.to})


def send(
    document_id: int,
    message: Message,
    *,
    key: str,
    at: datetime,
    by: int | None,
    seen: int | None = None,
) -> list[OutgoingMail]:
    """Return the mails, queued; under the same `key` an address gets one mail.

    With `seen`, the id of the newest mail that the sender knew of (0 for none), one that was
    written since on another occasion is a MailedMeanwhileError.

    Without addresses those of the customer are taken. What is no address, and a document that was
    not issued, are a ValidationError; a template that cannot be set is a TemplateError.
    """
    row = Document.objects.select_related("original").get(pk=document_id)
    if not mailing.is_mailable(row):
        raise ValidationError(_("Only what is issued can be mailed."))
    own = mailing.addresses([row.customer_id])[row.customer_id].chosen
    to = cleaned(message.to or own)
    pdf = papers.pdf(row.pk, at=at)
    text = Source(message.subject, message.text)
    if not text.subject or not text.body.strip():
        ours = mailing.text_of(row.pk)
        text = Source(text.subject or ours.subject, text.body.strip() or ours.body)
    with transaction.atomic():
        _hold(row)
        if seen is not None:
            _check(row, seen, key)
        return queue(Parcel(row, pdf, to, text, key), at=at, by=by)


def cleaned(addresses: Iterable[str]) -> list[str]:
    """Return the addresses, each once; raises ValidationError naming what is none."""
    found: dict[str, str] = {}
    faults = []
    for address in addresses:
        plain = address.strip()
        try:
            validate_email(plain)
        except ValidationError:
            faults.append(_("“%(text)s” is no mail address.") % {"text": plain[:80]})
        found.setdefault(plain.lower(), plain)
    if faults:
        raise ValidationError({"to": faults})
    if not found:
        text = _("No mail address of this customer is known: enter one.")
        raise ValidationError({"to": [text]})
    if len(found) > MOST:
        text = _("At most %(count)s addresses at once.") % {"count": MOST}
        raise ValidationError({"to": [text]})
    return list(found.values())


@dataclass(frozen=True, slots=True)
class Parcel:
    """A document as it goes out: the PDF, to whom, in which words, on which occasion."""

    row: Document
    pdf: bytes
    to: Sequence[str]
    text: Source
    key: str


@transaction.atomic
def queue(parcel: Parcel, *, at: datetime, by: int | None) -> list[OutgoingMail]:
    """Return a mail for each address, with the same file attached; those that are known stay."""
    row = parcel.row
    _hold(row)
    keys = {address: _key(parcel.key, address) for address in parcel.to}
    known = {one.key: one for one in OutgoingMail.objects.filter(key__in=keys.values())}
    attachments = []
    if len(known) < len(keys):
        name = papers.file_name(row)
        attachments = [files.store(parcel.pdf, name=name, owner=row.key, at=at, by=by)]
    found = []
    for address, one in keys.items():
        letter = mail.Letter(
            to=address,
            language=row.language,
            subject=parcel.text.subject,
            text=parcel.text.body,
            owner=row.key,
            key=one,
            attachments=attachments,
        )
        found.append(known.get(one) or mail.queue(letter, at=at, by=by))
    return found


@transaction.atomic
def queue_first(parcel: Parcel, *, at: datetime, by: int | None) -> list[OutgoingMail]:
    """Return the mails of a document that nobody has mailed yet; none where somebody has."""
    _hold(parcel.row)
    if mailing.mails(parcel.row).exists():
        return []
    return queue(parcel, at=at, by=by)


def _check(row: Document, seen: int, key: str) -> None:
    """Return nothing where no other occasion has mailed the document since."""
    since = mailing.mails(row).filter(pk__gt=seen)
    last = since.exclude(key__startswith=f"{key[:100]}:").order_by("-pk").first()
    if last is not None:
        raise MailedMeanwhileError(last)


def _hold(row: Document) -> None:
    """Let nobody else mail the document until the transaction ends."""
    Document.objects.select_for_update(of=("self",)).only("pk").get(pk=row.pk)


def again(row: Document, mail_id: int, *, at: datetime) -> OutgoingMail | None:
    """Return the mail of the document, waiting to be sent again; None where it has none such."""
    found = mailing.mails(row).filter(pk=mail_id).first()
    return mail.retry(found, at=at) if found else None


def _key(occasion: str, address: str) -> str:
    digest = hashlib.sha256(address.lower().encode()).hexdigest()[:16]
    return f"{occasion[:100]}:{digest}"
