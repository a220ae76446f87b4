"""The kinds and states of documents, and the amounts of their lines."""

from __future__ import annotations

from enum import StrEnum

WHOLE_BP = 10_000
MICRO = 1_000_000


class Kind(StrEnum):
    """What a document is."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    PRO_FORMA = "pro_forma"


class State(StrEnum):
    """Where a document stands; what the tax system refuses at the gate was never issued."""

    DRAFT = "draft"
    ISSUED = "issued"
    REFUSED = "refused"


class Mode(StrEnum):
    """What a credit note does to the charges: open again, settled, or a difference billed."""

    RELEASE = "release"
    SETTLE = "settle"
    DIFFERENCE = "difference"


def amount(quantity_micros: int, unit_price_micros: int, discount_bp: int = 0) -> int:
    """Return quantity times price less the discount in cents, rounded half up once."""
    product = quantity_micros * unit_price_micros * (WHOLE_BP - discount_bp)
    divisor = MICRO * MICRO * WHOLE_BP // 100
    rounded = (2 * abs(product) + divisor) // (2 * divisor)
    return rounded if product >= 0 else -rounded


def label(series: str, year: int, number: int) -> str:
    """Return the number as it is printed: `FT/2026/12`.

    Twenty characters of FatturaPA hold it as long as the series has six.
    """
    return f"{series}/{year}/{number}"


def turned(quantity_micros: int, unit_price_micros: int) -> tuple[int, int]:
    """Return quantity and price of a reduction as a credit note prints them, without the minus."""
    if quantity_micros < 0:
        return -quantity_micros, unit_price_micros
    return quantity_micros, -unit_price_micros
