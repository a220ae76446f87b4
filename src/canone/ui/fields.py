"""Form fields that read what people write: `1.234,56`, `1 234,56`, `2:43`, `01/12/2026`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeVar

from django import forms
from django.utils.translation import gettext_lazy as _

from canone.kernel import money as amounts
from canone.ui import formats, reading, zones

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

T = TypeVar("T")


class _TextInput(forms.TextInput):
    """A text input whose value our fields wrote; Django must not localise it again."""

    def format_value(self, value: Any) -> str | None:
        return None if value is None or value == "" else str(value)


class _ReadField(ABC, forms.Field):
    """A field that reads text with one function and writes it with another."""

    widget = _TextInput
    unit: StrOrPromise = ""
    wrong: StrOrPromise = ""
    mode = "decimal"
    numeric = True

    def __init__(
        self,
        *,
        minimum: Any = None,
        maximum: Any = None,
        unit: StrOrPromise | None = None,
        **options: Any,
    ) -> None:
        self.minimum, self.maximum = minimum, maximum
        super().__init__(**options)
        if unit is not None:
            self.unit = unit

    @abstractmethod
    def read(self, text: str) -> Any:
        """Return the value of `text`; NotReadableError where there is none."""

    @abstractmethod
    def write(self, value: Any) -> str:
        """Return `value` as its field shows it."""

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:  # noqa: ARG002 (Django's)
        """Return the keyboard of a phone and the alignment."""
        attrs: dict[str, Any] = {"inputmode": self.mode, "autocomplete": "off"}
        return attrs | ({"class": "cn-num"} if self.numeric else {})

    def prepare_value(self, value: Any) -> Any:
        """Return what the input shows: text as typed, values as written."""
        return value if value is None or isinstance(value, str) else self.write(value)

    def to_python(self, value: Any) -> Any:
        """Return the value; the fault names an example."""
        if value is None or not isinstance(value, str):
            return value
        if not value.strip():
            return None
        try:
            return self.read(value)
        except (reading.NotReadableError, amounts.NotAnAmountError, OverflowError) as error:
            raise forms.ValidationError(self.wrong, code="invalid") from error

    def validate(self, value: Any) -> None:
        """Refuse what lies beyond the bounds."""
        super().validate(value)
        if value is None:
            return
        if self.minimum is not None and value < self.minimum:
            raise forms.ValidationError(
                _("At least %(bound)s."), code="min", params={"bound": self.told(self.minimum)}
            )
        if self.maximum is not None and value > self.maximum:
            raise forms.ValidationError(
                _("At most %(bound)s."), code="max", params={"bound": self.told(self.maximum)}
            )

    def told(self, value: Any) -> str:
        """Return a bound as a sentence names it."""
        return self.write(value)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether the text means another value."""
        try:
            return bool(self.to_python(data) != self.to_python(initial))
        except forms.ValidationError:
            return True


class NumberField(_ReadField):
    """A number as Decimal, with at most `decimals` digits after the point."""

    wrong = _("Not a number. Example: 12,5")

    def __init__(self, *, decimals: int = 6, **options: Any) -> None:
        self.decimals = decimals
        super().__init__(**options)

    def read(self, text: str) -> Decimal:
        """Return the number."""
        value = reading.number(text)
        if value != round(value, self.decimals):
            raise forms.ValidationError(
                _("At most %(count)s decimals."), code="decimals", params={"count": self.decimals}
            )
        return value

    def write(self, value: Any) -> str:
        """Return the number with its digits."""
        number = Decimal(value).normalize() if not isinstance(value, Fraction) else value
        return formats.number(number)


class MoneyField(_ReadField):
    """An amount as Money."""

    unit = "€"
    wrong = _("Not an amount. Example: 20,00")

    def read(self, text: str) -> amounts.Money:
        """Return the amount; more than two decimals are a fault."""
        value = reading.number(text)
        if value != round(value, 2):
            raise forms.ValidationError(_("An amount has two decimals."), code="decimals")
        if abs(value) >= 10**13:
            raise forms.ValidationError(_("This amount is too large."), code="max")
        return amounts.Money.of(value)

    def write(self, value: amounts.Money) -> str:
        """Return the amount without its sign of currency, which stands inside the field."""
        return formats.number(value.decimal, decimals=2)


