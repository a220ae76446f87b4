"""Files of the filtered rows: CSV and Excel, streamed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol

from django.db.models import QuerySet
from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import translation

from canone.base.exchange import writers

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

AT_ONCE = 2_000


class Titled(Protocol):
    """A column: its title, and how its values are written."""

    @property
    def title(self) -> StrOrPromise:
        """What stands above it."""

    @property
    def kind(self) -> writers.Kind:
        """How its values are written."""


class Exported(Protocol):
    """What a file is made of: a list, or what looks like one from here."""

    @property
    def title(self) -> StrOrPromise:
        """What the file is called inside."""

    @property
    def file_name(self) -> str:
        """What the file is called outside, without its ending."""

    @property
    def export_columns(self) -> Sequence[Titled]:
        """The columns."""

    def export(self) -> Iterator[Sequence[Any]]:
        """Yield the rows."""


def answer(shown: Exported, kind: str) -> HttpResponseBase:
    """Return the file that holds what the list's filter leaves."""
    language = translation.get_language() or "it"
    columns = [writers.Column(str(c.title), c.kind) for c in shown.export_columns]
    if kind == "xlsx":
        book = writers.excel(columns, shown.export(), language=language, title=str(shown.title))
        return FileResponse(
            book,
            as_attachment=True,
            filename=f"{shown.file_name}.xlsx",
            content_type=writers.EXCEL_TYPE,
        )
    pieces = writers.csv_rows(columns, shown.export(), language=language)
    stream = StreamingHttpResponse(_in_language(pieces, language), content_type=writers.CSV_TYPE)
    stream["Content-Disposition"] = f'attachment; filename="{shown.file_name}.csv"'
    return stream


def _in_language(pieces: Iterator[bytes], language: str) -> Iterator[bytes]:
    """Yield the pieces in the language of the page that asked, although that page has gone."""
    with translation.override(language):
        yield from pieces


def told(records: QuerySet[Any], tell: Callable[[Sequence[Any]], Sequence[Any]]) -> Iterator[Any]:
    """Yield the records, so many at a time told what their columns need besides."""
    found = records.iterator(chunk_size=AT_ONCE)
    while part := list(islice(found, AT_ONCE)):
        yield from tell(part)
