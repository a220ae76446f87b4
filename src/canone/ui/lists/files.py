"""Files of the filtered rows: CSV and Excel, streamed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import translation

from canone.base.exchange import writers

if TYPE_CHECKING:
    from canone.ui.lists.shows import List


def answer(shown: List, kind: str) -> HttpResponseBase:
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
