"""Makes the papers of many documents, some at a time, so that what was cut short goes on.

Every PDF lies in the packet's folder before all are put together; the whole file takes its place
among the stored files at once, or not at all.
"""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from canone.base.files import queries as stored
from canone.base.files import services as files
from canone.base.printing import joining
from canone.base.tasks import services as jobs
from canone.base.tasks.models import Job
from canone.ledgers.invoicing.models import BillingRun, Document, Packet
from canone.ledgers.invoicing.queries import packets
from canone.ledgers.invoicing.services import papers

Kind, State = Packet.Kind, Packet.State
JOBS = {
    Kind.ZIP.value: "invoicing.zip",
    Kind.PRINT.value: "invoicing.print",
    Kind.MAIL.value: "invoicing.mail_run",
}
MOST = 5_000
"""So many documents are chosen by hand; a run may have any number."""
MERGED = 1_000
"""So many documents are put together into one file to print: more would take too much memory."""
KEPT = timedelta(days=30)
LEFT = timedelta(days=7)
ATTACHED = timedelta(days=90)
Tell = Callable[[int, int], None]


@transaction.atomic
def start(
    kind: str, *, at: datetime, by: int | None, run_id: int | None = None, ids: Sequence[int] = ()
) -> Packet:
    """Return the packet, being made; one of the run that is not done goes on where it was.

    A run that is still at work, nothing to make papers of, and more than is chosen at once, are a
    ValidationError.
    """
    if len(ids) > MOST:
        text = _("At most %(count)s documents at once: narrow the choice.") % {"count": MOST}
        raise ValidationError(text)
    packet = None
    if run_id is not None:
        run = BillingRun.objects.select_for_update().get(pk=run_id)
        if run.job is not None and run.job.is_active:
            raise ValidationError(_("The run is still at work: wait until it has ended."))
        packet = Packet.objects.filter(run=run, kind=kind).exclude(state=State.DONE).first()
    if packet is None:
        packet = Packet(kind=kind, run_id=run_id, ids=list(ids), created_at=at, created_by_id=by)
        if not packets.documents(packet).exists():
            raise ValidationError(_("Nothing here is issued, so there are no papers."))
        if kind == Kind.MAIL and run_id is None and not packets.to_mail(packet):
            raise ValidationError(_("All of these were mailed already, or have no address."))
        packet.save()
    packet.job = _begin(packet, at=at, by=by)
    packet.save(update_fields=["job"])
    return packet


def _begin(packet: Packet, *, at: datetime, by: int | None) -> Job:
    params = {"packet": packet.pk}
    return jobs.start(
        JOBS[packet.kind],
        params=params,
        by=by,
        at=at,
        key=f"papers:{packet.pk}",
        label=label(packet),
    )


def label(packet: Packet) -> str:
    """Return what the packet is about."""
    if packet.run is None:
        return _("%(count)s chosen") % {"count": len(packet.ids)}
    return str(packet.run.through)


def make(packet: Packet, *, tell: Tell, at: datetime, by: int | None) -> Packet:
    """Return the packet with its file, made of the papers of all its documents.

    `tell` hears how many are done of how many; what it raises ends the work, which goes on from
    there next time. Raises TemplateError where the firm's template cannot be set.
    """
    if packet.state == State.DONE:
        _tidy(packet)
        return packet
    folder, owner = packets.folder(packet), f"packet:{packet.pk}"
    for lost in stored.of_owner(owner):  # of an attempt that ended before it was noted down
        files.delete(lost)
    folder.mkdir(parents=True, exist_ok=True)
    keys = list(packets.documents(packet).values_list("pk", flat=True))
    _set(folder, keys, tell, at=at)
    half = folder / "whole.half"
    known = set(keys)
    found = packets.documents(packet).only(*papers.NAMED)
    rows = [row for row in found if row.pk in known]
    ending, content_type = _form(packet, len(rows))
    pack = _zip if packet.kind == Kind.ZIP else _merge
    with _whole(half):
        pack(half, folder, rows, lambda: tell(len(keys), len(keys)))
        file = files.take_over(
            half,
            name=f"{_title(packet)}.{ending}",
            content_type=content_type,
            owner=owner,
            at=at,
            by=by,
        )
    finish(packet, count=len(rows), at=at, file_id=file.pk)
    _tidy(packet)
    return packet


