"""The users: list, page, form, roles, function switches, links to enter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django import forms as django_forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST

from canone.base.access import functions, queries, services
from canone.base.access.functions import ROLE_NAMES, SETTINGS, Role
from canone.base.access.models import User
from canone.base.mail import queries as mail
from canone.config import accounts, notices
from canone.config.oidc import standing
from canone.config.web import invitations, sessions
from canone.registers.parties.permissions import ERASE
from canone.ui import forms, lists, pages, timelines
from canone.ui.heads import Action, Head, Link
from canone.ui.pages import PageRequest, page


def _url(user: User) -> str:
    return reverse("person", args=[user.pk])


def _roles(user: User) -> str:
    names = [str(ROLE_NAMES[Role(grant.role)]) for grant in user.grants.all()]
    return ", ".join(sorted(names))


class PeopleTable(lists.Table):
    """The columns of the users' list."""

    state = lists.StateColumn(gettext_lazy("State"), invitations.state_of)
    name = lists.Name(gettext_lazy("Name"), "name", link=_url, sub=lambda user: user.email)
    roles = lists.Text(gettext_lazy("Roles"), _roles, span="w6", label=gettext_lazy("Roles"))
    language = lists.Text(
        gettext_lazy("Language"), lambda user: user.get_language_display(), sort="language"
    )
    seen = lists.Instant(gettext_lazy("Last sign-in"), "last_login", span="w4")


class PeopleFilters(lists.FilterSet):
    """The filters of the users' list."""

    text = lists.TextFilter(gettext_lazy("Text"), ["name", "email"], gettext_lazy("name, mail"))
    role = lists.ChoiceFilter(
        pgettext_lazy("user", "Role"),
        [(role.value, name) for role, name in ROLE_NAMES.items()],
        field="grants__role",
    )
    active = lists.YesFilter(
        gettext_lazy("State"),
        field="is_active",
        yes=gettext_lazy("Active"),
        no=gettext_lazy("Switched off"),
    )


class PeopleList(lists.List):
    """Everybody who may sign in."""

    key = "config.people"
    title = gettext_lazy("Users")
    table = PeopleTable
    filters = PeopleFilters
    order = ("name",)
    file_name = "users"

    def rows(self) -> QuerySet[User]:
        """Return all users with their roles."""
        return queries.users()

    def actions(self) -> Sequence[Action]:
        """Return the button that adds one."""
        return [Action(_("Add a user"), reverse("person_new"), "plus", main=True, key="n")]

    def row_label(self, record: Any) -> str:
        """Return the name."""
        return str(record.name)


@page(SETTINGS)
def people(request: PageRequest) -> HttpResponseBase:
    """Show all users."""
    return PeopleList(request).response()


