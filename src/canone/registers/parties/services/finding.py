"""What the search field looks through, kept beside each party."""

from __future__ import annotations

from canone.registers.parties.models import Party, Site
from canone.registers.parties.rules import names


def text(party: Party) -> str:
    """Return name, numbers and town of the party, folded."""
    office = Site.objects.filter(party_id=party.pk, is_main=True).first()
    parts = (
        party.name, party.code, party.vat_number, party.tax_code, party.siren, party.email,
        party.phone, office.city if office else "",
    )  # fmt: skip
    return " ".join(names.fold(part) for part in parts if part)


def refresh(party_id: int) -> None:
    """Return nothing after a site of the party changed."""
    party = Party.objects.get(pk=party_id)
    Party.objects.filter(pk=party_id).update(search_text=text(party))
