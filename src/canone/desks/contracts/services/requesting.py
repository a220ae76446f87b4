"""Charges of what a contract names and bills on request only."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from canone.desks.contracts.models import Contract, Line
from canone.desks.contracts.queries import requested as queries
from canone.desks.contracts.queries import words
from canone.desks.contracts.queries.requested import Wanted
from canone.desks.contracts.rules import requested, tokens
from canone.desks.contracts.rules.terms import Problem
from canone.kernel.money import MICRO
from canone.kernel.periods import ONE_DAY, Period
from canone.ledgers.invoicing.models import Charge
from canone.ledgers.invoicing.services import charges, manual
from canone.registers.parties.services import records
from canone.ui import formats

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

NOT_ON_REQUEST = _(
    "Only a fee with a price that is billed on request is charged by hand; runs bill the others."
)
WHY: dict[str, tuple[str, StrOrPromise]] = {
    "too_early": ("first_day", _("The line is billed here from %(day)s.")),
    "too_late": ("last_day", _("The line holds until %(day)s.")),
    "suspended": ("first_day", _("The contract is suspended from %(day)s.")),
}
"""At which field a day is refused, and with which words."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asked for; the last day is included and, left out, the first."""

    quantity: Decimal
    first_day: date
    last_day: date | None = None
    description: str = ""

    @property
    def until(self) -> date:
        """The last day."""
        return self.last_day or self.first_day

    @property
    def text(self) -> str:
        """The description with single blanks."""
        return " ".join(self.description.split())

    @property
    def wanted(self) -> Wanted:
        """The same for the rules, once the days are known to be in order."""
        return Wanted(self.quantity, Period(self.first_day, self.until + ONE_DAY), self.text)


@transaction.atomic
def bill(*, line_id: int, asked: Asked, key: str, at: datetime, by: int | None) -> Charge:
    """Return the charge that waits for the next run; the same under the same `key`, on record.

    It belongs to the contract as its other charges do. Faults are a ValidationError by field, and
    something else under a used key is one without. What is on record is so however the line or its
    contract changed since.
    """
    contract_id = Line.objects.values_list("contract_id", flat=True).get(pk=line_id)
    contract = Contract.objects.select_for_update().get(pk=contract_id)
    held = Line.objects.select_for_update(of=("self",)).select_related("article__unit")
    line = held.get(pk=line_id)
    line.contract = contract
    if known := _on_record(line, asked, key):
        return known
    if not queries.can_be_billed(line):
        raise records.refuse(NOT_ON_REQUEST)
    if told := faults(line, asked):
        raise ValidationError(told)
    draft = _draft(line, asked.wanted, key)
    charges.post_missing([draft], at=at, by=by)
    return _under(draft.origin).get()


def _on_record(line: Line, asked: Asked, key: str) -> Charge | None:
    known = _under(_origin(line, key)).first()
    if known is None:
        return None
    days = (asked.first_day, asked.until + ONE_DAY)
    is_same = (
        days == (known.service_start, known.service_end)
        and asked.wanted.micros == known.quantity_micros
        and queries.description(line, asked.wanted) == known.description
    )
    if not is_same:
        raise records.refuse(manual.FORM_USED)
    return known


def _under(origin: str) -> QuerySet[Charge]:
    return Charge.objects.filter(origin=origin, revision=1, is_reversal=False)


def _origin(line: Line, key: str) -> str:
    return f"{queries.of_line(line)}{key}"


def faults(line: Line, asked: Asked) -> records.Faults:
    """Return everything that is wrong with what is to be billed, by field."""
    written = manual.Written(
        line.contract.customer,
        asked.text or str(line.description or line.article),
        asked.quantity,
        "",
        line.unit_price,
        line.vat,
        asked.first_day,
        asked.until,
    )
    found: records.Faults = {name: list(texts) for name, texts in manual.faults(written).items()}
    if strange := tokens.unknown(asked.text):
        told = Problem("unknown_token", "description", "{" + strange[0] + "}")
        found["description"] = [words.problem(told)]
    if "last_day" in found:
        return found
    days = asked.wanted.period
    for one in requested.outside(line.terms(), days, line.contract.suspended_from):
        field, sentence = WHY[one.code]
        found.setdefault(field, []).append(str(sentence) % {"day": formats.date_of(one.day)})
    return found


def _draft(line: Line, wanted: Wanted, key: str) -> charges.ChargeDraft:
    article, cost = line.article, queries.amount(line, wanted)
    has_unit = article is not None and wanted.micros != MICRO
    return charges.ChargeDraft(
        origin=_origin(line, key),
        revision=1,
        customer_id=line.contract.customer_id,
        kind=queries.KIND,
        description=queries.description(line, wanted),
        quantity_micros=wanted.micros,
        unit=article.unit.code if article is not None and has_unit else "",
        unit_price_micros=line.unit_price.micros,
        amount_minor=cost.minor,
        vat_id=line.vat_id,
        service_start=wanted.period.start,
        service_end=wanted.period.end,
        explanation=json.dumps([{"code": "contract_request", "amount": str(cost)}]),
        bundle=line.contract.bundle,
        site_id=line.contract.site_id,
        article_id=line.article_id,
        discount_bp=line.discount_bp,
        sequence=line.sequence,
    )
