"""Outgoing mail: what was sent and what waits; the texts, which the firm may put in its words."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms
from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from canone.base.access.functions import SETTINGS
from canone.base.mail import queries, registry, services, texts
from canone.base.mail.models import OutgoingMail
from canone.base.mail.permissions import VIEW
from canone.base.mail.services import Source, TextError
from canone.config import logs
from canone.ui import forms, lists, pages
from canone.ui.heads import Action, Head, Link, Note
from canone.ui.pages import PageRequest, page
from canone.ui.states import State

States = OutgoingMail.State
LOOKS = {
    States.QUEUED: State("todo", gettext_lazy("To be sent")),
    States.SENDING: State("run", gettext_lazy("Being sent")),
    States.SENT: State("done", gettext_lazy("Sent")),
    States.FAILED: State("stop", gettext_lazy("Not delivered")),
    States.CANCELLED: State("idle", gettext_lazy("Withdrawn")),
}
OWN = State("done", gettext_lazy("Your words"))
OURS = State("idle", gettext_lazy("As delivered"))


def look(mail: OutgoingMail) -> State:
    """Return the state of a mail."""
    return LOOKS[States(mail.state)]


class MailTable(lists.Table):
    """The columns of the outbox."""

    state = lists.StateColumn(gettext_lazy("State"), look)
    subject = lists.Name(
        gettext_lazy("Subject"),
        "subject",
        link=lambda mail: reverse("mail", args=[mail.pk]),
        sub=lambda mail: mail.to,
    )
    at = lists.Instant(gettext_lazy("Written"), "created_at", span="w3")
    sent = lists.Instant(gettext_lazy("Sent"), "sent_at", span="w3")
    error = lists.Text(gettext_lazy("Why not"), "error", span="w6")


class MailFilters(lists.FilterSet):
    """The filters of the outbox."""

    text = lists.TextFilter(gettext_lazy("Text"), ["to", "subject"])
    state = lists.ChoiceFilter(
        gettext_lazy("State"),
        [(state.value, state_look.word) for state, state_look in LOOKS.items()],
        field="state",
    )


class MailList(lists.List):
    """Every mail, newest first."""

    key = "config.mails"
    title = gettext_lazy("Outgoing mail")
    table, filters, order, file_name = MailTable, MailFilters, ("-created_at",), "mail"

    def rows(self) -> QuerySet[OutgoingMail]:
        """Return all mails."""
        return queries.log()

    def empty(self) -> lists.Empty:
        """Return what stands here before the first mail."""
        text = _("Warnings, statements and links to enter leave from here and are kept.")
        return lists.Empty(_("No mail yet"), text)

    def row_label(self, record: Any) -> str:
        """Return the subject."""
        return str(record.subject)


@page(VIEW)
def mails(request: PageRequest) -> HttpResponseBase:
    """Show the outbox."""
    return MailList(request).response()


@page(VIEW)
def mail(request: PageRequest, pk: int) -> HttpResponse:
    """Show one mail as it was or will be sent."""
    found = get_object_or_404(queries.log().prefetch_related("attachments"), pk=pk)
    actions = []
    if found.state in (States.FAILED, States.CANCELLED):
        url = reverse("mail_retry", args=[pk])
        actions.append(Action(_("Send again"), url, "sync", post=True, main=True))
    if found.state in (States.QUEUED, States.FAILED):
        url = reverse("mail_withdraw", args=[pk])
        actions.append(Action(_("Withdraw"), url, "minus", post=True))
    notes = [Note("stop", found.error)] if found.error else []
    if not queries.is_set_up() and found.state == States.QUEUED:
        notes.append(Note("warn", _("No mail server is set up: mail waits in the outbox.")))
    head = Head(
        found.subject,
        crumbs=[Link(_("Outgoing mail"), reverse("mails")), Link(found.to)],
        state=look(found),
        actions=actions,
        notes=notes,
    )
    text = logs.without_ways_in(found.text)  # a link to enter is the recipient's alone
    return pages.render(request, "config/mail.html", head, mail=found, text=text)


@require_POST
@page(VIEW)
def mail_retry(request: PageRequest, pk: int) -> HttpResponse:
    """Send a mail again."""
    found = services.retry(get_object_or_404(OutgoingMail, pk=pk), at=timezone.now())
    return pages.done(request, _("It is sent again."), reverse("mail", args=[found.pk]))


@require_POST
@page(VIEW)
def mail_withdraw(request: PageRequest, pk: int) -> HttpResponse:
    """Keep a mail from being sent."""
    found = services.withdraw(get_object_or_404(OutgoingMail, pk=pk))
    return pages.done(request, _("It is not sent."), reverse("mail", args=[found.pk]))


@page(SETTINGS)
def mail_texts(request: PageRequest) -> HttpResponse:
    """Show every text in every language, and which ones the firm has replaced."""
    own = queries.replaced()
    rows = [
        {
            "title": kind.title,
            "languages": [
                {
                    "name": name,
                    "url": reverse("mail_text", args=[kind.key, code]),
                    "state": OWN if (kind.key, code) in own else OURS,
                }
                for code, name in settings.LANGUAGES
            ],
        }
        for kind in registry.all_mails()
    ]
    head = Head(_("Texts of mails"), subtitle=_("Every text can be put in your own words."))
    return pages.render(request, "config/texts.html", head, rows=rows)


class TextForm(forms.Form):
    """The firm's words for one mail in one language."""

    panels = [forms.Panel(gettext_lazy("Text"), ["subject", "body"])]
    subject = django_forms.CharField(
        label=gettext_lazy("Subject"),
        max_length=200,
        widget=django_forms.TextInput(attrs={"class": "cn-code"}),
    )
    body = django_forms.CharField(
        label=gettext_lazy("Text"),
        widget=django_forms.Textarea(attrs={"rows": "14", "class": "cn-code"}),
        strip=False,
    )

    def source(self) -> Source:
        """Return what was written."""
        said = self.cleaned_data
        return Source(said.get("subject", ""), said.get("body", ""))


