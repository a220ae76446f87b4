"""The firm's own data: read, changed."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from canone.base.access.functions import SETTINGS
from canone.base.firm import queries
from canone.base.firm.models import Firm
from canone.config import own_firm
from canone.ui import api

router = api.Router(tags=["firm"])
Country = Literal["it", "fr"]
Language = Literal["it", "en", "fr"]


class FirmOut(api.Schema):
    """The firm; `pays_vat_on_debits` says something in France alone."""

    name: str
    country: Country
    vat_number: str
    tax_code: str
    street: str
    postcode: str
    city: str
    province: str
    email: str
    phone: str
    iban: str
    bic: str
    pays_vat_on_debits: bool
    time_zone: str
    language: Language


class FirmChange(api.Schema):
    """What changes; the rest stays. The VAT number is one of the country, without its letters."""

    name: str | None = Field(None, min_length=1, max_length=200)
    country: Country | None = None
    vat_number: str | None = Field(None, max_length=20)
    tax_code: str | None = Field(None, max_length=20)
    street: str | None = Field(None, max_length=200)
    postcode: str | None = Field(None, max_length=12)
    city: str | None = Field(None, max_length=120)
    province: str | None = Field(None, max_length=10)
    email: str | None = Field(None, max_length=254)
    phone: str | None = Field(None, max_length=40)
    iban: str | None = Field(None, max_length=42, description="spaces are taken out")
    bic: str | None = Field(None, max_length=20)
    pays_vat_on_debits: bool | None = None
    time_zone: str | None = Field(None, max_length=64, description="such as `Europe/Rome`")
    language: Language | None = None


@router.get("/firm", response=FirmOut, summary="Read the firm")
@api.allows(SETTINGS)
def read_firm(request: api.Request) -> Firm:  # noqa: ARG001 (there is one)
    """Return who the firm is, where, and in which zone and language it works."""
    return queries.firm()


@router.patch("/firm", response=FirmOut, summary="Change the firm")
@api.allows(SETTINGS)
def change_firm(request: api.Request, body: FirmChange) -> Firm:  # noqa: ARG001 (there is one)
    """Return the firm after the change. Another country needs a VAT number of its own."""
    said = {name: value for name, value in body.model_dump().items() if value is not None}
    return own_firm.revise(said)
