"""A row of a file read as the contract and the line that it describes, in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from canone.base.exchange.importers import Setup
from canone.base.exchange.rules import moments, numbers
from canone.base.exchange.rules import rows as plain
from canone.base.exchange.rules.faults import BadCellError
from canone.desks.contracts.models import Contract, ContractHabits, Line
from canone.desks.contracts.rules import cells, custom
from canone.desks.contracts.rules.agreed import POINTS
from canone.desks.contracts.rules.cells import BadPartError
from canone.desks.contracts.rules.custom import Kind, OwnField
from canone.desks.contracts.services import contracts, lines, parts
from canone.desks.contracts.services.named import Named, NotFoundError
from canone.desks.contracts.services.sheets import CONTRACT_FIELDS
from canone.kernel.money import MICRO, Money, UnitPrice
from canone.kernel.periods import ONE_DAY
from canone.registers.parties.models import Party
from canone.registers.parties.rules import names
from canone.registers.parties.services import records

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Values = dict[str, Any]
DAYS = {
    "signed_on", "start", "end", "go_live", "order_date", "suspended_from", "cancelled_on",
    "line_start", "line_end", "billed_through", "counted_from",
}  # fmt: skip
TABLES = ("type", "payment_terms", "article", "vat", "tariff", "group")
OWN = {one.name for one in CONTRACT_FIELDS} & set(contracts.FIELDS)
SAME = (
    "article", "description", "vat", "is_on_request", "timing", "anchor", "anchor_day",
    "month_offset", "counted_from", "day_basis", "amount_per", "sum_to_annual", "months",
    "billed_through", "meter", "included", "pricing", "tiers", "is_estimated", "grants",
    "granted", "is_kept", "tariff", "group",
)  # fmt: skip
"""Columns that go into the field of the line that is called the same."""
OF_A_METER = (
    "included", "pricing", "tiers", "package_size", "minimum", "is_estimated", "reading",
)  # fmt: skip
OF_A_FEE = ("sum_to_annual", "amount_per", "timing", "quantity")
USUAL = {"amount_per": Line.Per.CYCLE, "timing": Line.When.IN_ARREARS, "quantity": "1"}
NEEDED = _("Without a profile for work, a line says its price and how often it is billed.")
NO_CYCLE = _("%(part)s is no cycle. Write monthly, quarterly, yearly, once, or every 10 days.")
NO_MONTH = _("%(part)s is no month. Write numbers from 1 to 12, or names.")
NO_SHARE = _("%(part)s names no agent with a share. Write A1: 50 %%; A2: 2.5 %%")
AGENT_TWICE = _("%(part)s stands here twice.")
NO_TIER = _("%(part)s is no tier. Write 1000: 0.01; 5000: 0.008 + 25; 0.006")
NO_OWN = _("%(part)s has no label. Write label: value; label: value")
NO_FIELD = _("The type of the contract has no field %(part)s.")
NO_TYPE = _("Only a type of contracts has own fields. Write which.")
ONE_KIND = _("A row is a fee, a line by a meter or a tariff for work. Make two rows of it.")
ONLY_METER = _("This belongs to a line by a meter. Write the machine or the meter.")
ONLY_FEE = _("This belongs to a fee, not to what a meter counts.")
NOT_ONCE = _("What a meter counts is billed by periods: write a cycle.")
ONLY_PACKAGE = _("Only packages have a size. Write packages under Priced by.")
NO_SIZE = _("Say how many units a package has.")
TIERS_OR_PACKAGE = _("Packages have one price and no tiers.")
NOT_WHOLE = _("A whole number is needed; of hours, whole minutes.")
NO_LAST_DAY = _("A contract that is cancelled has a last day. Write it under Expiry.")
SUSPENDED_WHEN = _("Write from which day it is suspended.")
CANCELLED_WHEN = _("Write when it was cancelled.")


@dataclass(slots=True)
class Taken:
    """What a row says: contract and line, what hangs on them, and what could not be read."""

    contract: Contract
    line: Line
    told: records.Faults
    agents: dict[int, int] = field(default_factory=dict)
    machines: list[int] = field(default_factory=list)
    reading: int | None = None
    suspended: tuple[date, str] | None = None
    cancelled: tuple[date, str] | None = None

    @property
    def read_on(self) -> date:
        """The last day that was billed elsewhere: what the meter showed at its end was billed."""
        days = [self.line.start, self.contract.go_live]
        if self.line.billed_through:
            days.append(self.line.billed_through + ONE_DAY)
        return max(day for day in days if day is not None) - ONE_DAY


class Reader:
    """Reads rows of one import, with what they name looked up and the habits of the firm."""

    def __init__(self, named: Named, setup: Setup, habits: ContractHabits) -> None:
        self.named, self.notation, self.habits = named, setup.notation, habits

    def read(self, values: Values) -> Taken:
        """Return what a row says."""
        given = {name: value for name, value in values.items() if value not in (None, "")}
        told: records.Faults = {}
        for name in DAYS & given.keys():
            given[name] = date.fromisoformat(str(given[name]))
        customer = self._found(told, lambda: self.named.customer(str(given.pop("customer"))))
        self._look_up(given, customer, told)
        contract = Contract(arrears_on=self.habits.arrears_on)
        own = {name: value for name, value in given.items() if name in OWN}
        records.put(contract, own | {"customer": customer} if customer else own, contracts.FIELDS)
        if contract.end is not None:
            contract.end += ONE_DAY
        line = lines.blank(contract, day_basis=self.habits.day_basis)
        _kind(given, told)
        records.put(line, self._line(given, told), lines.FIELDS)
        taken = Taken(contract, line, told, reading=given.get("reading"))
        self._hanging(taken, given, customer)
        _standing(taken, given)
        return taken

    def _found(self, told: records.Faults, look: Callable[[], Any]) -> Any:
        """Return what was looked up; None where there is none, and `told` why."""
        try:
            return look()
        except NotFoundError as error:
            told.setdefault(error.field, []).append(error.text)
            return None

    def _part(
        self, told: records.Faults, name: str, text: StrOrPromise, read: Callable[[], Any]
    ) -> Any:
        """Return what a cell says; None where a part cannot be read, and `told` which."""
        try:
            return read()
        except BadPartError as error:
            told.setdefault(name, []).append(text % {"part": error.part})
            return None

    def _look_up(self, given: Values, customer: Party | None, told: records.Faults) -> None:
        named = self.named
        looks: dict[str, Callable[[str], Any]] = {"mandate": named.mandate}
        for name in TABLES:
            looks[name] = lambda word, name=name: named.other(name, word)  # type: ignore[misc]
        if customer is not None:
            looks["site"] = lambda word: named.site(customer, word)
        else:
            given.pop("site", None)
        for name, look in looks.items():
            if name in given:
                word = str(given.pop(name))
                found = self._found(told, lambda look=look, word=word: look(word))  # type: ignore[misc]
                given |= {name: found} if found is not None else {}
        machine, meter = str(given.pop("machine", "")), str(given.pop("meter", ""))
        if machine or meter:
            given["by_meter"] = True
            if customer is not None:
                found = self._found(told, lambda: named.machines.meter(customer, machine, meter))
                given |= {"meter": found} if found is not None else {}
        self._own_fields(given, told)

    def _own_fields(self, given: Values, told: records.Faults) -> None:
        text = given.pop("custom", "")
        if not text:
            return
        if given.get("type") is None:
            if "type" not in told:
                told["custom"] = [NO_TYPE]
            return
        known = {
            names.fold(word): one
            for one in custom.read(given["type"].fields)[0]
            for word in (one.label, one.key)
        }
        pairs = self._part(told, "custom", NO_OWN, lambda: cells.pairs(text)) or []
        kept = {}
        for label, value in pairs:
            one = known.get(names.fold(label))
            if one is None:
                told.setdefault("custom", []).append(NO_FIELD % {"part": label})
            else:
                kept[one.key] = self._own(one, value)
        given["custom"] = kept

    def _own(self, one: OwnField, value: str) -> Any:
        """Return the value as its field keeps it; what cannot be read stays text, and is told."""
        try:
            if one.kind == Kind.NUMBER:
                return f"{numbers.number(value, self.notation.decimal):f}" if value else None
            if one.kind == Kind.DAY:
                return moments.day(value, self.notation.date_order).isoformat() if value else None
            if one.kind == Kind.YES:
                return plain.yes(value)
        except BadCellError:
            return value
        if one.kind == Kind.CHOICE:
            known = {names.fold(choice): choice for choice in one.choices}
            return known.get(names.fold(value), value)
        return value

    def _line(self, given: Values, told: records.Faults) -> Values:
        """Return the fields of the line that the columns of a row give."""
        decimal, ends = self.notation.decimal, given.get("line_end")
        found = self._rhythm(given, told) | {
            "start": given.get("line_start", given["start"]),
            "end": ends + ONE_DAY if ends else None,
            "quantity_micros": int(Fraction(str(given.get("quantity", "1"))) * MICRO),
            "unit_price": UnitPrice(given.get("unit_price", 0)),
            "discount_bp": int(Fraction(str(given.get("discount", "0"))) * 100),
            "minimum": Money(given.get("minimum", 0)),
        }
        if "months" in given:
            text = str(given.pop("months"))
            found["months"] = self._part(told, "months", NO_MONTH, lambda: cells.months(text)) or []
        if "tiers" in given:
            text = str(given.pop("tiers"))
            read = self._part(told, "tiers", NO_TIER, lambda: cells.tiers(text, decimal))
            found["tiers"] = read or []
        if "granted" in given:
            each = 60 if given.get("grants") == Line.Grants.MINUTE else 1
            exact = Fraction(str(given.pop("granted"))) * each
            found["granted"] = int(exact)
            if exact.denominator != 1 or exact < 0:
                told["granted"] = [NOT_WHOLE]
                found["granted"] = 1
        _by_package(given, found, told)
        found |= {name: given[name] for name in SAME if name in given}
        if "by_meter" in given:
            found |= {"kind": Line.Kind.USAGE, "timing": Line.When.IN_ARREARS}
        elif "tariff" in given or "tariff" in told:
            found["kind"] = Line.Kind.TARIFF
        return found

    def _rhythm(self, given: Values, told: records.Faults) -> Values:
        text = str(given.get("cycle", "once"))
        unit, every = self._part(told, "cycle", NO_CYCLE, lambda: cells.cycle(text)) or ("", 1)
        if "by_meter" in given and "cycle" in given and not unit and "cycle" not in told:
            told["cycle"] = [NOT_ONCE]
        return {"unit_of_cycle": unit, "every": every}

    def _hanging(self, taken: Taken, given: Values, customer: Party | None) -> None:
        told = taken.told
        if "agents" in given:
            text, decimal = str(given["agents"]), self.notation.decimal
            shares = self._part(told, "agents", NO_SHARE, lambda: cells.shares(text, decimal))
            taken.agents = dict(self._agents(shares or [], told))
        if "machines" in given and customer is not None:
            known = self.named.machines
            for word in cells.parts(str(given["machines"])):
                key = self._found(told, lambda word=word: known.machine(customer, word))  # type: ignore[misc]
                if key is not None and key not in taken.machines:
                    taken.machines.append(key)

    def _agents(
        self, shares: list[tuple[str, int]], told: records.Faults
    ) -> Iterator[tuple[int, int]]:
        seen: set[int] = set()
        for word, share in shares:
            key = self._found(told, lambda word=word: self.named.agent(word))  # type: ignore[misc]
            if key in seen:
                told.setdefault("agents", []).append(AGENT_TWICE % {"part": word})
            elif not 0 < share <= POINTS:
                told.setdefault("agents", []).append(parts.NO_SHARE)
            elif key is not None:
                seen.add(key)
                yield key, share
        if sum(share for _word, share in shares) > POINTS:
            told.setdefault("agents", []).append(parts.TOO_MUCH)


def _kind(given: Values, told: records.Faults) -> None:
    """Tell what a line of this kind lacks, and what belongs to another kind."""
    is_usage, is_work = "by_meter" in given, "tariff" in given or "tariff" in told
    needed = () if is_work else ("unit_price", "cycle")
    for name in needed:
        if name not in given and not (is_usage and name == "unit_price" and "tiers" in given):
            told[name] = [NEEDED]
    if is_usage and is_work:
        told.setdefault("tariff", []).append(ONE_KIND)
    if not is_usage:
        told |= {name: [ONLY_METER] for name in OF_A_METER if given.get(name)}
        return
    for name in OF_A_FEE:
        if given.get(name) and given[name] != USUAL.get(name):
            told[name] = [ONLY_FEE]


def _by_package(given: Values, found: Values, told: records.Faults) -> None:
    """Set the one price of packages, which a line keeps as its only tier."""
    if "by_meter" not in given:
        return
    size = given.get("package_size")
    if size is not None and "pricing" not in given:
        given["pricing"] = Line.Pricing.PACKAGE
    if given.get("pricing") != Line.Pricing.PACKAGE:
        if size is not None:
            told["package_size"] = [ONLY_PACKAGE]
        return
    if found.get("tiers") or "tiers" in told:
        told["tiers"] = [TIERS_OR_PACKAGE]
    if size is None or size < 1:
        told["package_size"] = [NO_SIZE]
    found["tiers"] = [{"size": max(size or 1, 1), "unit": str(found["unit_price"])}]


def _standing(taken: Taken, given: Values) -> None:
    """Set since when the contract is suspended or cancelled, and why."""
    suspended, cancelled = given.get("suspended_from"), given.get("cancelled_on")
    if suspended is not None:
        taken.suspended = (suspended, given.get("suspend_reason", ""))
    elif "suspend_reason" in given:
        taken.told["suspended_from"] = [SUSPENDED_WHEN]
    if cancelled is not None:
        taken.cancelled = (cancelled, given.get("cancel_reason", ""))
        if taken.contract.end is None:
            taken.told["end"] = [NO_LAST_DAY]
    elif "cancel_reason" in given:
        taken.told["cancelled_on"] = [CANCELLED_WHEN]
