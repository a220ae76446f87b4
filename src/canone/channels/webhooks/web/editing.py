"""Forms of the webhooks: register and change, a new secret, a period sent again."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django import forms as django_forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache

from canone.base.access.functions import SETTINGS
from canone.channels.webhooks import queries
from canone.channels.webhooks.models import Hook
from canone.channels.webhooks.permissions import MANAGE
from canone.channels.webhooks.services import hooks, replaying
from canone.channels.webhooks.web import looks
from canone.ui import forms, pages, zones
from canone.ui.confirming import confirmed
from canone.ui.heads import Head, Link
from canone.ui.pages import PageRequest, page

if TYPE_CHECKING:
    from canone.base.access.models import User

OVERLAPS = {
    "24": gettext_lazy("for a day"),
    "168": gettext_lazy("for a week"),
    "0": gettext_lazy("not any more"),
}
FIELDS = ("name", "url", "facts", "is_inside_allowed")


class HookForm(forms.Form):
    """Where it is, and what it is told."""

    panels = [
        forms.Panel(gettext_lazy("Webhook"), ["name", "url", "is_inside_allowed"]),
        forms.Panel(gettext_lazy("It is told"), ["facts"]),
    ]
    name = django_forms.CharField(
        label=gettext_lazy("Name"),
        max_length=80,
        help_text=gettext_lazy("The program that is told."),
    )
    url = django_forms.CharField(
        label=gettext_lazy("Address"),
        max_length=500,
        help_text=gettext_lazy("Encrypted (https); without only on this machine itself."),
        widget=django_forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )
    is_inside_allowed = django_forms.BooleanField(
        label=gettext_lazy("It may lie in the firm’s own network"),
        required=False,
        help_text=gettext_lazy("Otherwise a name that leads there is refused."),
    )
    facts = django_forms.MultipleChoiceField(
        label=gettext_lazy("What happens"), widget=django_forms.CheckboxSelectMultiple
    )

    def __init__(self, user: User, *args: Any, kept: tuple[str, ...] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [(fact.code, fact.title) for fact in queries.choices(user)]
        known = {code for code, _title in choices}
        more = [code for code in kept if code not in known]
        chosen = [*choices, *zip(more, queries.titles(more), strict=True)]
        self.fields["facts"].choices = chosen  # type: ignore[attr-defined]
        if not user.may(SETTINGS):
            self.fields["is_inside_allowed"].disabled = True


@never_cache
@page(MANAGE)
@confirmed
def new(request: PageRequest) -> HttpResponse:
    """Register a webhook; the answer shows its secret, once."""
    form = HookForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in FIELDS}
        try:
            made, secret = hooks.create(**values, at=timezone.now(), by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return _secret_shown(request, made, secret)
    crumbs = looks.crumbs(Link(_("New")))
    buttons = forms.Buttons(_("Register the webhook"), cancel=reverse("webhooks:list"))
    return forms.render(request, form, Head(_("New webhook"), crumbs=crumbs), buttons)


@page(MANAGE)
@confirmed
def edit(request: PageRequest, pk: int) -> HttpResponse:
    """Change a webhook."""
    hook = looks.found(pk)
    initial = {name: getattr(hook, name) for name in FIELDS}
    form = HookForm(request.user, request.POST or None, initial=initial, kept=tuple(hook.facts))
    if request.method == "POST" and form.is_valid() and _changed(request, hook, form):
        return pages.done(request, _("Saved."), looks.url(hook))
    crumbs = looks.crumbs(Link(hook.name, looks.url(hook)))
    buttons = forms.Buttons(_("Save"), cancel=looks.url(hook))
    return forms.render(request, form, Head(_("Edit"), crumbs=crumbs), buttons)


class SecretForm(forms.Form):
    """How long the secret before signs too."""

    panels = [
        forms.Panel(
            gettext_lazy("New secret"),
            ["overlap"],
            gettext_lazy("Meanwhile deliveries carry two signatures, and one that fits is enough."),
        )
    ]
    overlap = django_forms.ChoiceField(
        label=gettext_lazy("The secret before signs too"), choices=list(OVERLAPS.items())
    )


@never_cache
@page(MANAGE)
@confirmed
def secret(request: PageRequest, pk: int) -> HttpResponse:
    """Make a new secret; the answer shows it, once."""
    hook = looks.found(pk)
    form = SecretForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        overlap = timedelta(hours=int(form.cleaned_data["overlap"]))
        made, text = hooks.rotate(hook_id=pk, overlap=overlap, at=timezone.now(), by=request.user)
        return _secret_shown(request, made, text)
    crumbs = looks.crumbs(Link(hook.name, looks.url(hook)))
    buttons = forms.Buttons(_("Make a new secret"), cancel=looks.url(hook))
    return forms.render(request, form, Head(_("New secret"), crumbs=crumbs), buttons)


class PeriodForm(forms.Form):
    """Which days, and whether what was taken goes out once more."""

    panels = [forms.Panel(gettext_lazy("Period"), ["first", "last", "which"])]
    first = forms.DateField(label=gettext_lazy("From"))
    last = forms.DateField(label=gettext_lazy("To"))
    which = django_forms.ChoiceField(
        label=gettext_lazy("Which"),
        choices=[
            ("undelivered", gettext_lazy("What was not taken")),
            ("all", gettext_lazy("Everything, also what was taken")),
        ],
    )

    def clean(self) -> dict[str, Any]:
        """Refuse a period that ends before it starts."""
        said = super().clean() or {}
        if said.get("first") and said.get("last") and said["last"] < said["first"]:
            self.add_error("last", _("The period ends before it starts."))
        return said


@page(MANAGE)
def period(request: PageRequest, pk: int) -> HttpResponse:
    """Send again what happened in a period."""
    hook = looks.found(pk)
    now = timezone.now()
    today = now.astimezone(zones.zone()).date()
    form = PeriodForm(request.POST or None, initial={"first": today, "last": today})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        start = datetime.combine(said["first"], time(), tzinfo=zones.zone())
        end = datetime.combine(said["last"] + timedelta(days=1), time(), tzinfo=zones.zone())
        count = replaying.again_of_period(
            hook_id=pk,
            start=start,
            end=end,
            undelivered_only=said["which"] == "undelivered",
            at=now,
        )
        words = ngettext("%(n)s delivery is sent again.", "%(n)s deliveries are sent again.", count)
        return pages.done(request, words % {"n": count}, reverse("webhooks:log", args=[pk]))
    crumbs = looks.crumbs(Link(hook.name, looks.url(hook)))
    buttons = forms.Buttons(_("Send again"), cancel=looks.url(hook))
    return forms.render(request, form, Head(_("Send a period again"), crumbs=crumbs), buttons)


def _changed(request: PageRequest, hook: Hook, form: HookForm) -> bool:
    values = {name: form.cleaned_data[name] for name in FIELDS}
    if not request.user.may(SETTINGS):
        del values["is_inside_allowed"]
    if sorted(values["facts"]) == hook.facts:
        del values["facts"]
    try:
        hooks.change(hook_id=hook.pk, values=values, at=timezone.now(), by=request.user)
    except ValidationError as error:
        form.add_error(None, error)
        return False
    return True


def _secret_shown(request: PageRequest, hook: Hook, secret: str) -> HttpResponse:
    head = Head(hook.name, crumbs=looks.crumbs(), state=looks.hook_state(hook))
    return pages.render(request, "webhooks/secret.html", head, hook=hook, secret=secret)
