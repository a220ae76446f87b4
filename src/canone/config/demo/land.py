"""What a country brings along, so that the one generator can draw its demo firm."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from canone.base.access.functions import Role
from canone.channels.connectors.services.checking import Connection
from canone.registers.catalog.rules.bands import Band
from canone.registers.catalog.rules.terms import Terms


@dataclass(frozen=True, slots=True)
class Town:
    """A town with the zone from which it is served."""

    city: str
    postcode: str
    province: str
    latitude: float
    longitude: float
    area_code: str
    zone: str


@dataclass(frozen=True, slots=True)
class Region:
    """Where the customers are, and how they are called; firms stand with their town."""

    towns: Mapping[str, Town]
    zones: tuple[str, ...]
    streets: tuple[str, ...]
    first_names: tuple[tuple[str, str], ...]
    last_names: tuple[str, ...]
    roles: tuple[str, ...]
    firms: tuple[tuple[str, str], ...]
    public: tuple[tuple[str, str], ...]
    people_towns: tuple[str, ...]
    suppliers: tuple[tuple[str, str], ...]
    twin: tuple[str, str]
    legal_forms: str
    is_number_first: bool = False

    def address(self, street: str, number: int) -> str:
        """Return street and number as they are written there."""
        return f"{number} {street}" if self.is_number_first else f"{street} {number}"


@dataclass(frozen=True, slots=True)
class Abroad:
    """A customer beyond the border: its fields, those of its office, and its zone."""

    values: dict[str, Any]
    office: dict[str, Any]
    zone: str


class Numbers(ABC):
    """Draws the country's numbers; the same generator gives the same ones."""

    lacking: ClassVar[Mapping[str, Any]]
    """What a customer is without of whom too little is known."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self._used: set[str] = set()

    @abstractmethod
    def company(self, town: Town, domain: str) -> dict[str, Any]:
        """Return what names a company, and where its invoices go."""

    @abstractmethod
    def public_body(self) -> dict[str, Any]:
        """Return what a public body has in place of a company's."""

    @abstractmethod
    def person(self, last: str, first: str, sex: str, town: Town) -> dict[str, Any]:
        """Return what names an invented person."""

    @abstractmethod
    def abroad(self) -> Abroad:
        """Return a customer beyond the border."""

    @abstractmethod
    def iban(self) -> str:
        """Return an account number."""

    @abstractmethod
    def phone(self, town: Town) -> str:
        """Return a telephone number of the town."""

    @abstractmethod
    def mobile(self) -> str:
        """Return a mobile number."""

    def letters(self, length: int) -> str:
        """Return capitals and digits."""
        return "".join(self.rng.choices("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789", k=length))

    def is_new(self, number: str) -> bool:
        """Whether nobody else in the demo has the number; from now on somebody has."""
        if number in self._used:
            return False
        self._used.add(number)
        return True


@dataclass(frozen=True, slots=True)
class House:
    """The firm itself and who works there."""

    firm: Mapping[str, str]
    domain: str
    password: str
    staff: tuple[tuple[str, str, tuple[Role, ...], tuple[str, ...]], ...]
    """Local part of the address, name, roles, other names; owner and office come first."""
    technicians: tuple[str, ...]
    customer: tuple[str, str]
    """The local part and the name of a customer's person who may sign in."""
    sources: tuple[Connection, ...]
    pushed: Connection
    """The source that is sent to, with the computers it waits for."""
    computers: tuple[tuple[str, str], ...]
    """Those that told their names, one of them unexpected."""


@dataclass(frozen=True, slots=True)
class Paying:
    """Payment terms: code, names, method, days, instalments, interval, end of month, days after."""

    terms: tuple[tuple[Any, ...], ...]
    of_firms: Mapping[str, int]
    """How often firms have which."""
    of_public: str
    of_people: str
    of_abroad: str
    of_suppliers: str

    def is_debit(self, code: str) -> bool:
        """Return whether these terms are paid by direct debit."""
        return any(row[0] == code and row[2] == "direct_debit" for row in self.terms)


@dataclass(frozen=True, slots=True)
class Shop:
    """What is sold: units and articles by code, prices, profiles."""

    units: tuple[tuple[str, str, str, str], ...]
    articles: str
    """Code, kind, unit, price, and the words in Italian, French and English, a line each."""
    vat: str
    usual_list: str
    dealers_list: str
    profiles: tuple[tuple[str, str, Terms], ...]
    standard: tuple[tuple[str, str], tuple[str, str]]
    """What the first of the profiles cost before: at first and for a step, the oldest first."""
    subscription: str
    hourly: tuple[int, int, int]
    overage: int


@dataclass(frozen=True, slots=True)
class Fee:
    """A line of contracts: what it is for, its price, how often it is billed.

    Quantity and price are drawn between two bounds; without bounds the price is that of the list.
    `options` are further fields of the line.
    """

    article: str
    every: int
    text: str = ""
    quantity: tuple[int, int] = (1, 1)
    price: tuple[int, int] = (0, 0)
    unit: str = "month"
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Deal:
    """A kind of contract: its type, its title, its lines, and of how many customers there is one.

    `copies` gives it a machine with a meter; `with_machines` so many machines that it covers.
    """

    type: str
    title: str
    fees: tuple[Fee, ...]
    count: int
    copies: tuple[int, str] = (0, "")
    """Copies included a quarter, and the price of one more."""
    with_machines: int = 0
    years: int = 0
    """How long it runs; 0 without an end."""
    is_own_invoice: bool = False


@dataclass(frozen=True, slots=True)
class Agreed:
    """What the firm agrees on with its customers."""

    types: tuple[tuple[str, str, str], ...]
    """Code, name, conditions."""
    deals: tuple[Deal, ...]
    machines: tuple[tuple[str, str, str], ...]
    """Name, maker, model."""
    printers: tuple[tuple[str, str, str], ...]
    meter: tuple[str, str]
    """What is counted, and in what."""
    copies: str
    """The text of the line of copies."""
    cancelled: str
    suspended: str
    work: tuple[str, str, str, str, str]
    """Of the contract that prices remote work itself: type, title, the article and the words of
    its fee, what it prices."""


@dataclass(frozen=True, slots=True)
class Chain:
    """A connection that broke up: minute, length and note of each piece; the rest is learned."""

    pieces: tuple[tuple[int, int, str], ...]
    laptop: str
    laptop_note: str
    branch: str
    branch_bench: str
    branch_note: str
    bench: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Words:
    """What people write: about computers, work and customers."""

    devices: tuple[str, ...]
    notes: tuple[str, ...]
    courtesy: str
    unknown: tuple[tuple[str, str], ...]
    chain: Chain
    head_office: str
    warehouse: str
    opening: str
    blocked: str
    closed: str
    by_phone: str
    phone_call: str
    undone: str
    written_off: str
    part: str


@dataclass(frozen=True, slots=True)
class Land:
    """All of it."""

    country: str
    language: str
    zone: ZoneInfo
    house: House
    region: Region
    numbers: type[Numbers]
    paying: Paying
    shop: Shop
    words: Words
    agreed: Agreed


def bands(sunday: str, evening: str) -> tuple[Band, ...]:
    """Return the dearer hours of a profile that is answered day and night."""
    return (
        Band(sunday, (6,), 0, 24 * 60, 200, on_holidays=True),
        Band(evening, (0, 1, 2, 3, 4, 5), 18 * 60 + 30, 8 * 60, 150),
    )
