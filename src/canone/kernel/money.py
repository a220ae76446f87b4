"""Amounts as integers of minor units, unit prices as integers of millionths."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction

MINOR = 100
MICRO = 1_000_000


class NotAnAmountError(ValueError):
    """The text or number cannot be read as an exact amount."""


def half_up(value: Fraction) -> int:
    """Return the integer nearest to `value`, halves away from zero."""
    doubled = 2 * abs(value.numerator) + value.denominator
    rounded = doubled // (2 * value.denominator)
    return rounded if value.numerator >= 0 else -rounded


def exact(text: str | int | Decimal | Fraction) -> Fraction:
    """Return `text` ("20.00", decimal point) as an exact fraction; floats are not accepted.

    Raises NotAnAmountError for anything that is not a finite decimal number.
    """
    if isinstance(text, Fraction):
        return text
    if isinstance(text, bool | float):
        raise NotAnAmountError(f"not an exact amount: {text!r}")
    try:
        number = Decimal(text)
    except (InvalidOperation, TypeError, ValueError) as error:
        raise NotAnAmountError(f"not an amount: {text!r}") from error
    if not number.is_finite() or abs(number.adjusted()) > 30:
        raise NotAnAmountError(f"not a plausible amount: {text!r}")
    return Fraction(number)


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount in minor units (cents) of the firm's currency."""

    minor: int

    @classmethod
    def of(cls, text: str | int | Decimal | Fraction) -> Money:
        """Return the amount written in `text`, rounded half up to the cent."""
        return cls(half_up(exact(text) * MINOR))

    @classmethod
    def zero(cls) -> Money:
        """Return nothing owed."""
        return cls(0)

    @property
    def decimal(self) -> Decimal:
        """The amount in major units with two decimals, for files and interfaces."""
        return Decimal(self.minor).scaleb(-2)

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + other.minor)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - other.minor)

    def __neg__(self) -> Money:
        return Money(-self.minor)

    def __bool__(self) -> bool:
        return self.minor != 0

    def times(self, ratio: Fraction | int) -> Money:
        """Return this amount multiplied by an exact ratio, rounded half up once."""
        return Money(half_up(Fraction(ratio) * self.minor))

    def __str__(self) -> str:
        return f"{self.decimal:.2f}"


@dataclass(frozen=True, slots=True, order=True)
class UnitPrice:
    """A price per unit in millionths of the currency (0.0085 is 8500)."""

    micros: int

    @classmethod
    def of(cls, text: str | int | Decimal | Fraction) -> UnitPrice:
        """Return the price written in `text`; raises NotAnAmountError beyond six decimals."""
        micros = exact(text) * MICRO
        if micros.denominator != 1:
            raise NotAnAmountError(f"more than six decimals: {text!r}")
        return cls(micros.numerator)

    @property
    def exact(self) -> Fraction:
        """The price in major units, without loss."""
        return Fraction(self.micros, MICRO)

    @property
    def decimal(self) -> Decimal:
        """The price in major units with at least two decimals and no idle zeros after."""
        number = Decimal(self.micros).scaleb(-6)
        two = number.quantize(Decimal("0.01"))
        return two if two == number else number.normalize()

    def times(self, quantity: Fraction | int) -> Money:
        """Return the amount for `quantity` units, rounded half up once."""
        return Money(half_up(self.exact * quantity * MINOR))

    def __bool__(self) -> bool:
        return self.micros != 0

    def __str__(self) -> str:
        return f"{self.decimal:f}"
