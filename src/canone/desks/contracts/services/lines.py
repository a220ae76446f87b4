"""Lines of contracts are written here."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from canone.base.firm import queries as firm
from canone.base.history import services as history
from canone.desks.contracts.models import Contract, Line
from canone.desks.contracts.queries import habits, requested, words
from canone.desks.contracts.rules import metering, pausing, tokens
from canone.desks.contracts.rules.agreed import POINTS
from canone.desks.contracts.rules.pausing import Days
from canone.desks.contracts.rules.terms import Problem, check
from canone.desks.contracts.services import contracts, granting
from canone.kernel.money import Money, UnitPrice
from canone.kernel.periods import ONE_DAY
from canone.ledgers.invoicing.models import Charge
from canone.registers.parties.services import records
from canone.ui import formats

FIELDS = (
    "sequence", "kind", "article", "description", "quantity_micros", "unit_price", "discount_bp",
    "vat", "is_on_request", "start", "end", "counted_from", "unit_of_cycle", "every", "timing",
    "anchor", "anchor_day", "month_offset", "day_basis", "amount_per", "sum_to_annual", "months",
    "billed_through", "meter", "included", "pricing", "tiers", "minimum", "is_estimated",
    "grants", "granted", "is_kept", "tariff", "group",
)  # fmt: skip
OF_TERMS = {
    "start": "start", "end": "end", "cycle.every": "every", "amount": "unit_price",
    "activation": "counted_from", "go_live": "billed_through",
}  # fmt: skip
STEP = 10
OF_AN_END = {"end", NON_FIELD_ERRORS}
DAYS = {"start", "end"}
MOVES = {"meter", "group"}
"""What can go to another customer after the line was entered; that does not bar its corrections."""
NEEDS_TEXT = _("An article or a description is needed.")
NO_METER = _("What is used is read from a meter.")
OTHER_METER = _("This meter stands at another customer.")
NO_DISCOUNT = _("What is used has no discount: enter the price that is meant.")
NO_FEE_METER = _("A fee asks no meter.")
NEGATIVE = _("This cannot be below zero.")
TOO_EARLY = _(
    "Nothing is billed before the contract’s activation on %(day)s. "
    "Begin the line on that day, or correct the activation first."
)
OUTSIDE = _("The line lies outside its contract.")
CHARGED = _("Something was charged from this line. End it, or let another follow it.")
SAME_DAY = _("A line that follows begins after the one before it, and while that one runs.")
GRANTED = _("Something was granted by this line. End it, or let another follow it.")
NO_QUANTITY = _("Say how much is granted.")
NO_GRANT = _("Say what is granted: hours, tickets, visits or copies.")
NO_USAGE_GRANT = _("Only a fee includes something besides: add a line for it.")
NO_TARIFF = _("Say by which profile the work is priced.")
ONLY_WORK = _("Only a line for work has a profile and a group.")
CHARGES_NOTHING = _("A line for work charges nothing itself: add a line for the fee.")
OTHER_GROUP = _("This group belongs to another customer.")
FOLLOWED = _("Another line follows this one already.")


def blank(contract: Contract, *, day_basis: str = "") -> Line:
    """Return a line in memory that costs nothing yet, measured by the firm's habit unless given."""
    basis = day_basis or habits.habits().day_basis
    return Line(contract=contract, unit_price=UnitPrice(0), minimum=Money.zero(), day_basis=basis)


@transaction.atomic
def add(*, contract_id: int, at: datetime, by: int | None, **values: Any) -> Line:
    """Return a new line; faults are a ValidationError by field. It begins with its contract."""
    contract = Contract.objects.select_for_update().get(pk=contract_id)
    line = blank(contract)
    given: dict[str, Any] = {"start": contract.start} | values
    if "sequence" not in given:
        given["sequence"] = last_of(contract) + STEP
    records.put(line, given, FIELDS)
    return _written(line, faults(line), at=at, by=by)


@transaction.atomic
def add_many(new: Sequence[Line], *, at: datetime, by: int | None) -> None:
    """Save new lines, whole and in memory, of contracts that are there; for rows of a file.

    Faults are a ValidationError, and nothing is saved. What their links lead to was looked up.
    """
    for line in new:
        if told := faults(line, light=True):
            raise ValidationError(dict(told))
    records.keep_new(new, at=at, by=by)
    acting = [line.pk for line in new if line.grants or line.tariff_id]
    for line in Line.objects.filter(pk__in=acting).select_related("contract").order_by("pk"):
        _follow(line, at=at, by=by)


