"""The only writer of the outbox: queues, sends, withdraws."""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import make_msgid
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from canone.base import vault
from canone.base.files import queries as files
from canone.base.files.models import StoredFile
from canone.base.firm import queries as firm
from canone.base.mail import queries, registry, rules, texts
from canone.base.mail.models import MailServer, MailTemplate, OutgoingMail
from canone.base.mail.queries import Server
from canone.base.mail.texts import Source, TextError
from canone.base.tasks import services as tasks

__all__ = [
    "Letter",
    "Source",
    "TextError",
    "erase",
    "queue",
    "replace_text",
    "restore_text",
    "send",
    "set_server",
    "try_server",
]
State = OutgoingMail.State
SEND = "mail.send"
UNREADABLE = _("The mail server's password cannot be read any more: enter it again.")
ERASED = "erased@canone.invalid"
AT_ONCE = 10
"""Seconds that somebody who waits before the page is kept."""
logger = logging.getLogger("canone.mail")


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail to be queued: a template with its words, or a finished subject and text."""

    to: str
    language: str
    template: str = ""
    words: Mapping[str, str] | None = None
    subject: str = ""
    text: str = ""
    html: str = ""
    owner: str = ""
    key: str = ""
    attachments: Sequence[StoredFile] = ()


@transaction.atomic
def queue(letter: Letter, *, at: datetime, by: int | None) -> OutgoingMail:
    """Return the mail, to be sent by background work once the caller's transaction is through.

    With a key that was used before, the earlier mail is returned. A recipient that is no address
    is a ValidationError.
    """
    if letter.key and (known := OutgoingMail.objects.filter(key=letter.key).first()):
        return known
    validate_email(letter.to)
    text = Source(letter.subject, letter.text)
    if letter.template:
        text = texts.fill(texts.source(letter.template, letter.language), letter.words or {})
    mail = OutgoingMail(
        key=letter.key,
        message_id=make_msgid(domain="canone.invalid")[:80],
        to=letter.to,
        subject=" ".join(text.subject.split())[:250],
        text=text.body,
        html=letter.html or texts.html(text.body, firm.firm().name),
        language=letter.language,
        template=letter.template,
        owner=letter.owner,
        due_at=at,
        created_at=at,
        created_by_id=by,
    )
    try:
        with transaction.atomic():
            mail.save()
    except IntegrityError:  # somebody else wrote it for the same occasion just now
        if letter.key and (known := OutgoingMail.objects.filter(key=letter.key).first()):
            return known
        raise
    mail.attachments.set(letter.attachments)
    if queries.is_set_up():
        tasks.start(SEND, params={}, by=None, at=at, key=SEND)
    return mail


def send(
    mail_id: int, *, at: datetime, through: BaseEmailBackend | None = None
) -> OutgoingMail | None:
    """Return the mail after one try to send it; None when another worker has it.

    It goes through the firm's mail server unless another way is given.

    A mail that cannot be sent waits longer each time; one that is refused for good, or too often,
    is kept as not delivered with the server's words.
    """
    mail = _take(mail_id, at)
    if mail is None:
        return None
    error, final = "", False
    try:
        _transmit(mail, through)
    except vault.SealError:
        error = str(UNREADABLE)
    except smtplib.SMTPRecipientsRefused as refused:
        code, words = next(iter(refused.recipients.values()), (None, b""))
        error, final = f"{code} {_words(words)}", rules.is_final(code)
    except smtplib.SMTPResponseException as answered:
        error = f"{answered.smtp_code} {_words(answered.smtp_error)}"
        final = rules.is_final(answered.smtp_code) and not isinstance(
            answered, smtplib.SMTPAuthenticationError
        )
    except FileNotFoundError:
        error, final = str(_("An attachment is gone.")), True
    except (smtplib.SMTPException, OSError) as failed:
        error = str(failed) or type(failed).__name__
    if error:
        logger.warning("mail %s not sent: %s", mail.pk, error)
    return _after(mail, error, final=final, at=at)


@transaction.atomic
def retry(mail: OutgoingMail, *, at: datetime) -> OutgoingMail:
    """Return the mail, waiting to be sent again from its first try."""
    locked = OutgoingMail.objects.select_for_update().get(pk=mail.pk)
    if locked.state in (State.FAILED, State.QUEUED, State.CANCELLED):
        locked.state, locked.attempts, locked.due_at = State.QUEUED, 0, at
        locked.save(update_fields=["state", "attempts", "due_at"])
    return locked


@transaction.atomic
def withdraw(mail: OutgoingMail) -> OutgoingMail:
    """Return the mail, not to be sent any more; one that is sent or being sent stays so."""
    locked = OutgoingMail.objects.select_for_update().get(pk=mail.pk)
    if locked.state in (State.QUEUED, State.FAILED):
        locked.state = State.CANCELLED
        locked.save(update_fields=["state"])
    return locked


@transaction.atomic
def erase(ids: Collection[int]) -> int:
    """Return how many mails tell no more to whom they went and what they said; none is sent."""
    rows = OutgoingMail.objects.filter(pk__in=ids)
    rows.filter(state__in=(State.QUEUED, State.FAILED)).update(state=State.CANCELLED)
    OutgoingMail.attachments.through.objects.filter(outgoingmail_id__in=ids).delete()
    gone = {"to": ERASED, "subject": "", "text": "", "html": "", "error": "", "owner": ""}
    return rows.update(**gone)


@transaction.atomic
def replace_text(
    *, key: str, language: str, text: Source, at: datetime, by: int | None
) -> MailTemplate:
    """Return the firm's text after trying it; raises TextError."""
    text = replace(text, body=text.body.replace("\r\n", "\n"))
    tried = texts.fill(text, registry.get(key).sample)
    if not tried.subject or not tried.body.strip():
        raise TextError(str(_("Subject and text must not be empty.")))
    template, _new = MailTemplate.objects.update_or_create(
        key=key,
        language=language,
        defaults={
            "subject": text.subject,
            "body": text.body,
            "updated_at": at,
            "updated_by_id": by,
        },
    )
    return template