class PersonForm(forms.ModelForm):
    """Who somebody is and which roles they hold."""

    panels = [
        forms.Panel(gettext_lazy("Who"), ["name", "email", "language", "aliases"]),
        forms.Panel(gettext_lazy("Roles"), ["roles"]),
    ]
    roles = django_forms.MultipleChoiceField(
        label=gettext_lazy("What this person is in the firm"),
        choices=[(role.value, name) for role, name in ROLE_NAMES.items()],
        widget=django_forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("A role brings its functions; single ones can be switched later."),
    )
    aliases = django_forms.CharField(
        label=gettext_lazy("Names in other tools"),
        required=False,
        widget=django_forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("One a line, as the remote-support tools call this person."),
    )

    class Meta:
        model = User
        fields = ["name", "email", "language"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk:
            self.fields["roles"].initial = [role.value for role in self.instance.roles]
            self.initial["aliases"] = "\n".join(self.instance.aliases)

    def clean_aliases(self) -> list[str]:
        """Return the names, each once."""
        lines = (line.strip() for line in self.cleaned_data["aliases"].splitlines())
        return list(dict.fromkeys(line for line in lines if line))


class NewPersonForm(PersonForm):
    """A new user, who is invited at once."""

    panels = [*PersonForm.panels, forms.Panel(gettext_lazy("Invitation"), ["by_mail"])]
    by_mail = django_forms.BooleanField(
        label=gettext_lazy("Send the link by mail"),
        required=False,
        help_text=gettext_lazy("The next page shows it too. It works once, for seven days."),
    )


@page(SETTINGS)
@accounts.confirmed
def new(request: PageRequest) -> HttpResponse:
    """Add a user; the next page shows the link with which they choose their password."""
    first = {"language": request.user.language, "by_mail": mail.is_set_up()}
    form = NewPersonForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        user = _created(request, form)
        if user is not None:
            by_mail = form.cleaned_data["by_mail"]
            invitations.send(request, user, by_mail=by_mail)
            text = _("%(name)s is added. Hand over the link below.")
            if by_mail:
                text = _("%(name)s is added and invited by mail.")
            return pages.done(request, text % {"name": user.name}, _url(user))
    head = Head(_("Add a user"), crumbs=[Link(_("Users"), reverse("people")), Link(_("New"))])
    buttons = forms.Buttons(_("Add the user"), cancel=reverse("people"))
    return forms.render(request, form, head, buttons)


@page(SETTINGS)
@accounts.confirmed
def edit(request: PageRequest, pk: int) -> HttpResponse:
    """Change who somebody is and their roles."""
    user = _person(pk)
    form = PersonForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid() and _changed(request, form, pk):
        return pages.done(request, _("Saved."), _url(user))
    crumbs = [Link(_("Users"), reverse("people")), Link(user.name, _url(user)), Link(_("Edit"))]
    head = Head(_person(pk).name, crumbs=crumbs)
    return forms.render(request, form, head, forms.Buttons(_("Save"), cancel=_url(user)))


@page(SETTINGS)
def person(request: PageRequest, pk: int) -> HttpResponse:
    """Show one user: roles, functions, link, history."""
    user = _person(pk)
    link = request.session.get(invitations.LINK, [0, ""])
    if link[0] == user.pk:
        del request.session[invitations.LINK]
    invitation = invitations.of(user)
    head = Head(
        user.name,
        crumbs=[Link(_("Users"), reverse("people")), Link(user.name)],
        subtitle=user.email,
        state=invitations.state_of(user),
        actions=_actions(request, user),
    )
    return pages.render(
        request,
        "config/person.html",
        head,
        person=user,
        roles=_roles(user),
        link=link[1] if link[0] == user.pk else "",
        functions=[_function(user, function) for function in functions.all_functions()],
        invitation=invitation,
        invitation_state=invitations.state(invitation) if invitation else None,
        mail_set_up=mail.is_set_up(),
        sessions=sessions.shown(request, user),
        end_url=reverse("person_sessions_end", args=[user.pk]),
        second_factor=is_mfa_enabled(user, accounts.FACTORS),
        connected=standing.in_use() if standing.connection(user) else None,
        history=timelines.of(user),
    )


@require_POST
@page(SETTINGS)
@accounts.confirmed
def switch(request: PageRequest, pk: int) -> HttpResponse:
    """Allow or take single functions."""
    user = _person(pk)
    answers = {"allowed": True, "denied": False}
    wanted: dict[str, bool | None] = {}
    for function in functions.all_functions():
        asked = request.POST.get(function.code)
        if asked is not None and answers.get(asked) != user.switched.get(function.code):
            wanted[function.code] = answers.get(asked)
    if user.pk == request.user.pk and wanted.get(SETTINGS) is False:
        text = _("You cannot take the settings from yourself: another owner can.")
        return pages.refused(request, text, _url(user))
    services.switch(user=user, switches=wanted, at=timezone.now(), by=request.user.pk)
    return pages.done(request, _("Saved."), _url(user))


@require_POST
@page(SETTINGS)
@accounts.confirmed
def turn(request: PageRequest, pk: int) -> HttpResponse:
    """Switch a user off, or on again."""
    user = _person(pk)
    if user.pk == request.user.pk:
        return pages.refused(request, _("You cannot switch yourself off."), _url(user))
    act = services.deactivate if user.is_active else services.activate
    try:
        act(user=user, at=timezone.now(), by=request.user.pk)
    except ValidationError as error:
        return pages.refused(request, " ".join(error.messages), _url(user))
    text = _("%(name)s may sign in again.") if user.is_active else _("%(name)s is switched off.")
    return pages.done(request, text % {"name": user.name}, _url(user))


def _person(pk: int) -> User:
    user = queries.users().filter(pk=pk).first()
    if user is None:
        raise Http404
    return user


def _actions(request: PageRequest, user: User) -> list[Action]:
    turned = _("Switch off") if user.is_active else _("Switch on")
    erase = Action(_("Erase"), reverse("erase_user", args=[user.pk]), "trash")
    return [
        *([erase] if request.user.may(ERASE) and user != request.user else []),
        Action(turned, reverse("person_turn", args=[user.pk]), "lock", post=True),
        Action(_("Edit"), reverse("person_edit", args=[user.pk]), "pencil", main=True, key="e"),
    ]


def _function(user: User, function: functions.Function) -> dict[str, Any]:
    by_role = bool(user.roles & function.roles)
    switched = user.switched.get(function.code)
    return {
        "code": function.code,
        "title": function.title,
        "by_role": by_role,
        "value": "default" if switched is None else "allowed" if switched else "denied",
    }


def _created(request: PageRequest, form: PersonForm) -> User | None:
    values = {name: value for name, value in form.cleaned_data.items() if name != "by_mail"}
    try:
        return services.create(at=timezone.now(), by=request.user.pk, **values)
    except ValidationError as error:
        form.add_error(None, error)
        return None


def _changed(request: PageRequest, form: PersonForm, pk: int) -> bool:
    values = dict(form.cleaned_data)
    roles = values.pop("roles")
    user = _person(pk)
    before = user.email
    try:
        services.set_roles(user=user, roles=roles, at=timezone.now(), by=request.user.pk)
        services.update(user=user, **values)
        if user.email != before:
            notices.send(request, user, "mail_changed", to=before)
            services.withdraw_invitation(user=user, at=timezone.now(), by=request.user.pk)
    except services.LastOwnerError as error:
        form.add_error("roles", error)
        return False
    except ValidationError as error:
        form.add_error(None, error)
        return False
    return True
