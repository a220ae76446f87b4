"""A document by mail: to whom, in which words, and what was sent."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

from django import forms as django_forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from canone.base.mail import queries as outbox
from canone.base.mail.models import OutgoingMail
from canone.ledgers.invoicing import permissions
from canone.ledgers.invoicing.models import Document
from canone.ledgers.invoicing.queries import documents as queries
from canone.ledgers.invoicing.queries import mailing
from canone.ledgers.invoicing.services import mailing as services
from canone.ledgers.invoicing.services.mailing import Message
from canone.ledgers.invoicing.services.papers import TemplateError
from canone.ledgers.invoicing.web import looks, mail_log
from canone.ledgers.invoicing.web.document import crumbs, find
from canone.ui import forms, pages
from canone.ui.heads import Head, Link, Note
from canone.ui.pages import PageRequest, page

MOST_KEY = 2**63 - 1


class MailForm(forms.Form):
    """To whom a document goes, and in which words."""

    panels = (
        forms.Panel(_("Recipients"), ["to"]),
        forms.Panel(_("Message"), ["subject", "text"]),
    )
    key = django_forms.CharField(widget=django_forms.HiddenInput, max_length=40)
    seen = django_forms.IntegerField(
        widget=django_forms.HiddenInput, min_value=0, max_value=MOST_KEY, required=False
    )
    to = django_forms.CharField(
        label=_("Mail addresses"),
        max_length=2_000,
        help_text=_("Several are separated by a comma; each gets a mail of its own."),
        error_messages={"required": _("Enter a mail address.")},
    )
    subject = django_forms.CharField(label=_("Subject"), max_length=200)
    text = django_forms.CharField(
        label=_("Text"),
        max_length=10_000,
        widget=django_forms.Textarea(attrs={"rows": 12}),
        help_text=_("The document is attached as PDF."),
    )

    def clean_to(self) -> list[str]:
        """Return the addresses."""
        parts = re.split(r"[,;\s]+", self.cleaned_data["to"])
        try:
            return services.cleaned(part for part in parts if part)
        except ValidationError as error:
            raise ValidationError(error.messages) from error


@page(permissions.ISSUE)
def send(request: PageRequest, pk: int) -> HttpResponse:
    """Ask to whom a document goes, and mail it."""
    row = find(request.user, pk)
    if not mailing.is_mailable(row):
        raise Http404
    known = mailing.addresses([row.customer_id])[row.customer_id]
    text = mailing.text_of(row.pk)
    initial = {
        "key": uuid4().hex,
        "seen": last.pk if (last := mailing.newest(row)) else 0,
        "to": ", ".join(known.chosen),
        "subject": text.subject,
        "text": text.body,
    }
    # a copy: what was mailed meanwhile is told once, and then known
    form = MailForm(request.POST.copy() if request.POST else None, initial=initial)
    if known.further:
        told = now_("Also known: %(addresses)s.") % {"addresses": ", ".join(known.further)}
        form.fields["to"].help_text = f"{form.fields['to'].help_text} {told}"
    if request.method == "POST" and form.is_valid():
        made = _queue(request, form, row)
        if made:
            words = ngettext(
                "The mail to %(to)s is queued.", "The mails to %(to)s are queued.", len(made)
            )
            told = words % {"to": ", ".join(mail.to for mail in made)}
            return pages.done(request, told, looks.document_url(row))
    name = queries.name(row)
    head = Head(
        now_("Send %(label)s by mail") % {"label": name},
        crumbs=crumbs(Link(name, looks.document_url(row)), Link(now_("E-mail"))),
        subject=Link(row.customer_name, looks.party_url(row.customer_id, request.user)),
        notes=_notes(row),
    )
    return forms.render(request, form, head, forms.Buttons(_("Send"), looks.document_url(row)))


@require_POST
@page(permissions.ISSUE)
def again(request: PageRequest, pk: int) -> HttpResponse:
    """Send a mail of the document once more that was not delivered."""
    row = find(request.user, pk)
    number = request.POST.get("mail", "")
    found = services.again(row, int(number) if number.isdecimal() else 0, at=timezone.now())
    if found is None:
        text = now_("The document has no such mail.")
        return pages.refused(request, text, looks.document_url(row))
    told = now_("The mail to %(to)s is queued again.") % {"to": found.to}
    return pages.done(request, told, looks.document_url(row))


def _queue(request: PageRequest, form: MailForm, row: Document) -> list[OutgoingMail]:
    data: dict[str, Any] = form.cleaned_data
    message = Message(data["to"], data["subject"], data["text"])
    try:
        return services.send(
            row.pk,
            message,
            key=f"{row.key}:{data['key']}",
            at=timezone.now(),
            by=request.user.pk,
            seen=data["seen"],
        )
    except services.MailedMeanwhileError as error:
        form.data["seen"] = str(error.last.pk)  # type: ignore[index]
        form.add_error(None, error.messages)
    except TemplateError as error:
        words = now_("The PDF cannot be made with your template: %(why)s")
        form.add_error(None, words % {"why": str(error)})
    return []


def _notes(row: Document) -> list[Note]:
    notes = []
    last = mailing.mails(row).first()
    if last is not None:
        told = {"to": last.to, "state": mail_log.LOOKS[mail_log.States(last.state)].word}
        notes.append(Note("idle", now_("Mailed before, last to %(to)s: %(state)s.") % told, "mail"))
    if not outbox.is_set_up():
        notes.append(Note("warn", mail_log.NO_SERVER))
    return notes
