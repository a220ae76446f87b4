"""What a tariff says, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import NamedTuple

from canone.kernel.money import MICRO, MINOR, Money, UnitPrice
from canone.registers.catalog.rules.bands import DAY, MOST_BANDS, Band
from canone.registers.catalog.rules.holidays import COUNTRIES

MOST_MINUTES = 1_000_000
MOST_MONEY = 1_000_000_000
MOST_PERCENT = 10_000
FREE = UnitPrice(0)
NOTHING = Money(0)


class Kind(StrEnum):
    """How the customer pays."""

    PAY_PER_USE = "pay_per_use"
    SUBSCRIPTION = "subscription"


class Rounding(StrEnum):
    """How seconds become minutes."""

    UP = "up"
    NEAREST = "nearest"
    DOWN = "down"


class Overlap(StrEnum):
    """Whose simultaneous sessions count once."""

    NONE = "none"
    CUSTOMER = "customer"
    TECHNICIAN = "technician"


class OnExhaust(StrEnum):
    """What happens when prepaid time is used up."""

    NEGATIVE = "negative"
    REFUSE = "refuse"
    OVERAGE = "overage"


class TariffBy(StrEnum):
    """Which version of the tariff prices a session."""

    ACCOUNTING = "accounting"
    START = "start"


class Problem(NamedTuple):
    """Something that cannot be: a code, the field it stands at, the values for its sentence."""

    code: str
    field: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Terms:
    """What one version of a tariff says; everything after `amount` is off unless chosen."""

    kind: Kind = Kind.PAY_PER_USE
    minimum_minutes: int = 0
    initial_minutes: int = 0
    initial_price: UnitPrice = FREE
    step_minutes: int = 1
    step_price: UnitPrice = FREE
    total_minutes: int = 0
    amount: Money = NOTHING
    rounding: Rounding = Rounding.UP
    tolerance_seconds: int = 0
    maximum_price: Money | None = None
    merge_gap_minutes: int = 0
    overlap: Overlap = Overlap.NONE
    bands: tuple[Band, ...] = ()
    holidays: str = ""
    on_exhaust: OnExhaust = OnExhaust.NEGATIVE
    overage_price: UnitPrice = FREE
    warn_at_percent: tuple[int, ...] = ()
    expiry_months: int = 0
    rollover_minutes: int = 0
    note_required: bool = False
    tariff_by: TariffBy = TariffBy.ACCOUNTING
    is_plain: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Note whether price depends on the minutes alone, for the short way through `rate`."""
        plain = (
            self.kind is Kind.PAY_PER_USE
            and self.rounding is Rounding.UP
            and not self.tolerance_seconds
            and not self.bands
            and self.maximum_price is None
        )
        object.__setattr__(self, "is_plain", plain)

    @property
    def is_subscription(self) -> bool:
        """Whether work is taken from prepaid time and has no price of its own."""
        return self.kind is Kind.SUBSCRIPTION


MINUTE_FIELDS = (
    "minimum_minutes",
    "initial_minutes",
    "step_minutes",
    "total_minutes",
    "rollover_minutes",
)
PRICE_FIELDS = ("initial_price", "step_price", "overage_price")
LIMITS = (("tolerance_seconds", 59), ("merge_gap_minutes", DAY), ("expiry_months", 120))
OPTIONS = tuple(
    item.name
    for item in fields(Terms)
    if item.init
    and item.name
    not in {
        "kind",
        "minimum_minutes",
        "initial_minutes",
        "initial_price",
        "step_minutes",
        "step_price",
        "total_minutes",
        "amount",
    }
)


def check(terms: Terms) -> list[Problem]:
    """Return everything that makes `terms` impossible, in the order of the form."""
    return [*_minutes(terms), *_money(terms), *_sense(terms), *_bands(terms)]


def _minutes(terms: Terms) -> Iterator[Problem]:
    for name in MINUTE_FIELDS:
        yield from _between(name, getattr(terms, name), MOST_MINUTES)
    for name, most in LIMITS:
        yield from _between(name, getattr(terms, name), most)


def _money(terms: Terms) -> Iterator[Problem]:
    for name in PRICE_FIELDS:
        yield from _between(name, getattr(terms, name).micros, MOST_MONEY * MICRO, MICRO)
    yield from _between("amount", terms.amount.minor, MOST_MONEY * MINOR, MINOR)
    if terms.maximum_price is not None:
        top = terms.maximum_price
        yield from _between("maximum_price", top.minor, MOST_MONEY * MINOR, MINOR)
        if 0 <= top.minor * (MICRO // MINOR) < terms.initial_price.micros:
            yield Problem("cap_below_initial", "maximum_price", str(terms.initial_price))


def _between(name: str, value: int, most: int, unit: int = 1) -> Iterator[Problem]:
    if value < 0:
        yield Problem("negative", name)
    elif value > most:
        yield Problem("too_much", name, str(most // unit))


def _sense(terms: Terms) -> Iterator[Problem]:
    if terms.step_minutes == 0 and (terms.is_subscription or terms.step_price):
        yield Problem("step_of_zero", "step_minutes")
    if terms.on_exhaust is OnExhaust.OVERAGE and not terms.overage_price:
        yield Problem("overage_without_price", "overage_price")
    if terms.tolerance_seconds and terms.rounding is not Rounding.UP:
        yield Problem("tolerance_needs_up", "tolerance_seconds")
    if terms.holidays and terms.holidays not in COUNTRIES:
        yield Problem("unknown_country", "holidays", terms.holidays)
    if any(not 0 <= percent <= 100 for percent in terms.warn_at_percent):
        yield Problem("not_a_percentage", "warn_at_percent")


def _bands(terms: Terms) -> Iterator[Problem]:
    if len(terms.bands) > MOST_BANDS:
        yield Problem("too_many_bands", "bands", str(MOST_BANDS))
    for band in terms.bands:
        if not 0 <= band.start < DAY or not 0 < band.end <= DAY or band.start == band.end:
            yield Problem("band_times", "bands", band.name)
        if not band.days and not band.on_holidays:
            yield Problem("band_days", "bands", band.name)
        if any(not 0 <= day <= 6 for day in band.days):
            yield Problem("band_days", "bands", band.name)
        if not 0 <= band.percent <= MOST_PERCENT:
            yield Problem("band_percent", "bands", band.name)
    if any(band.on_holidays for band in terms.bands) and not terms.holidays:
        yield Problem("holidays_of_nowhere", "holidays")
