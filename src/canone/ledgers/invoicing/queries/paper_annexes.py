"""What stands behind the lines of a document: the work, and how amounts came about."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from canone.ledgers.invoicing.models import Document, DocumentLine
from canone.ledgers.invoicing.queries import ports, words
from canone.ledgers.invoicing.rules.ports import AnnexColumn, AnnexRow, AnnexTable, Key
from canone.ui import formats


def loads(text: str) -> dict[str, Any]:
    """Return the JSON object."""
    return dict(json.loads(text))


def annexes(row: Document, lines: Sequence[DocumentLine]) -> list[dict[str, Any]]:
    """Return the tables behind the document, as the template sets them."""
    known: set[str] = set()
    tables: list[AnnexTable] = []
    for annex in ports.annexes():
        keys = [
            Key(line.charge.origin, line.charge.revision)
            for line in lines
            if line.charge and line.charge.origin.partition(":")[0] in annex.origins
        ]
        if keys:
            known |= annex.origins
            tables += annex.tables(keys, row.language)
    if explained := _explained(lines, known):
        tables.append(explained)
    return [_told(table) for table in tables]


def _explained(lines: Sequence[DocumentLine], known: set[str]) -> AnnexTable | None:
    """Return the steps of amounts that took more than one, of what no other table tells."""
    rows = []
    for line in lines:
        charge = line.charge
        if charge is None or charge.origin.partition(":")[0] in known:
            continue
        if len(charge.explanation) > 1:
            steps = words.explanation(charge).steps
            told = " · ".join(f"{step.words} {step.figure}".strip() for step in steps)
            amount = formats.money(line.amount)
            rows.append(AnnexRow((str(line.position), line.description, amount), told))
    if not rows:
        return None
    columns = (
        AnnexColumn(_("Line")),
        AnnexColumn(_("Description"), is_wide=True),
        AnnexColumn(_("Amount"), is_right=True),
    )
    return AnnexTable(_("How the amounts came about"), columns, tuple(rows))


def _told(table: AnnexTable) -> dict[str, Any]:
    return {
        "title": table.title,
        "columns": [
            {"title": column.title, "right": column.is_right, "wide": column.is_wide}
            for column in table.columns
        ],
        "rows": [{"cells": list(row.cells), "detail": row.detail} for row in table.rows],
        "foot": list(table.foot),
    }
