"""What is wrong with a value that was sent, in words: what it should be, and its bounds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_DAY = _("Enter a date such as 2026-04-01.")
_INSTANT = _("Enter an instant such as 2026-04-01T08:30:00Z.")
_NUMBER = _("Enter a number such as 12.50.")
_WHOLE = _("Enter a whole number.")
_LOGIC = _("Enter true or false.")
_AT_LEAST = _("At least %(bound)s.")
_AT_MOST = _("At most %(bound)s.")

# What pydantic calls the fault, in the words of the forms.
WORDS: dict[str, StrOrPromise] = {
    "missing": _("This field is required."),
    "string_type": _("Enter a text."),
    "bool_type": _LOGIC,
    "bool_parsing": _LOGIC,
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_parsing_size": _WHOLE,
    "int_from_float": _WHOLE,
    "decimal_type": _NUMBER,
    "decimal_parsing": _NUMBER,
    "finite_number": _NUMBER,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "date_type": _DAY,
    "date_parsing": _DAY,
    "date_from_datetime_parsing": _DAY,
    "datetime_type": _INSTANT,
    "datetime_parsing": _INSTANT,
    "datetime_from_date_parsing": _INSTANT,
    "timezone_aware": _INSTANT,
    "list_type": _("Enter a list."),
    "extra_forbidden": _("This field does not exist."),
    "json_invalid": _("This is not JSON."),
}
# The same with the bound that pydantic names, by its name there.
BOUNDS: dict[str, tuple[str, StrOrPromise]] = {
    "greater_than": ("gt", _("Above %(bound)s.")),
    "greater_than_equal": ("ge", _AT_LEAST),
    "less_than": ("lt", _("Below %(bound)s.")),
    "less_than_equal": ("le", _AT_MOST),
    "literal_error": ("expected", _("One of these: %(bound)s.")),
    "enum": ("expected", _("One of these: %(bound)s.")),
    "string_pattern_mismatch": ("pattern", _("It has to match %(bound)s.")),
}


def say(fault: Mapping[str, Any]) -> str:
    """Return what is wrong, and the bound where there is one, in the reader's language."""
    kind, context = str(fault["type"]), fault.get("ctx") or {}
    if kind in BOUNDS:
        name, text = BOUNDS[kind]
        return str(text) % {"bound": _bound(context.get(name))}
    if kind == "string_too_short" and context.get("min_length") == 1:
        return str(_("This cannot be empty."))
    counted = _counted(kind, context)
    return counted or str(WORDS.get(kind, _("This value is not valid.")))


def _bound(value: Any) -> str:
    """Return a bound as it is sent; pydantic joins the last of several by an English word."""
    return value.isoformat() if isinstance(value, date) else str(value).replace(" or ", ", ")


def _counted(kind: str, context: Mapping[str, Any]) -> str:
    """Return a fault about how many characters, entries or digits; empty for any other."""
    least, most = int(context.get("min_length") or 0), int(context.get("max_length") or 0)
    digits = int(context.get("max_digits") or context.get("whole_digits") or 0)
    places = int(context.get("decimal_places") or 0)
    said = {
        "string_too_short": (
            least,
            ngettext("At least %(count)s character.", "At least %(count)s characters.", least),
        ),
        "string_too_long": (
            most,
            ngettext("At most %(count)s character.", "At most %(count)s characters.", most),
        ),
        "too_short": (
            least,
            ngettext("At least %(count)s entry.", "At least %(count)s entries.", least),
        ),
        "too_long": (
            most,
            ngettext("At most %(count)s entry.", "At most %(count)s entries.", most),
        ),
        "decimal_max_digits": (
            digits,
            ngettext("At most %(count)s digit.", "At most %(count)s digits.", digits),
        ),
        "decimal_whole_digits": (
            digits,
            ngettext(
                "At most %(count)s digit before the point.",
                "At most %(count)s digits before the point.",
                digits,
            ),
        ),
        "decimal_max_places": (
            places,
            ngettext("At most %(count)s decimal.", "At most %(count)s decimals.", places),
        ),
    }
    count, text = said.get(kind, (0, ""))
    return text % {"count": count} if text else ""
