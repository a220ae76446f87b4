"""Model fields for exact amounts."""

from __future__ import annotations

from typing import Any

from django.db import models

from canone.kernel.money import Money, UnitPrice


class MoneyField(models.BigIntegerField):  # type: ignore[type-arg]
    """A Money kept as an integer of minor units."""

    # what mypy may see assigned and read; the stubs know only int
    _pyi_private_set_type: Any
    _pyi_private_get_type: Money  # type: ignore[assignment]

    def from_db_value(self, value: int | None, *_: object) -> Money | None:
        """Return the stored cents as Money."""
        return None if value is None else Money(value)

    def to_python(self, value: Any) -> Money | None:
        """Return `value` as Money; integers are cents."""
        if value is None or isinstance(value, Money):
            return value
        return Money(int(value))

    def get_prep_value(self, value: Any) -> int | None:
        """Return the cents that the database stores."""
        return value.minor if isinstance(value, Money) else super().get_prep_value(value)

    def run_validators(self, value: Any) -> None:
        """Return nothing; the limits of the column are those of its integers."""
        super().run_validators(value.minor if isinstance(value, Money) else value)


class UnitPriceField(models.BigIntegerField):  # type: ignore[type-arg]
    """A UnitPrice kept as an integer of millionths."""

    # what mypy may see assigned and read; the stubs know only int
    _pyi_private_set_type: Any
    _pyi_private_get_type: UnitPrice  # type: ignore[assignment]

    def from_db_value(self, value: int | None, *_: object) -> UnitPrice | None:
        """Return the stored millionths as UnitPrice."""
        return None if value is None else UnitPrice(value)

    def to_python(self, value: Any) -> UnitPrice | None:
        """Return `value` as UnitPrice; integers are millionths."""
        if value is None or isinstance(value, UnitPrice):
            return value
        return UnitPrice(int(value))

    def get_prep_value(self, value: Any) -> int | None:
        """Return the millionths that the database stores."""
        return value.micros if isinstance(value, UnitPrice) else super().get_prep_value(value)

    def run_validators(self, value: Any) -> None:
        """Return nothing; the limits of the column are those of its integers."""
        super().run_validators(value.micros if isinstance(value, UnitPrice) else value)
