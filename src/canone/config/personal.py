"""Everything that is kept about one customer or supplier, gathered from the tables themselves.

What hangs on a party by a foreign key belongs to it, and what hangs on that, over all contexts: a
new table is found without being named here.
"""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from typing import IO, Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Model, Q, QuerySet
from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import gettext as _

from canone.base.files import queries as files
from canone.base.history import services as history
from canone.base.mail.models import OutgoingMail
from canone.registers.parties.models import Contact, Document, Party

BATCH = 1_000
CHUNK = 64 * 1024


def tables(party_id: int) -> dict[type[Model], QuerySet[Any]]:
    """Return the rows of every table that belong to a party, the party's own first."""
    found: dict[type[Model], QuerySet[Any]] = {Party: Party.objects.filter(pk=party_id)}
    waiting: list[type[Model]] = [Party]
    while waiting:
        of = waiting.pop(0)
        for model in _hanging_on(of):
            if model not in found:
                found[model] = _rows(model, found)
                waiting.append(model)
    return found


def write(party: Party, target: IO[bytes], *, at: datetime) -> int:
    """Return how many rows were written: one JSON file per table, and the documents."""
    count = 0
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for model, rows in tables(party.pk).items():
            count += _table(archive, str(model._meta.label_lower), rows)  # noqa: SLF001 (Django's)
            past: Any = getattr(model, "history", None)
            if past is not None:
                label = f"history/{model._meta.label_lower}"  # noqa: SLF001 (Django's public Meta)
                count += _table(archive, label, past.filter(id__in=rows.values("pk")))
        count += _table(archive, "mail.outgoingmail", _mails(party))
        for document in Document.objects.filter(party=party).select_related("file"):
            path = files.path(document.file)
            if path.is_file():
                archive.write(path, f"documents/{document.pk}-{document.file.name}")
        archive.writestr("README.txt", _about(party, at))
    return count


def hand_out(party: Party, *, at: datetime, by: int | None) -> StreamingHttpResponse:
    """Return the archive as a download; the journal keeps that it was handed out, and to whom."""
    # it lies nowhere once it is sent
    target = tempfile.TemporaryFile()  # noqa: SIM115 (closed when it is read)
    rows = write(party, target, at=at)
    with transaction.atomic():
        payload = history.canonical({"rows": rows})
        fact = history.Fact("party.handed_out", f"party:{party.pk}", payload)
        history.append([fact], at=at, by=by)
    answer = StreamingHttpResponse(_read(target), content_type="application/zip")
    name = f"{slugify(party.name) or party.code}-{at:%Y-%m-%d}.zip"
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    answer["Content-Length"] = target.seek(0, io.SEEK_END)
    target.seek(0)
    return answer


def _read(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while part := file.read(CHUNK):
            yield part


def _hanging_on(model: type[Model]) -> Iterator[type[Model]]:
    for relation in model._meta.get_fields(include_hidden=True):  # noqa: SLF001 (Django's public Meta)
        other: Any = getattr(relation, "related_model", None)
        one_way = relation.auto_created and not relation.concrete and relation.one_to_many
        if (one_way or (relation.auto_created and relation.one_to_one)) and _is_ours(other):
            yield other


def _is_ours(model: type[Model]) -> bool:
    named = model.__module__.startswith("canone.") and not hasattr(model, "history_object")
    return named and model is not get_user_model()


def _rows(model: type[Model], found: dict[type[Model], QuerySet[Any]]) -> QuerySet[Any]:
    test = Q()
    for field in model._meta.concrete_fields:  # noqa: SLF001 (Django's public Meta)
        if field.is_relation and field.related_model in found:
            test |= Q(**{f"{field.name}__in": found[field.related_model].values("pk")})
    manager: Any = model._default_manager  # noqa: SLF001 (Django's public Meta)
    rows: QuerySet[Any] = manager.filter(test)
    return rows


def _mails(party: Party) -> QuerySet[OutgoingMail]:
    addresses = Contact.objects.filter(party=party).exclude(email="").values("email")
    own = Q(to=party.email) if party.email else Q()
    return OutgoingMail.objects.filter(Q(to__in=addresses) | own)


def _table(archive: zipfile.ZipFile, label: str, rows: QuerySet[Any]) -> int:
    """Return how many rows went into the table's file; none is made without a row."""
    shown = rows.order_by().values().iterator(chunk_size=BATCH)
    first = next(shown, None)
    if first is None:
        return 0
    count = 0
    with archive.open(f"{label}.json", "w") as out:
        for row in chain([first], shown):
            line = json.dumps(row, default=str, ensure_ascii=False)
            out.write((",\n" if count else "[\n").encode() + line.encode())
            count += 1
        out.write(b"\n]\n")
    return count


def _about(party: Party, at: datetime) -> str:
    text = _(
        "Everything that Canone keeps about %(name)s (%(code)s), as of %(at)s UTC. One file for "
        "each table, one line for each row; amounts are in cents; history holds earlier versions; "
        "documents holds the files. The journal repeats accounted sessions and charges."
    )
    words = {"name": party.name, "code": party.code, "at": f"{at:%Y-%m-%d %H:%M}"}
    return text % words + "\n"