def last_of(contract: Contract) -> int:
    """Return the place of the contract's last line, 0 without any."""
    last = contract.lines.order_by("-sequence").values_list("sequence", flat=True).first()
    return last or 0


@transaction.atomic
def update(*, line_id: int, at: datetime, by: int | None, **values: Any) -> Line:
    """Return the line after the change, which holds from its first day: a correction.

    The next run charges or gives back the difference. For a change from a day on there is `revise`.
    """
    line = Line.objects.select_for_update(of=("self",)).select_related("contract").get(pk=line_id)
    changed = records.put(line, values, FIELDS)
    if not changed:
        return line
    return _keep(line, changed, at=at, by=by)


@transaction.atomic
def revise(*, line_id: int, day: date, at: datetime, by: int | None, **values: Any) -> Line:
    """Return the line that goes on from `day` with other values, in the same periods."""
    line = Line.objects.select_for_update(of=("self",)).select_related("contract").get(pk=line_id)
    if Line.objects.filter(follows=line).exists():
        raise records.refuse(FOLLOWED)
    new = Line(contract=line.contract, follows=line)
    kept = {name: getattr(line, name) for name in FIELDS}
    records.put(new, kept, FIELDS)
    changed = records.put(new, values, FIELDS)
    new.start, new.end = day, values.get("end", line.end)
    if day <= line.start or (line.end is not None and day >= line.end):
        told = {name: texts for name, texts in _faults_by(new, changed).items() if name not in DAYS}
        raise ValidationError({**told, "day": [SAME_DAY]})
    _end(line, day, at=at, by=by)
    return _keep(new, changed, at=at, by=by)


@transaction.atomic
def end(*, line_id: int, last_day: date, at: datetime, by: int | None) -> Line:
    """Return the line, ending with `last_day`; the next run gives back what is billed beyond."""
    line = Line.objects.select_for_update(of=("self",)).select_related("contract").get(pk=line_id)
    return _end(line, last_day + ONE_DAY, at=at, by=by)


@transaction.atomic
def resume(*, contract_id: int, day: date, at: datetime, by: int | None) -> Contract:
    """Return the contract, going on from `day`: what lies in between is not billed.

    Lines that run over the pause end where it began, and others follow them from `day` on, in the
    same periods; one that begins within it begins on `day`. To bill the pause as well, there is
    `contracts.unsuspend`.
    """
    contract = Contract.objects.select_for_update().get(pk=contract_id)
    pause = contract.suspended_from
    if pause is None:
        raise records.refuse(contracts.NOT_SUSPENDED)
    if day < pause:
        raise records.refuse(contracts.BEFORE_SUSPENSION, "day")
    running = contract.lines.select_for_update(of=("self",)).filter(start__lt=day)
    for line in running.select_related("contract").order_by("pk"):
        _pause(line, pause, day, at=at, by=by)
    contract.refresh_from_db()
    return contracts.go_on(contract, at=at, by=by)


def _pause(line: Line, pause: date, day: date, *, at: datetime, by: int | None) -> None:
    is_followed = Line.objects.filter(follows=line).exists()
    days = Days(line.start, line.end)
    kept, follower = pausing.cut(days, pause, day, is_followed=is_followed)
    if kept.start != line.start:
        line.start = kept.start
        _keep(line, DAYS, at=at, by=by)
    elif kept.end is not None and kept.end != line.end:
        _end(line, kept.end, at=at, by=by)
    if follower is not None:
        new = Line(contract=line.contract, follows=line)
        copied = {name: getattr(line, name) for name in FIELDS}
        records.put(new, copied | follower._asdict(), FIELDS)
        _keep(new, DAYS, at=at, by=by)


@transaction.atomic
def remove(*, line_id: int, reason: str, at: datetime, by: int | None) -> None:
    """Take a line away from which nothing was ever charged; the history keeps it."""
    line = Line.objects.select_for_update(of=("self",)).get(pk=line_id)
    origins = (f"line:{line.pk}:", requested.of_line(line))
    if any(Charge.objects.filter(origin__startswith=origin).exists() for origin in origins):
        raise records.refuse(CHARGED)
    if granting.has_granted(line):
        raise records.refuse(GRANTED)
    with history.acting(by):
        records.remove(line, reason=reason, at=at)


def _end(line: Line, day: date, *, at: datetime, by: int | None) -> Line:
    """Return the line, ended; what else became wrong since it was entered does not matter."""
    line.end = day
    told = {name: texts for name, texts in faults(line).items() if name in OF_AN_END}
    return _written(line, told, at=at, by=by)


def _keep(line: Line, changed: AbstractSet[str], *, at: datetime, by: int | None) -> Line:
    return _written(line, _faults_by(line, changed), at=at, by=by)


