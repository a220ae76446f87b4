"""The text of a code that banking apps read: a SEPA transfer, filled in."""

from __future__ import annotations

LARGEST = 99_999_999_999
"""Cents: what EPC069-12 lets a transfer come to."""
NAME, REMITTANCE = 70, 140


def text(*, name: str, iban: str, cents: int, remittance: str, bic: str = "") -> str:
    """Return the content of the code (EPC069-12, version 002); empty where there can be none."""
    if not iban or not name.strip() or not 0 < cents <= LARGEST:
        return ""
    amount = f"EUR{cents // 100}.{cents % 100:02d}"
    told = _plain(remittance)[:REMITTANCE]
    fields = ("BCD", "002", "1", "SCT", bic, _plain(name)[:NAME], iban, amount, "", "", told)
    return "\n".join(fields)


def _plain(value: str) -> str:
    """Return the text on one line: a line end would begin the next field."""
    return " ".join(value.split())
