"""What others may hear of background work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from django.utils.translation import gettext_lazy as _

from canone.base.events import facts


@facts.declare(
    "job.failed",
    title=_("Background work has failed"),
    sees="tasks.view_all",
    sample={
        "job_id": 90,
        "kind": "connectors.pull",
        "label": "TeamViewer",
        "attempts": 5,
        "error": "The server does not answer.",
        "reference": "9f86d081",
    },
)
@dataclass(frozen=True, slots=True)
class JobFailed:
    """A job has ended without its result and is not tried again by itself."""

    job_id: int
    kind: str
    label: Annotated[str, "what it worked on"]
    attempts: int
    error: Annotated[str, "for people"]
    reference: Annotated[str, "finds the error in the log, or empty"]
