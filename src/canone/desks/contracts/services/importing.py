"""Contracts of another program on their way in: checked row by row, taken back as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from canone.base.exchange.importers import (
    Checked,
    Field,
    Option,
    Problem,
    Refused,
    Run,
    Setup,
    UndoRefusedError,
    Written,
)
from canone.desks.contracts.models import Contract, ContractType, Line
from canone.desks.contracts.permissions import IMPORT
from canone.desks.contracts.services import contracts, lines
from canone.desks.contracts.services.sheets import CONTRACT_FIELDS, FIELDS
from canone.kernel.money import MICRO, UnitPrice
from canone.kernel.periods import ONE_DAY
from canone.registers.catalog.models import Article, Tariff, VatRate
from canone.registers.parties.models import Group, Mandate, Party, PaymentTerms
from canone.registers.parties.rules import names
from canone.registers.parties.services import records

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Row = tuple[Any, ...]
Values = dict[str, Any]
DAYS = {"signed_on", "start", "end", "go_live", "line_start", "line_end", "billed_through"}
NO_CUSTOMER = _("No customer has this code, VAT number or name.")
MANY_CUSTOMERS = _("Several customers have this name. Write the code of the right one.")
UNKNOWN = _("This is not known here. Correct it, or enter it first.")
EXISTS = _("A contract with this number is there already.")
OTHER_CUSTOMER = _("Row %(row)s has the same number and another customer.")
CHARGED = _("Something was charged from it. Cancel it instead.")
PREPAID = _(
    "Hours, tickets, visits or copies stand on it. Undo the import of its opening balance first; "
    "where it granted or used some itself, cancel it instead."
)
NEEDED = _("Without a profile for work, a line says its price and how often it is billed.")
PRICED = ("unit_price", "cycle")
# faults that only follow from others
FOLLOWS = {"description": {"description", "article", "tariff"}, "start": {"start", "end"}}
# what the rules call a field, and what the file calls it
COLUMN = {
    "quantity_micros": "quantity", "discount_bp": "discount", "every": "cycle",
    "unit_of_cycle": "cycle", "counted_from": "line_start",
}  # fmt: skip


class ContractRun:
    """One import of contracts, with what their rows name looked up once."""

    def __init__(self) -> None:
        self.customers = _customers()
        self.types = {
            names.fold(w): t for t in ContractType.objects.all() for w in (t.code, t.name)
        }
        self.terms = _payment_terms()
        self.mandates = {m.reference: m for m in Mandate.objects.all()}
        self.articles = {names.fold(a.code): a for a in Article.objects.filter(is_active=True)}
        self.vats = {names.fold(v.code): v for v in VatRate.objects.filter(is_active=True)}
        self.tariffs = {names.fold(t.name): t for t in Tariff.objects.filter(is_active=True)}
        self.groups = {names.fold(g.name): g for g in Group.objects.all()}
        self.known = set(Contract.objects.values_list("number", flat=True))
        self.seen: dict[str, tuple[int, int]] = {}
        self.made: dict[str, int] = {}

    def check(self, rows: list[Row], lines_: list[int]) -> Checked:
        """Return the rows that can be written, and every fault of the others."""
        checked = Checked()
        for row, place in zip(rows, lines_, strict=True):
            problems = list(self._problems(_values(row), place))
            checked.problems += problems
            if not problems:
                checked.rows.append(row)
        return checked

    def write(
        self,
        rows: list[Row],
        *,
        batch: int,
        at: datetime,
        by: int | None,
    ) -> Written:
        """Return how many lines were added, and which contracts are new."""
        added: list[int] = []
        for row in rows:
            contract, line, _told = self._read(_values(row))
            key = self._contract(contract.number, batch)
            if key is None:
                given = {name: getattr(contract, name) for name in contracts.FIELDS}
                key = contracts.create(at=at, by=by, **given).pk
                Contract.objects.filter(pk=key).update(import_batch=batch)
                added.append(key)
            self.made[contract.number] = key
            values = {name: getattr(line, name) for name in lines.FIELDS if name != "sequence"}
            lines.add(contract_id=key, at=at, by=by, **values)
        return Written(new=len(rows), ids=added)

    def _contract(self, number: str, batch: int) -> int | None:
        """Return the contract that this import has made for the number, in an earlier chunk too."""
        if number not in self.made:
            row = Contract.objects.filter(number=number, import_batch=batch).first()
            return row.pk if row else None
        return self.made[number]

    def _problems(self, values: Values, place: int) -> Iterator[Problem]:
        contract, line, told = self._read(values)
        told |= contracts.faults(contract, light=True)
        if contract.customer_id and line.start:
            for name, texts in lines.faults(line, light=True).items():
                if not FOLLOWS.get(name, {name}) & told.keys():
                    told[name] = texts
        for name, texts in told.items():
            column = COLUMN.get(name, name.partition(".")[0])
            column = "type" if column == "custom" else column
            if column not in values:
                column = "number"
            shown = "" if values.get(column) is None else str(values[column])
            yield Problem(place, column, shown, " ".join(map(str, texts)))
        if contract.number in self.known:
            yield Problem(place, "number", contract.number, EXISTS)
        first = self.seen.setdefault(contract.number, (place, contract.customer_id or 0))
        if first[1] != (contract.customer_id or 0):
            what: StrOrPromise = OTHER_CUSTOMER % {"row": first[0]}
            yield Problem(place, "customer", str(values["customer"]), what)

    def _read(self, values: Values) -> tuple[Contract, Line, records.Faults]:
        """Return contract and line in memory, and what could not be looked up."""
        given = {name: value for name, value in values.items() if value not in (None, "")}
        needed = () if "tariff" in given else PRICED
        told: records.Faults = {name: [NEEDED] for name in needed if name not in given}
        for name in DAYS & given.keys():
            given[name] = date.fromisoformat(str(given[name]))
        self._look_up(given, told)
        own = {field.name for field in CONTRACT_FIELDS}
        contract = Contract()
        records.put(contract, {k: v for k, v in given.items() if k in own}, contracts.FIELDS)
        if contract.end is not None:
            contract.end += ONE_DAY
        line = lines.blank(contract, day_basis=Line.Basis.ACTUAL)
        records.put(line, _line(given), lines.FIELDS)
        return contract, line, told

    def _look_up(self, given: Values, told: records.Faults) -> None:
        found = self.customers.get(names.fold(str(given["customer"])), [])
        if len(found) != 1:
            told["customer"] = [MANY_CUSTOMERS if found else NO_CUSTOMER]
            del given["customer"]
        else:
            given["customer"] = found[0]
        tables: dict[str, dict[str, Any]] = {
            "type": self.types,
            "payment_terms": self.terms,
            "article": self.articles,
            "vat": self.vats,
            "tariff": self.tariffs,
            "group": self.groups,
        }
        for name, table in tables.items():
            if name in given:
                row = table.get(names.fold(str(given.pop(name))))
                if row is None:
                    told[name] = [UNKNOWN]
                else:
                    given[name] = row
        if "mandate" in given:
            mandate = self.mandates.get(str(given.pop("mandate")))
            if mandate is None:
                told["mandate"] = [UNKNOWN]
            else:
                given["mandate"] = mandate


def _line(given: Values) -> Values:
    """Return the fields of the line that the columns of a row give."""
    start = given.get("line_start", given["start"])
    ends = given.get("line_end")
    unit, _slash, every = str(given.get("cycle", "once")).partition("/")
    found = {
        "start": start,
        "end": ends + ONE_DAY if ends else None,
        "quantity_micros": int(Fraction(str(given.get("quantity", "1"))) * MICRO),
        "unit_price": UnitPrice(given.get("unit_price", 0)),
        "discount_bp": int(Fraction(str(given.get("discount", "0"))) * 100),
        "unit_of_cycle": "" if unit == "once" else unit,
        "every": int(every or 1),
    }
    for name in (
        "article", "description", "vat", "timing", "anchor", "anchor_day", "month_offset",
        "amount_per", "sum_to_annual", "billed_through", "tariff", "group",
    ):  # fmt: skip
        if name in given:
            found[name] = given[name]
    if "tariff" in found:
        found["kind"] = Line.Kind.TARIFF
    return found


class ContractImporter:
    """Takes contracts with their lines; a row is a line."""

    key = "contracts.contracts"
    title: StrOrPromise = _("Contracts with their lines")
    permission = IMPORT
    fields: Sequence[Field] = FIELDS
    options: Sequence[Option] = ()

    def prepare(self, setup: Setup) -> Run:  # noqa: ARG002 (nothing to choose)
        """Return the import, with its lookups made."""
        return ContractRun()

    def undo(
        self,
        *,
        batch: int,  # noqa: ARG002 (the protocol's: the ids tell these rows)
        ids: Sequence[int],
        reason: str,
        at: datetime,
        by: int,
    ) -> int:
        """Return how many contracts were removed; those in use are named and nothing is."""
        try:
            return contracts.remove_unused(contract_ids=ids, reason=reason, at=at, by=by)
        except records.InUseError as error:
            raise UndoRefusedError(list(_refused(error.names))) from error


def _refused(numbers: Sequence[str]) -> Iterator[Refused]:
    for contract in Contract.objects.filter(number__in=numbers).order_by("number"):
        is_prepaid = not contracts.was_charged(contract) and contracts.holds_prepaid(contract)
        yield Refused(contract.number, PREPAID if is_prepaid else CHARGED)


def _values(row: Row) -> Values:
    return {field.name: value for field, value in zip(FIELDS, row, strict=True)}


def _customers() -> dict[str, list[Party]]:
    """Return the customers by code and VAT number, and by name where those are nobody's."""
    certain: dict[str, list[Party]] = {}
    by_name: dict[str, list[Party]] = {}
    for party in Party.objects.filter(is_customer=True):
        for word in {party.code, party.vat_number} - {""}:
            certain[names.fold(word)] = [party]
        by_name.setdefault(names.fold(party.name), []).append(party)
    return by_name | certain


def _payment_terms() -> dict[str, PaymentTerms]:
    found: dict[str, PaymentTerms] = {}
    for terms in PaymentTerms.objects.filter(is_active=True):
        for word in (terms.code, *terms.names.values()):
            found.setdefault(names.fold(str(word)), terms)
    return found
