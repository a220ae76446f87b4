"""Numbers, amounts, durations and dates as people write them in Italian, French and English.

Every function takes the language; without one it writes in the language of the page.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from babel.dates import format_date
from django.utils import translation

from canone.kernel.money import Money, UnitPrice, half_up

NO_BREAK = "\u00a0"
NARROW = "\u202f"
MINUS = "\u2212"
DASH = "\u2013"
MISSING = DASH
GROUP = {"it": ".", "fr": NARROW, "en": ","}
POINT = {"it": ",", "fr": ",", "en": "."}

Number = int | Decimal | Fraction


def language_or(language: str | None = None) -> str:
    """Return `language`, or the page's, as one of it, fr, en."""
    short = (language or translation.get_language() or "it")[:2]
    return short if short in POINT else "en"


def number(
    value: Number | None,
    language: str | None = None,
    *,
    decimals: int | None = None,
    signed: bool = False,
) -> str:
    """Return `value` with groups; `decimals` rounds half up, otherwise all digits stand."""
    if value is None:
        return MISSING
    language = language_or(language)
    digits = _digits(value, decimals)
    whole, _, part = digits.lstrip("-").partition(".")
    text = f"{int(whole):,}".replace(",", GROUP[language])
    if part:
        text += POINT[language] + part
    return _sign(value, signed=signed, zero=set(digits) <= set("-0.")) + text


def money(amount: Money | None, language: str | None = None, *, signed: bool = False) -> str:
    """Return `1.234,56 €`, `1 234,56 €` or `€1,234.56`; a missing amount is a dash."""
    if amount is None:
        return MISSING
    return _with_euro(amount.decimal, language, decimals=2, signed=signed)


def unit_price(price: UnitPrice | None, language: str | None = None) -> str:
    """Return the price with as many decimals as it has, two at least: `0,0085 €`."""
    if price is None:
        return MISSING
    return _with_euro(price.decimal, language, decimals=None, signed=False)


def percent(
    ratio: Number | None,
    language: str | None = None,
    *,
    decimals: int = 1,
    signed: bool = False,
) -> str:
    """Return a ratio as `3,1 %`; 31/1000 is 3,1 %."""
    if ratio is None:
        return MISSING
    language = language_or(language)
    text = number(Fraction(ratio) * 100, language, decimals=decimals, signed=signed)
    return f"{text}%" if language == "en" else f"{text}{NO_BREAK}%"


def duration(minutes: int | None, *, signed: bool = False) -> str:
    """Return minutes as `2:43`; the same in every language."""
    if minutes is None:
        return MISSING
    hours, rest = divmod(abs(minutes), 60)
    return _sign(minutes, signed=signed, zero=minutes == 0) + f"{hours}:{rest:02d}"


def date_of(day: date | None) -> str:
    """Return `01/12/2026`; the same in every language."""
    return MISSING if day is None else f"{day:%d/%m/%Y}"


def time_of(moment: datetime | None, zone: tzinfo) -> str:
    """Return the wall time in `zone`: `9:05`."""
    if moment is None:
        return MISSING
    local = moment.astimezone(zone)
    return f"{local.hour}:{local.minute:02d}"


def instant(moment: datetime | None, zone: tzinfo) -> str:
    """Return date and wall time in `zone`: `19/11/2026 09:05`."""
    return MISSING if moment is None else f"{moment.astimezone(zone):%d/%m/%Y %H:%M}"


def span(start: datetime, end: datetime | None, zone: tzinfo) -> str:
    """Return `19/11/2026 16:41–17:23`; both dates where the days differ, `–…` while it runs."""
    begin = instant(start, zone)
    if end is None:
        return f"{begin}{DASH}…"
    same = start.astimezone(zone).date() == end.astimezone(zone).date()
    return f"{begin}{DASH}{time_of(end, zone) if same else instant(end, zone)}"


def period(start: date, end: date | None) -> str:
    """Return a half-open period with its last day: `01/12/2026–31/12/2026`."""
    if end is None:
        return f"{date_of(start)}{DASH}…"
    last = end - timedelta(days=1)
    return date_of(start) if last <= start else f"{date_of(start)}{DASH}{date_of(last)}"


def long_date(day: date, language: str | None = None) -> str:
    """Return `martedì 1 dicembre 2026`."""
    return str(format_date(day, "EEEE d MMMM y", locale=language_or(language)))


def month(day: date, language: str | None = None) -> str:
    """Return `novembre 2026`."""
    return str(format_date(day, "LLLL y", locale=language_or(language)))


def short_month(day: date, language: str | None = None) -> str:
    """Return `nov`."""
    return str(format_date(day, "LLL", locale=language_or(language)))


def size(count: int | None, language: str | None = None) -> str:
    """Return a number of bytes as `48 MB`."""
    if count is None:
        return MISSING
    value, unit = Decimal(count), "B"
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000 or unit == "GB":
            break
        value /= 1000
    decimals = 0 if unit == "B" or value >= 10 else 1
    return f"{number(value, language, decimals=decimals)}{NO_BREAK}{unit}"


def _digits(value: Number, decimals: int | None) -> str:
    if decimals is not None:
        scaled = half_up(Fraction(value) * 10**decimals)
        return f"{Decimal(scaled).scaleb(-decimals):.{decimals}f}"
    if isinstance(value, Fraction):
        value = Decimal(value.numerator) / Decimal(value.denominator)
        value = value.quantize(Decimal("0.000001"), ROUND_HALF_UP).normalize()
    return f"{Decimal(value):f}"


def _sign(value: Number, *, signed: bool, zero: bool) -> str:
    if zero:
        return ""
    if value < 0:
        return MINUS
    return "+" if signed else ""


def _with_euro(value: Decimal, language: str | None, *, decimals: int | None, signed: bool) -> str:
    language = language_or(language)
    text = number(abs(value), language, decimals=decimals)
    sign = _sign(value, signed=signed, zero=value == 0)
    return f"{sign}€{text}" if language == "en" else f"{sign}{text}{NO_BREAK}€"
