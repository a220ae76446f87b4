"""Where a document is paid to, and the code that banking apps read."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import qrcode
from django.utils.translation import gettext as _
from qrcode.constants import ERROR_CORRECT_M

from canone.base.firm.models import Firm
from canone.ledgers.invoicing.models import Document, DueItem
from canone.ledgers.invoicing.rules import transfers
from canone.registers.parties.models import PaymentTerms
from canone.ui import formats

MICRO = 1_000_000
MASK = 3
"""Any of the eight masks can be read; to weigh them all takes longer than to set the page."""


def decimal(micros: int) -> Decimal:
    """Return millionths as a number, without zeros at its end."""
    return Decimal(micros) / MICRO


def bank(row: Document, firm: Firm) -> list[list[str]]:
    """Return the firm's account, where the customer is to transfer something."""
    if not _is_transfer(row) or not firm.iban:
        return []
    found = [["IBAN", " ".join(firm.iban[n : n + 4] for n in range(0, len(firm.iban), 4))]]
    if firm.bic:
        found.append(["BIC", firm.bic])
    if row.label:
        found.append([_("Reference"), row.label])
    return found


def code(row: Document, dues: Sequence[DueItem], firm: Firm) -> dict[str, str]:
    """Return the drawing of the code and what it pays: the first instalment, or the whole.

    Empty where nothing is to be transferred.
    """
    if not _is_transfer(row) or not row.label or row.currency != "EUR":
        return {}
    amount = dues[0].amount if dues else row.payable
    text = transfers.text(
        name=firm.name, iban=firm.iban, cents=amount.minor, remittance=row.label, bic=firm.bic
    )
    if not text:
        return {}
    told = {"amount": formats.money(amount)}
    caption = _("Pay %(amount)s with your bank’s app") % told
    if len(dues) > 1:
        told["day"] = formats.date_of(dues[0].due_on)
        caption = _("Pay the instalment of %(day)s with your bank’s app: %(amount)s") % told
    return {"svg": drawn(text), "caption": caption}


def drawn(text: str) -> str:
    """Return the code as SVG, a path of its dark points."""
    made = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=0, mask_pattern=MASK)
    made.add_data(text.encode(), optimize=0)
    made.make(fit=True)
    points = made.get_matrix()
    path = "".join(_row(number, row) for number, row in enumerate(points))
    size = len(points)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}">'
        f'<path fill="#000" d="{path}"/></svg>'
    )


def _row(number: int, row: Sequence[bool]) -> str:
    told, start = "", -1
    for place, is_dark in enumerate([*row, False]):
        if is_dark and start < 0:
            start = place
        elif not is_dark and start >= 0:
            told += f"M{start} {number}h{place - start}v1h{start - place}z"
            start = -1
    return told


def _is_transfer(row: Document) -> bool:
    is_asked = row.kind != Document.Kind.CREDIT_NOTE and row.state != Document.State.REFUSED
    return is_asked and row.method == PaymentTerms.Method.TRANSFER