def _faults_by(line: Line, changed: AbstractSet[str]) -> records.Faults:
    """Return what is wrong, but for what became so since the line was entered.

    That is a meter or a group that went to another customer, and an activation that was moved.
    """
    right = set() if "kind" in changed else MOVES - changed
    if "start" not in changed and line.start < line.contract.start:
        right.add("start")
    return {name: texts for name, texts in faults(line).items() if name not in right}


def _written(line: Line, told: records.Faults, *, at: datetime, by: int | None) -> Line:
    records.keep(line, told, at=at, by=by)
    _follow(line, at=at, by=by)
    return line


def _follow(line: Line, *, at: datetime, by: int | None) -> None:
    """Open the pool that a line's work draws on, and grant what it includes by now."""
    if line.tariff is not None and line.tariff.kind == line.tariff.Kind.SUBSCRIPTION:
        granting.open_hours(line.contract, at=at, by=by)
    if line.grants or granting.has_granted(line):
        granting.follow(line, day=at.astimezone(firm.zone()).date(), at=at, by=by)


def faults(line: Line, *, light: bool = False) -> records.Faults:
    """Return everything that is wrong with a line in memory, by field."""
    special: records.Faults = {}
    if line.article is None and not line.description and line.kind != Line.Kind.TARIFF:
        special["description"] = [NEEDS_TEXT]
    if strange := tokens.unknown(line.description):
        told = Problem("unknown_token", "description", "{" + strange[0] + "}")
        special["description"] = [words.problem(told)]
    if line.quantity_micros < 0:
        special["quantity_micros"] = [NEGATIVE]
    if not isinstance(line.months, list) or not all(type(month) is int for month in line.months):
        special["months"] = [words.problem(Problem("not_a_month"))]
    elif line.start and _is_readable(line):
        special |= _terms(line)
    if line.discount_bp > POINTS:
        special["discount_bp"] = [words.problem(Problem("too_much", value="100"))]
    special |= _usage(line) | _grants(line) | _work(line)
    return records.faults(line, special, light=light)


def _is_readable(line: Line) -> bool:
    """Return whether the rules know its words; where not, Django names the field."""
    try:
        line.terms()
    except ValueError:
        return False
    return True


def _terms(line: Line) -> records.Faults:
    found: records.Faults = {}
    contract = line.contract
    for problem in check(line.terms()):
        found[OF_TERMS.get(problem.field, problem.field)] = [words.problem(problem)]
    if contract.end is not None and line.start >= contract.end:
        found["start"] = [OUTSIDE]
        if line.end is None or line.end > line.start:
            found.pop("end", None)  # it is the contract's end that comes too early
    if line.start < contract.start:
        found["start"] = [TOO_EARLY % {"day": formats.date_of(contract.start)}]
        if line.end is None or line.end > line.start:
            found.pop("end", None)  # it is the activation that comes too late
    return found


def _grants(line: Line) -> records.Faults:
    if line.grants and line.kind != Line.Kind.FEE:
        return {"grants": [NO_USAGE_GRANT]}
    if line.grants and not line.granted:
        return {"granted": [NO_QUANTITY]}
    return {"grants": [NO_GRANT]} if line.granted and not line.grants else {}


def _work(line: Line) -> records.Faults:
    found: records.Faults = {}
    if line.kind != Line.Kind.TARIFF:
        if line.tariff is not None:
            found["tariff"] = [ONLY_WORK]
        if line.group is not None:
            found["group"] = [ONLY_WORK]
        return found
    if line.tariff is None:
        found["tariff"] = [NO_TARIFF]
    if line.group is not None and line.group.party_id != line.contract.customer_id:
        found["group"] = [OTHER_GROUP]
    for name in ("unit_price", "discount_bp", "minimum"):
        if getattr(line, name):
            found[name] = [CHARGES_NOTHING]
    return found


def _usage(line: Line) -> records.Faults:
    found: records.Faults = {}
    if line.kind != Line.Kind.USAGE:
        return {"meter": [NO_FEE_METER]} if line.meter is not None else found
    if line.meter is None:
        found["meter"] = [NO_METER]
    elif line.meter.asset.customer_id != line.contract.customer_id:
        found["meter"] = [OTHER_METER]
    if line.discount_bp:
        found["discount_bp"] = [NO_DISCOUNT]
    if line.minimum < Money.zero():
        found["minimum"] = [NEGATIVE]
    _tiers, _size, problems = metering.tiers(line.tiers, pricing=line.pricing)
    if problems:
        found["tiers"] = [words.problem(problem) for problem in problems]
    return found