@transaction.atomic
def restore_text(*, key: str, language: str) -> None:
    """Take the firm's text away: ours is used again."""
    for template in MailTemplate.objects.filter(key=key, language=language):
        template.delete()


@transaction.atomic
def set_server(server: Server, *, at: datetime, by: int | None) -> MailServer:
    """Return the row; mail that waits is tried at once. Wrong values are a ValidationError."""
    row = queries.stored() or MailServer(pk=1)
    for name in ("host", "port", "security", "username", "sender"):
        setattr(row, name, getattr(server, name))
    row.password = vault.seal(server.password, purpose=queries.PURPOSE) if server.password else ""
    row.updated_at, row.updated_by_id = at, by
    row.full_clean(exclude=["updated_by"])
    row.save()
    OutgoingMail.objects.filter(state=State.QUEUED).update(due_at=at)
    tasks.start(SEND, params={}, by=None, at=at, key=SEND)
    return row


def try_server(server: Server | None, *, to: str, text: Source) -> str:
    """Return what the server said against a message to `to`; empty when it took it.

    Without `server` the one that is in use is tried.
    """
    try:
        arguments = (server.arguments if server else queries.server()) | {"timeout": AT_ONCE}
        sender = queries.sender(server.sender if server else "")
        with _connection(arguments) as connection:
            EmailMultiAlternatives(
                text.subject, text.body, sender, [to], connection=connection
            ).send()
    except vault.SealError:
        return str(UNREADABLE)
    except smtplib.SMTPRecipientsRefused as refused:
        code, words = next(iter(refused.recipients.values()), (0, b""))
        return f"{code} {_words(words)}"
    except smtplib.SMTPResponseException as answered:
        return f"{answered.smtp_code} {_words(answered.smtp_error)}"
    except (smtplib.SMTPException, OSError) as failed:
        return str(failed) or type(failed).__name__
    return ""


@transaction.atomic
def _take(mail_id: int, at: datetime) -> OutgoingMail | None:
    mail = OutgoingMail.objects.select_for_update().filter(pk=mail_id).first()
    if mail is None or mail.due_at > at:
        return None
    lost = mail.state == State.SENDING and mail.due_at <= at - rules.LOST_AFTER
    if mail.state != State.QUEUED and not lost:
        return None
    mail.state, mail.due_at = State.SENDING, at
    mail.attempts += 1
    mail.save(update_fields=["state", "due_at", "attempts"])
    return mail


@transaction.atomic
def _after(mail: OutgoingMail, error: str, *, final: bool, at: datetime) -> OutgoingMail:
    mail.error = error[:2000]
    again = rules.next_try(mail.attempts, at)
    if not error:
        mail.state, mail.sent_at = State.SENT, at
    elif final or again is None:
        mail.state = State.FAILED
    else:
        mail.state, mail.due_at = State.QUEUED, again
    mail.save(update_fields=["error", "state", "sent_at", "due_at"])
    return mail


def _transmit(mail: OutgoingMail, through: BaseEmailBackend | None) -> None:
    message = EmailMultiAlternatives(
        mail.subject,
        mail.text,
        queries.sender(),
        [mail.to],
        headers={
            "Message-ID": mail.message_id,
            "Content-Language": mail.language,
            "Auto-Submitted": "auto-generated",
        },
    )
    message.attach_alternative(mail.html, "text/html")
    for file in mail.attachments.all():
        with files.open_file(file) as content:
            message.attach(file.name, content.read(), file.content_type)
    way = nullcontext(through) if through else _connection(queries.server())
    with way as message.connection:
        message.send()


@contextmanager
def _connection(arguments: Mapping[str, Any]) -> Iterator[BaseEmailBackend]:
    """Yield the connection; Django leaves it open when the server refuses the sign-in."""
    made = get_connection(settings.MAIL_TRANSPORT, fail_silently=False, **arguments)
    try:
        yield made
    finally:
        made.close()


def _words(answer: bytes | str) -> str:
    return answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer


def is_address(text: str) -> bool:
    """Whether mail can be addressed to `text`."""
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True