def _set(folder: Path, keys: Sequence[int], tell: Tell, *, at: datetime) -> None:
    """Have a PDF of every document in the folder, each whole or not there."""
    there = {path.stem for path in folder.glob("*.pdf") if path.stat().st_size}
    missing = [key for key in keys if str(key) not in there]
    done = len(keys) - len(missing)
    tell(done, len(keys))
    if not missing:
        return
    with papers.many(missing, at=at) as made:
        for sheet, pdf in made:
            target = folder / f"{sheet.document.pk}.pdf"
            half = target.with_suffix(".half")
            with _whole(half):
                half.write_bytes(pdf)
                half.replace(target)
            done += 1
            tell(done, len(keys))


@contextmanager
def _whole(half: Path) -> Iterator[None]:
    """Leave no half behind, whatever happens."""
    try:
        yield
    except BaseException:
        half.unlink(missing_ok=True)
        raise


def _zip(target: Path, folder: Path, rows: Sequence[Document], tell: Callable[[], None]) -> None:
    names: set[str] = set()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for row in rows:
            name = papers.file_name(row)
            if name in names:
                name = f"{row.pk} {name}"
            names.add(name)
            tell()
            _put(archive, name, folder / f"{row.pk}.pdf", row)


def _put(archive: zipfile.ZipFile, name: str, path: Path, row: Document) -> None:
    """Add the file under a name, dated as the document is: the same papers are the same bytes."""
    day = row.issue_date or row.created_at.date()
    entry = zipfile.ZipInfo(name, (day.year, day.month, day.day, 0, 0, 0))
    entry.external_attr = 0o644 << 16
    with path.open("rb") as source, archive.open(entry, "w") as target:
        shutil.copyfileobj(source, target)


def _merge(target: Path, folder: Path, rows: Sequence[Document], tell: Callable[[], None]) -> None:
    """Put the papers one behind the other; of very many, some into each file of a ZIP."""
    paths = [folder / f"{row.pk}.pdf" for row in rows]
    if len(paths) <= MERGED:
        joining.join(target, paths)
        return
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for first in range(0, len(paths), MERGED):
            tell()
            part = folder / "part.half"
            with _whole(part):
                joining.join(part, paths[first : first + MERGED])
                last = min(first + MERGED, len(paths))
                _put(archive, f"{first + 1:06d}-{last:06d}.pdf", part, rows[first])
                part.unlink()


def _form(packet: Packet, count: int) -> tuple[str, str]:
    """Return ending and content type of the packet's file."""
    if packet.kind == Kind.PRINT and count <= MERGED:
        return "pdf", "application/pdf"
    return "zip", "application/zip"


def _title(packet: Packet) -> str:
    words = _("Invoices %(day)s") if packet.run else _("Documents %(day)s")
    day = packet.run.issue_date if packet.run else packet.created_at.date()
    return words % {"day": day.isoformat()}


@transaction.atomic
def finish(packet: Packet, *, count: int, at: datetime, file_id: int | None = None) -> None:
    """Close the packet, with its file where it has one."""
    row = Packet.objects.select_for_update().get(pk=packet.pk)
    row.state, row.finished_at, row.count, row.file_id = State.DONE, at, count, file_id
    row.save(update_fields=["state", "finished_at", "count", "file"])
    packet.refresh_from_db()


def _tidy(packet: Packet) -> None:
    """Take away the folder of a packet that is done, and packets that it takes the place of."""
    if packet.run_id is not None:
        for old in Packet.objects.filter(run=packet.run_id, kind=packet.kind, pk__lt=packet.pk):
            drop(old)
    shutil.rmtree(packets.folder(packet), ignore_errors=True)


def drop(packet: Packet) -> None:
    """Take the packet away, with its file and what was made on the way."""
    folder, file = packets.folder(packet), packet.file
    with transaction.atomic():
        packet.delete()
        if file is not None:
            files.delete(file)
    shutil.rmtree(folder, ignore_errors=True)


def prune(*, at: datetime) -> int:
    """Return how many packets were taken away: done ones after a month, left ones after a week.

    Folders that no packet knows go too, and so does what was attached to mails sent long ago: a
    document can be set again at any time.
    """
    done = Packet.objects.filter(state=State.DONE, finished_at__lt=at - KEPT)
    left = Packet.objects.filter(state=State.OPEN, created_at__lt=at - LEFT)
    gone = 0
    for packet in [*done.select_related("job"), *left.select_related("job")]:
        if packet.job is None or not packet.job.is_active:
            drop(packet)
            gone += 1
    known = {str(key) for key in Packet.objects.values_list("pk", flat=True)}
    for folder in packets.root().glob("*"):
        if folder.name not in known:
            shutil.rmtree(folder, ignore_errors=True)
    while old := packets.attached(before=at - ATTACHED):
        for file in old:
            files.delete(file)
    return gone
