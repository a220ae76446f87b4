"""What the operations take and answer."""

from __future__ import annotations

from typing import Literal

from canone.ui import api


class OfficeIn(api.Schema):
    """The registered office, as far as it is told."""

    name: str | None = None
    street: str | None = None
    postcode: str | None = None
    city: str | None = None
    province: str | None = None
    country: str | None = None
    latitude: float | None = None
    longitude: float | None = None


class PartyChange(api.Schema):
    """What changes of a party; what is not sent stays. Numbers are checked by their digits."""

    code: str | None = None
    name: str | None = None
    is_customer: bool | None = None
    is_supplier: bool | None = None
    is_person: bool | None = None
    is_public_body: bool | None = None
    country: str | None = None
    language: str | None = None
    vat_number: str | None = None
    tax_code: str | None = None
    siren: str | None = None
    siret: str | None = None
    iban: str | None = None
    sdi_code: str | None = None
    pec: str | None = None
    email: str | None = None
    phone: str | None = None
    website: str | None = None
    payment_terms_id: api.Id | None = None
    invoice_grouping: Literal["customer", "contract", "site"] | None = None
    reliability: Literal["unknown", "good", "slow", "bad"] | None = None
    zone_id: api.Id | None = None
    notes: str | None = None
    is_active: bool | None = None
    is_blocked: bool | None = None
    block_reason: str | None = None
    office: OfficeIn | None = None


class PartyNew(PartyChange):
    """A new party; without a code it gets the next number."""

    name: str


class PartyOut(api.Schema):
    """A customer or supplier. Fields about money are null for who may not see them."""

    id: int
    code: str
    name: str
    is_customer: bool
    is_supplier: bool
    is_person: bool
    is_public_body: bool
    country: str
    language: str
    vat_number: str | None
    tax_code: str | None
    siren: str | None
    siret: str | None
    iban: str | None
    sdi_code: str | None
    pec: str | None
    email: str
    phone: str
    website: str
    payment_terms_id: int | None
    invoice_grouping: str
    reliability: str | None
    zone_id: int | None
    notes: str | None
    is_active: bool
    is_blocked: bool
    block_reason: str


class SiteChange(api.Schema):
    """What changes of a site; what is not sent stays."""

    name: str | None = None
    is_main: bool | None = None
    street: str | None = None
    postcode: str | None = None
    city: str | None = None
    province: str | None = None
    country: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    phone: str | None = None
    opening: str | None = None
    access_notes: str | None = None
    zone_id: api.Id | None = None
    is_active: bool | None = None


class SiteNew(SiteChange):
    """A new site of a party."""

    party_id: api.Id


class SiteOut(api.Schema):
    """A site."""

    id: int
    party_id: int
    name: str
    is_main: bool
    street: str
    postcode: str
    city: str
    province: str
    country: str
    latitude: float | None
    longitude: float | None
    phone: str
    opening: str
    access_notes: str
    zone_id: int | None
    is_active: bool


class ContactChange(api.Schema):
    """What changes of a contact; what is not sent stays."""

    name: str | None = None
    role: str | None = None
    site_id: api.Id | None = None
    phone: str | None = None
    mobile: str | None = None
    email: str | None = None
    language: str | None = None
    gets_reports: bool | None = None
    gets_invoices: bool | None = None
    gets_statements: bool | None = None
    notes: str | None = None
    is_active: bool | None = None


class ContactNew(ContactChange):
    """A new contact of a party."""

    party_id: api.Id
    name: str


class ContactOut(api.Schema):
    """A contact."""

    id: int
    party_id: int
    site_id: int | None
    name: str
    role: str
    phone: str
    mobile: str
    email: str
    language: str
    gets_reports: bool
    gets_invoices: bool
    gets_statements: bool
    notes: str
    is_active: bool


class GroupChange(api.Schema):
    """What changes of a group; what is not sent stays."""

    party_id: api.Id | None = None
    name: str | None = None
    notes: str | None = None
    is_active: bool | None = None


class GroupNew(GroupChange):
    """A new group of a customer."""

    party_id: api.Id
    name: str


class GroupOut(api.Schema):
    """A group of the address book."""

    id: int
    party_id: int
    name: str
    notes: str
    is_active: bool
