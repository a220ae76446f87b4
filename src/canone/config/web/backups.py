"""Backups: what was made, the button, the plan, and the light on the owner's start page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from django import forms as django_forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST

from canone.base.access.models import User
from canone.base.backups import queries, tasks
from canone.base.backups.models import Backup, Plan
from canone.base.backups.permissions import MANAGE
from canone.base.backups.queries import Light
from canone.base.backups.services import keeping
from canone.base.firm import queries as firm
from canone.config import accounts
from canone.ui import formats, forms, lists, pages
from canone.ui.heads import Action, Head, Link, Note
from canone.ui.lists import Totals
from canone.ui.pages import PageRequest, page
from canone.ui.queues import Figure, Queue
from canone.ui.states import State

Outcome = Backup.Outcome
GONE = State("idle", gettext_lazy("Taken away by the plan"))
LOOKS = {
    Outcome.RUNNING: State("run", gettext_lazy("Being made")),
    Outcome.OK: State("done", gettext_lazy("Made")),
    Outcome.FAILED: State("stop", gettext_lazy("Not made")),
}
WARNINGS = {
    Light.NEVER: gettext_lazy("No backup has been made yet: if the disk fails, all is lost."),
    Light.FAILED: gettext_lazy("The last backup could not be made."),
    Light.OLD: gettext_lazy("The last backup is more than a day old."),
}


def look(backup: Backup) -> State:
    """Return the state of a backup."""
    return GONE if backup.removed_at else LOOKS[Outcome(backup.outcome)]


def _where(backup: Backup) -> str:
    return backup.trouble or backup.path


def _url(backup: Backup) -> str | None:
    there = backup.outcome == Outcome.OK and not backup.removed_at
    return reverse("backup_file", args=[backup.pk]) if there else None


class BackupTable(lists.Table):
    """The columns of the list."""

    state = lists.StateColumn(gettext_lazy("State"), look)
    at = lists.Instant(gettext_lazy("As of"), "made_at", span="w3")
    where = lists.Name(
        gettext_lazy("File"), lambda backup: Path(backup.path).name, link=_url, sub=_where
    )
    sealed = lists.Yes(gettext_lazy("Encrypted"), "sealed")
    size = lists.Text(
        pgettext_lazy("file", "Size"), lambda backup: formats.size(backup.size), classes="cn-num"
    )
    files = lists.Number(gettext_lazy("Files inside"), "files", span="w3")


class BackupFilters(lists.FilterSet):
    """The filters of the list."""

    state = lists.ChoiceFilter(
        gettext_lazy("State"), [(key.value, value.word) for key, value in LOOKS.items()],
        field="outcome",
    )  # fmt: skip


class BackupList(lists.List):
    """Every backup, newest first."""

    key = "config.backups"
    title = gettext_lazy("Backups")
    table, filters, order, file_name = BackupTable, BackupFilters, ("-made_at",), "backups"

    def rows(self) -> QuerySet[Backup]:
        """Return all backups."""
        return queries.backups()

    def row_label(self, record: Any) -> str:
        """Return the file's name."""
        return Path(record.path).name

    def actions(self) -> Sequence[Action]:
        """Return the buttons."""
        return [
            Action(_("When and where"), reverse("backup_plan"), "pencil", key="e"),
            Action(_("Back up now"), reverse("backup_now"), "download", main=True, post=True),
        ]

    def head(self, totals: Totals) -> Head:  # noqa: ARG002 (the foot has no sums here)
        """Return the top, with the light."""
        return Head(
            self.title,
            subtitle=_planned(queries.plan()),
            actions=self.actions(),
            notes=[_light()],
        )

    def empty(self) -> lists.Empty:
        """Return what to do first."""
        return lists.Empty(_("No backup yet"), _("The button above makes the first one."))


@page(MANAGE)
def backups(request: PageRequest) -> HttpResponseBase:
    """Show what was made."""
    return BackupList(request).response()


@require_POST
@page(MANAGE)
def now(request: PageRequest) -> HttpResponse:
    """Make one in the background; its page shows how far it is."""
    return redirect("ui:job", tasks.start(by=request.user.pk))


@page(MANAGE)
@accounts.confirmed
def file(_request: PageRequest, pk: int) -> HttpResponseBase:
    """Send the archive itself."""
    found = get_object_or_404(queries.backups(), pk=pk, outcome=Outcome.OK, removed_at=None)
    path = Path(found.path)
    if not path.is_file():
        raise Http404
    return FileResponse(path.open("rb"), as_attachment=True, filename=path.name)