class UnitPriceField(_ReadField):
    """A price per unit as UnitPrice, up to six decimals."""

    unit = "€"
    wrong = _("Not a price. Example: 0,0085")

    def read(self, text: str) -> amounts.UnitPrice:
        """Return the price; more than six decimals are a fault."""
        value = reading.number(text)
        if value != round(value, 6):
            raise forms.ValidationError(_("A price has six decimals at most."), code="decimals")
        if abs(value) >= 10**9:
            raise forms.ValidationError(_("This price is too large."), code="max")
        return amounts.UnitPrice.of(value)

    def write(self, value: amounts.UnitPrice) -> str:
        """Return the price with as many decimals as it has."""
        return formats.number(value.decimal)


class PercentField(_ReadField):
    """A percentage as a ratio (Fraction): `3,1` is 31/1000."""

    unit = "%"
    wrong = _("Not a percentage. Example: 3,1")

    def read(self, text: str) -> Fraction:
        """Return the ratio."""
        return Fraction(reading.number(text.replace("%", ""))) / 100

    def write(self, value: Fraction) -> str:
        """Return the percentage without its sign."""
        return formats.number(Fraction(value) * 100)

    def told(self, value: Fraction) -> str:
        """Return the percentage as a sentence names it."""
        return formats.percent(value, decimals=0 if (value * 100).denominator == 1 else 2)


class DurationField(_ReadField):
    """Hours as whole minutes: `2:43`, `2,5` and `2.5` are read."""

    unit = _("hours")
    wrong = _("Not a duration. Examples: 2:30 or 2,5")
    mode = "text"

    def read(self, text: str) -> int:
        """Return the minutes."""
        return reading.duration(text)

    def write(self, value: int) -> str:
        """Return `2:43`."""
        return formats.duration(value)


class MinutesField(_ReadField):
    """Whole minutes as int; negative ones where `minimum` allows."""

    unit: StrOrPromise = _("minutes")
    wrong: StrOrPromise = _("Not a whole number of minutes. Example: 15")
    mode = "numeric"

    def __init__(self, *, minimum: int | None = 0, **options: Any) -> None:
        super().__init__(minimum=minimum, **options)

    def read(self, text: str) -> int:
        """Return the minutes; a fraction is a fault."""
        value = reading.number(text)
        if value != int(value) or abs(value) > 10**9:
            raise reading.NotReadableError(text)
        return int(value)

    def write(self, value: int) -> str:
        """Return the number; the sign is a plain hyphen-minus, as keyboards have it."""
        return str(value)


class WholeField(MinutesField):
    """A whole number without a unit."""

    unit: StrOrPromise = ""
    wrong = _("Not a whole number. Example: 3")


class DateField(_ReadField):
    """A day."""

    wrong = _("Not a date. Example: 01/12/2026")
    mode = "text"
    numeric = False

    def read(self, text: str) -> date:
        """Return the day, between 1900 and 2200."""
        found = reading.day(text)
        if not 1900 <= found.year <= 2200:
            raise forms.ValidationError(_("The year is not plausible."), code="year")
        return found

    def write(self, value: date) -> str:
        """Return `01/12/2026`."""
        return formats.date_of(value)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Return what marks a date."""
        return super().widget_attrs(widget) | {"placeholder": _("dd/mm/yyyy"), "class": "cn-date"}


class InstantField(_ReadField):
    """A date and wall time in the firm's zone, as an aware UTC instant.

    An hour that came twice is read as its first time, one that never came is a fault.
    """

    wrong = _("Not a date and time. Example: 01/12/2026 9:05")
    mode = "text"
    numeric = False

    def read(self, text: str) -> datetime:
        """Return the instant."""
        zone = zones.zone()
        found = reading.instant(text, zone)
        utc = found.astimezone(UTC)
        if utc.astimezone(zone).replace(tzinfo=None) != found.replace(tzinfo=None):
            raise forms.ValidationError(
                _("This hour did not exist: the clocks went forward."), code="gap"
            )
        return utc

    def write(self, value: datetime) -> str:
        """Return `01/12/2026 09:05`."""
        return formats.instant(value, zones.zone())


class SwitchField(forms.BooleanField):
    """A switch: on or off, never required."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("required", False)
        widget = forms.CheckboxInput(attrs={"role": "switch"})
        super().__init__(widget=options.pop("widget", widget), **options)


class PickField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One row of another table; `shown` writes it."""

    def __init__(self, *args: Any, shown: Callable[[Any], str] = str, **options: Any) -> None:
        self.shown = shown
        options.setdefault("empty_label", _("Choose"))
        super().__init__(*args, **options)

    def label_from_instance(self, obj: Any) -> str:
        """Return the row's words."""
        return self.shown(obj)