@page(SETTINGS)
def mail_text(request: PageRequest, key: str, language: str) -> HttpResponse:
    """Change one text; words that it does not know are refused."""
    kind = _kind(key, language)
    current = texts.source(key, language)
    first = {"subject": current.subject, "body": current.body}
    form = TextForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            services.replace_text(
                key=key,
                language=language,
                text=form.source(),
                at=timezone.now(),
                by=request.user.pk,
            )
        except TextError as error:
            form.add_error("body", _("This cannot be used: %(text)s") % {"text": error})
        else:
            return pages.done(request, _("Saved."), reverse("mail_texts"))
    actions = []
    if (key, language) in queries.replaced():
        url = reverse("mail_text_restore", args=[key, language])
        actions.append(Action(_("Back to the text as delivered"), url, "undo", post=True))
    head = Head(
        kind.title,
        crumbs=[
            Link(_("Texts of mails"), reverse("mail_texts")),
            Link(dict(settings.LANGUAGES)[language]),
        ],
        actions=actions,
    )
    buttons = forms.Buttons(_("Save the text"), cancel=reverse("mail_texts"))
    return forms.render(
        request,
        form,
        head,
        buttons,
        template="config/text.html",
        preview=reverse("mail_text_preview", args=[key, language]),
        words=kind.sample,
    )


@require_POST
@page(SETTINGS)
def mail_text_preview(request: PageRequest, key: str, language: str) -> HttpResponse:
    """Return the text with sample words, or what is wrong with it."""
    kind = _kind(key, language)
    form = TextForm(request.POST)
    form.is_valid()
    filled, fault = None, ""
    try:
        filled = texts.fill(form.source(), kind.sample)
    except TextError as error:
        fault = _("This cannot be used: %(text)s") % {"text": error}
    return pages.fragment(request, "config/text_preview.html", filled=filled, fault=fault)


@require_POST
@page(SETTINGS)
def mail_text_restore(request: PageRequest, key: str, language: str) -> HttpResponse:
    """Go back to the text as delivered."""
    _kind(key, language)
    services.restore_text(key=key, language=language)
    return pages.done(request, _("The text is as delivered again."), reverse("mail_texts"))


def _kind(key: str, language: str) -> registry.MailKind:
    try:
        kind = registry.get(key)
    except KeyError as error:
        raise Http404 from error
    if language not in dict(settings.LANGUAGES):
        raise Http404
    return kind