class PlanForm(forms.Form):
    """When, where, how many, sealed or not."""

    panels = [
        forms.Panel(gettext_lazy("When and where"), ["enabled", "hour", "folder"]),
        forms.Panel(
            gettext_lazy("How many stay"),
            ["days", "weeks", "months"],
            gettext_lazy("The newest of each day, week and month; the others are taken away."),
            columns=True,
        ),
        forms.Panel(
            gettext_lazy("Encryption"),
            ["sealed", "passphrase", "again"],
            gettext_lazy("Without the passphrase nobody can read the backup again, not even you."),
        ),
    ]
    enabled = django_forms.BooleanField(
        label=gettext_lazy("Make a backup every day"), required=False
    )
    hour = django_forms.IntegerField(
        label=gettext_lazy("At (hour, 0 to 23)"), min_value=0, max_value=23
    )
    folder = django_forms.CharField(
        label=gettext_lazy("Folder"),
        required=False,
        max_length=300,
        help_text=gettext_lazy(
            "Better another disk, or a folder of another machine. Empty: beside the data."
        ),
    )
    days = django_forms.IntegerField(label=gettext_lazy("Days"), min_value=1, max_value=366)
    weeks = django_forms.IntegerField(label=gettext_lazy("Weeks"), min_value=0, max_value=520)
    months = django_forms.IntegerField(label=gettext_lazy("Months"), min_value=0, max_value=240)
    sealed = django_forms.BooleanField(label=gettext_lazy("Encrypt backups"), required=False)
    passphrase = django_forms.CharField(
        label=gettext_lazy("Passphrase"),
        required=False,
        strip=False,
        widget=django_forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("Empty keeps the one that is set."),
    )
    again = django_forms.CharField(
        label=gettext_lazy("Passphrase once more"),
        required=False,
        strip=False,
        widget=django_forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        """Refuse two passphrases that differ, and encryption without one."""
        said = super().clean() or {}
        if said.get("passphrase") != said.get("again"):
            self.add_error("again", _("The two are not the same."))
        elif said.get("sealed") and not (said.get("passphrase") or queries.plan().passphrase):
            self.add_error("passphrase", _("Enter a passphrase."))
        return said


@page(MANAGE)
@accounts.confirmed
def plan(request: PageRequest) -> HttpResponse:
    """Change the plan."""
    known = queries.plan()
    initial = {name: getattr(known, name) for name in keeping.PARTS}
    form = PlanForm(request.POST or None, initial=initial | {"sealed": bool(known.passphrase)})
    if request.method == "POST" and form.is_valid() and _saved(form):
        return pages.done(request, _("Saved."), reverse("backups"))
    crumbs = [Link(_("Backups"), reverse("backups")), Link(_("When and where"))]
    buttons = forms.Buttons(_("Save"), cancel=reverse("backups"))
    return forms.render(request, form, Head(_("When and where"), crumbs=crumbs), buttons)


def _saved(form: PlanForm) -> bool:
    said = form.cleaned_data
    phrase = (said["passphrase"] or None) if said["sealed"] else ""
    try:
        keeping.set_plan(said={name: said[name] for name in keeping.PARTS}, passphrase=phrase)
    except ValidationError as error:
        form.add_error(None, error)
        return False
    return True


def queues(_user: User, _day: date) -> Iterable[Queue]:
    """Yield one line while the firm could not be brought back."""
    light = queries.light(timezone.now())
    if light is not Light.GREEN:
        state = State("stop", gettext_lazy("No backup"))
        yield Queue(state, _("Backups"), reverse("backups"), 1, sub=str(WARNINGS[light]))


def figures(_user: User, _day: date) -> Iterable[Figure]:
    """Yield when the last backup was made."""
    good = queries.latest_good()
    if good is not None:
        made = formats.instant(good.made_at, firm.zone())
        yield Figure(_("last backup"), made, reverse("backups"))


def _planned(known: Plan) -> str:
    if not known.enabled:
        return _("Made by hand only.")
    values = {"hour": f"{known.hour:02}:00", "folder": queries.folder(known)}
    return _("Every day at %(hour)s, into %(folder)s.") % values


def _light() -> Note:
    light = queries.light(timezone.now())
    if light is Light.GREEN:
        return Note("done", _("The firm can be brought back from the last backup."))
    return Note("stop", WARNINGS[light])
