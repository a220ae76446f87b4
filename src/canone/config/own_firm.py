"""What the firm says of itself, as its page and programs enter it: checked, then kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from canone.base.firm import queries, services
from canone.base.firm.models import Firm
from canone.kernel import identities
from canone.registers.parties.rules.checks import Problem
from canone.registers.parties.services import wording


@cache
def zones() -> tuple[str, ...]:
    """Return the time zones a firm can be in, by name: places, no offsets and no old aliases."""
    return tuple(
        sorted(name for name in available_timezones() if "/" in name and "Etc/" not in name)
    )


def vat_number(text: str, country: str) -> str:
    """Return the number without spaces and the country's letters; a ValidationError when wrong."""
    return _read("vat_number", identities.vat_number(text, country.upper()))


def iban(text: str) -> str:
    """Return the number without spaces; a ValidationError when its check digits are wrong."""
    return _read("iban", identities.iban(text))


def bic(text: str) -> str:
    """Return the code in capitals; a ValidationError when it has not the shape of one."""
    return _read("bic", identities.bic(text))


def asks_about_debits(country: str) -> bool:
    """Whether a firm of the country chooses when it owes VAT on services."""
    return country == Firm.Country.FRANCE


def revise(said: Mapping[str, Any]) -> Firm:
    """Return the firm with what changes; everything that is wrong is in one ValidationError.

    Another country asks the VAT number that is kept to be one of its own too.
    """
    now, values, faults = queries.firm(), dict(said), {}
    country = str(values.get("country", now.country))
    if {"country", "vat_number"} & set(values):
        values.setdefault("vat_number", now.vat_number)
    read: dict[str, Callable[[Any], Any]] = {
        "vat_number": lambda text: vat_number(text, country),
        "iban": iban,
        "bic": bic,
        "time_zone": _zone,
        "pays_vat_on_debits": lambda chosen: _debits(chosen, country),
    }
    for name in read.keys() & values.keys():
        try:
            values[name] = read[name](values[name])
        except ValidationError as error:
            faults[name] = error.error_list
    if faults:
        raise ValidationError(faults)
    return services.revise(**values)


def _read(field: str, found: identities.Reading) -> str:
    if found.fault:
        raise ValidationError(wording.say(Problem(field, found.fault)), code=found.fault.value)
    return found.value


def _zone(name: str) -> str:
    if name not in zones():
        raise ValidationError(_("There is no such time zone."), code="unknown")
    return name


def _debits(chosen: bool, country: str) -> bool:  # noqa: FBT001 (a value of the firm)
    if chosen and not asks_about_debits(country):
        raise ValidationError(_("Only a firm in France can choose this."), code="not_possible")
    return chosen
