"""What the steps of an import have in common."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from canone.base.access.functions import SIGNED_IN
from canone.base.access.models import User
from canone.base.exchange import importers
from canone.base.exchange.importers import Importer
from canone.base.exchange.models import ImportBatch
from canone.base.exchange.permissions import IMPORT
from canone.ui.heads import Action, Head, Link
from canone.ui.states import State
from canone.ui.wizards import ShownStep

States = ImportBatch.State
LIST = IMPORT
STEP = SIGNED_IN
"""The importer's own permission decides in every step, see `batch_of`."""

STEPS = (
    ("import_new", gettext_lazy("File")),
    ("import_columns", gettext_lazy("Columns")),
    ("import_check", gettext_lazy("Check")),
    ("import_result", gettext_lazy("Import")),
)
LOOKS = {
    States.DRAFT: State("run", gettext_lazy("Being prepared")),
    States.CHECKING: State("run", gettext_lazy("Being checked")),
    States.CHECKED: State("todo", gettext_lazy("Checked")),
    States.WRITING: State("run", gettext_lazy("Being imported")),
    States.STOPPED: State("warn", gettext_lazy("Stopped")),
    States.DONE: State("done", gettext_lazy("Imported")),
    States.UNDONE: State("idle", gettext_lazy("Undone"), "undo"),
    States.FAILED: State("stop", gettext_lazy("Refused")),
}
REFUSED = State("stop", gettext_lazy("Nothing was written"))
PLACES = {
    States.DRAFT: "import_columns",
    States.CHECKING: "import_check",
    States.CHECKED: "import_check",
    States.FAILED: "import_check",
}


def allowed(user: User) -> list[Importer]:
    """Return the importers that the user may use."""
    return [importer for importer in importers.all_importers() if user.may(importer.permission)]


def importer_of(user: User, key: str) -> Importer:
    """Return the importer; 404 when there is none or the user may not use it."""
    for importer in allowed(user):
        if importer.key == key:
            return importer
    raise Http404


def batch_of(user: User, pk: int) -> tuple[ImportBatch, Importer]:
    """Return an import and its importer; 404 when the user may not see it."""
    found = ImportBatch.objects.select_related("file", "profile", "report", "created_by")
    batch = found.filter(pk=pk).first()
    if batch is None:
        raise Http404
    return batch, importer_of(user, batch.importer)


def look(batch: ImportBatch) -> State:
    """Return the state of an import; a check with faults is one of its own."""
    if batch.state == States.CHECKED and batch.bad:
        return REFUSED
    return LOOKS[States(batch.state)]


def url(batch: ImportBatch, name: str = "") -> str:
    """Return the address of a step, the one where the import stands unless named."""
    return reverse(name or PLACES.get(States(batch.state), "import_result"), args=[batch.pk])


def head(batch: ImportBatch, importer: Importer, actions: Sequence[Action] = ()) -> Head:
    """Return the top of every step of an import."""
    return Head(
        batch.file.name,
        crumbs=[Link(_("Imports"), reverse("imports")), Link(importer.title)],
        state=look(batch),
        actions=actions,
    )


def steps(current: str, batch: ImportBatch | None = None) -> list[ShownStep]:
    """Return the line of steps; past ones are links while the import can still be changed."""
    names = [name for name, _title in STEPS]
    at = names.index(current)
    can_go_back = batch is not None and batch.state in (
        States.DRAFT,
        States.CHECKED,
        States.FAILED,
    )
    shown = []
    for number, (name, title) in enumerate(STEPS):
        back = can_go_back and 0 < number < at and batch is not None
        address = reverse(name, args=[batch.pk]) if back and batch is not None else ""
        shown.append(ShownStep(title, address, number == at, number < at))
    return shown
