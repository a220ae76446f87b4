"""What new contracts and lines begin with."""

from __future__ import annotations

from canone.desks.contracts.models import ContractHabits


def habits() -> ContractHabits:
    """Return the firm's habits; an unsaved row with the usual ones before anybody chose."""
    return ContractHabits.objects.filter(pk=1).first() or ContractHabits(pk=1)
