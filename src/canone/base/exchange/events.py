"""What others may hear of imports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from django.utils.translation import gettext_lazy as _

from canone.base.events import facts


@facts.declare(
    "import.finished",
    title=_("An import is finished"),
    sees="exchange.import",
    sample={
        "import_id": 18,
        "importer": "assistance.sessions",
        "file": "sessioni-ottobre.csv",
        "total": 420,
        "new": 408,
        "changed": 0,
        "known": 12,
    },
)
@dataclass(frozen=True, slots=True)
class ImportFinished:
    """A file was taken in to its end."""

    import_id: int
    importer: Annotated[str, "what was imported"]
    file: str
    total: Annotated[int, "rows of the file"]
    new: int
    changed: int
    known: Annotated[int, "rows that were there already"]
