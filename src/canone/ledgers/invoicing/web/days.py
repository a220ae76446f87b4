"""Today, as the firm counts it."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from canone.base.firm import queries as firm


def today() -> date:
    """Return the firm's day."""
    return timezone.now().astimezone(firm.zone()).date()
