"""The two passes of an import, as background work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from canone.base.exchange import services
from canone.base.exchange.models import ImportBatch
from canone.base.exchange.services.starting import CHECK, WRITE
from canone.base.files.services import FileError
from canone.base.tasks import registry
from canone.base.tasks.registry import JobError, Work


@registry.job(CHECK, title=gettext_lazy("Check a file"))
def check(work: Work) -> None:
    """Return nothing after the first pass over the file of the batch."""
    with _in_words():
        batch = services.check(
            work.params["batch"], at=timezone.now(), by=work.user_id, progress=work
        )
    _report(work, batch)
    if batch.state == ImportBatch.State.FAILED:
        raise JobError(batch.message)


@registry.job(WRITE, title=gettext_lazy("Import a file"))
def write(work: Work) -> None:
    """Return nothing after the second pass; a retry goes on where the last attempt ended."""
    with _in_words():
        batch = services.write(
            work.params["batch"],
            good_only=bool(work.params.get("good_only")),
            at=timezone.now(),
            by=work.user_id,
            progress=work,
            again=work.again,
        )
    _report(work, batch)


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except (services.ImportRefusedError, FileError) as error:
        raise JobError(str(error.message)) from error


def _report(work: Work, batch: ImportBatch) -> None:
    if batch.state == ImportBatch.State.DONE:
        lines = [
            [_("New"), batch.new],
            [_("Changed"), batch.changed],
            [_("Already there"), batch.known],
        ]
    else:
        lines = [[_("Rows that can be imported"), batch.good], [_("Rows with faults"), batch.bad]]
    work.report({"lines": lines, "url": work.params.get("url", "")})
