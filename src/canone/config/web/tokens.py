"""One's own API tokens: the list, a new one, shown once, and taking them back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms as django_forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from canone.base.access import functions, queries, services
from canone.base.access.functions import SIGNED_IN
from canone.base.access.models import ApiToken, User
from canone.config import accounts
from canone.ui import forms, lists, pages
from canone.ui.heads import Action, Head, Link
from canone.ui.pages import PageRequest, page
from canone.ui.states import State

VALID = State("done", gettext_lazy("Valid"))
REVOKED = State("idle", gettext_lazy("Taken back"))
EXPIRED = State("warn", gettext_lazy("Run out"))
EVERYTHING = "*"
LASTS = {
    "30": gettext_lazy("30 days"),
    "90": gettext_lazy("90 days"),
    "365": gettext_lazy("a year"),
    "": gettext_lazy("until it is taken back"),
}


def _state(token: ApiToken) -> State:
    if token.revoked_at:
        return REVOKED
    over = token.expires_at is not None and token.expires_at <= timezone.now()
    return EXPIRED if over else VALID


def _scopes(token: ApiToken) -> str:
    if EVERYTHING in token.scopes:
        return _("everything")
    titles = {function.code: str(function.title) for function in functions.all_functions()}
    return ", ".join(titles.get(code, code) for code in token.scopes)


class TokenTable(lists.Table):
    """The columns of the list of tokens."""

    state = lists.StateColumn(gettext_lazy("State"), _state)
    name = lists.Name(gettext_lazy("Token"), "name", sub=lambda token: f"canone_{token.prefix}_…")
    scopes = lists.Text(gettext_lazy("May be used for"), _scopes, span="w6")
    used = lists.Instant(gettext_lazy("Last used"), "last_used_at", span="w3")
    until = lists.Instant(gettext_lazy("Valid until"), "expires_at", span="w3")


class TokenList(lists.List):
    """The tokens of the person who looks."""

    key = "config.tokens"
    title = gettext_lazy("API tokens")
    table = TokenTable
    order = ("-created_at",)
    file_name = "tokens"

    def rows(self) -> QuerySet[ApiToken]:
        """Return one's own tokens."""
        return queries.tokens_of(self.user)

    def actions(self) -> Sequence[Action]:
        """Return the way to the operations, and the button that makes a token."""
        return [
            Action(_("What the API can do"), reverse("api_page"), "info"),
            Action(_("New token"), reverse("token_new"), "plus", main=True, key="n"),
        ]

    def bulk(self) -> Sequence[lists.Bulk]:
        """Return the button that takes tokens back."""
        return [lists.Bulk(_("Take back"), reverse("token_revoke"), "lock")]

    def row_label(self, record: Any) -> str:
        """Return the name."""
        return str(record.name)

    def empty(self) -> lists.Empty:
        """Return what tokens are for."""
        text = _("With a token a program of yours reads and writes here in your name.")
        make = Action(_("New token"), reverse("token_new"), "plus", main=True)
        return lists.Empty(_("No tokens yet"), text, [make])


@page(SIGNED_IN)
def tokens(request: PageRequest) -> HttpResponseBase:
    """Show one's own tokens."""
    return TokenList(request).response()


class TokenForm(forms.Form):
    """What a token is called, how long it lasts and what it opens."""

    panels = [
        forms.Panel(gettext_lazy("Token"), ["name", "lasts"]),
        forms.Panel(gettext_lazy("What it may be used for"), ["scopes"]),
    ]
    name = django_forms.CharField(
        label=gettext_lazy("Name"),
        max_length=80,
        help_text=gettext_lazy("The program that will use it."),
    )
    lasts = django_forms.ChoiceField(
        label=gettext_lazy("It lasts"), choices=list(LASTS.items()), initial="90", required=False
    )
    scopes = django_forms.MultipleChoiceField(
        label=gettext_lazy("Functions"),
        widget=django_forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Tick as little as the program needs."),
    )

    def __init__(self, user: User, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        held = [function for function in functions.all_functions() if user.may(function.code)]
        self.fields["scopes"].choices = [  # type: ignore[attr-defined]
            *((function.code, function.title) for function in held),
            (EVERYTHING, _("everything that you may do, also what is added later")),
        ]


@page(SIGNED_IN)
@accounts.confirmed
def new(request: PageRequest) -> HttpResponse:
    """Make a token; the answer shows it, once."""
    form = TokenForm(request.user, request.POST or None)
    crumbs = [Link(_("API tokens"), reverse("tokens")), Link(_("New"))]
    if request.method == "POST" and form.is_valid():
        try:
            made, text = _made(request.user, form)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            head = Head(made.name, crumbs=crumbs, state=VALID)
            answer = pages.render(request, "config/token.html", head, token=made, text=text)
            answer["Cache-Control"] = "no-store"
            return answer
    buttons = forms.Buttons(_("Make the token"), cancel=reverse("tokens"))
    return forms.render(request, form, Head(_("New token"), crumbs=crumbs), buttons)


@require_POST
@page(SIGNED_IN)
def revoke(request: PageRequest) -> HttpResponse:
    """Take the chosen tokens back; the programs that use them are shut out at once."""
    chosen = list(lists.selected(request, TokenList).rows.filter(revoked_at=None))
    for token in chosen:
        services.revoke_token(token=token, at=timezone.now(), by=request.user.pk)
    words = ngettext("%(n)s token is taken back.", "%(n)s tokens are taken back.", len(chosen))
    return pages.done(request, words % {"n": len(chosen)}, reverse("tokens"))


def _made(user: User, form: TokenForm) -> tuple[ApiToken, str]:
    now = timezone.now()
    days = form.cleaned_data["lasts"]
    return services.create_token(
        user=user,
        name=form.cleaned_data["name"],
        scopes=form.cleaned_data["scopes"],
        at=now,
        expires_at=now + timedelta(days=int(days)) if days else None,
    )
