"""Contracts of another program on their way in: checked row by row, taken back as a whole."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as now_
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
from canone.desks.contracts.models import Agent, Contract, Cover, Line
from canone.desks.contracts.permissions import IMPORT
from canone.desks.contracts.queries import habits
from canone.desks.contracts.services import contracts, lines, parts
from canone.desks.contracts.services.named import Named
from canone.desks.contracts.services.rows import Reader, Taken
from canone.desks.contracts.services.sheets import CONTRACT_FIELDS, FIELDS
from canone.kernel.periods import ONE_DAY
from canone.registers.assets.models import Reading
from canone.registers.assets.services import readings
from canone.registers.parties.services import records

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Row = tuple[Any, ...]
Values = dict[str, Any]
EXISTS = _("A contract with this number is there already.")
OTHER_CUSTOMER = _("Row %(row)s has the same number and another customer.")
DIFFERS = _("Row %(row)s of this contract says something else. They are the same on all its rows.")
OTHER_READING = _("On this day the meter showed %(value)s already.")
CHARGED = _("Something was charged from it. Cancel it instead.")
PREPAID = _(
    "Hours, tickets, visits or copies stand on it. Undo the import of its opening balance first; "
    "where some were used or bought, cancel it instead."
)
# faults that only follow from others
FOLLOWS = {
    "description": {"description", "article", "tariff"},
    "start": {"start", "end"},
    "meter": {"meter", "machine"},
    "amount_per": {"amount_per", "cycle"},
}
# what the rules call a field, and what the file calls it
COLUMN = {
    "quantity_micros": "quantity", "discount_bp": "discount", "every": "cycle",
    "unit_of_cycle": "cycle", "end": "line_end", "start": "line_start",
}  # fmt: skip
COLUMNS = {field.name for field in FIELDS}
OF_CONTRACT = slice(0, len(CONTRACT_FIELDS))
CUSTOMER = [field.name for field in CONTRACT_FIELDS].index("customer")


class ContractRun:
    """One import of contracts, with what their rows name looked up once."""

    def __init__(self, setup: Setup) -> None:
        self.reader = Reader(Named(setup.columns.keys()), setup, habits.habits())
        self.known = set(Contract.objects.values_list("number", flat=True))
        self.first: dict[str, tuple[int, array[int]]] = {}
        self.made: dict[str, tuple[int, int]] = {}
        self.shown: dict[int, dict[date, int]] = {}

    def check(self, rows: list[Row], lines_: list[int]) -> Checked:
        """Return the rows that can be written, and every fault of the others."""
        checked = Checked()
        taken = [self.reader.read(_values(row)) for row in rows]
        self._see(taken)
        for row, place, found in zip(rows, lines_, taken, strict=True):
            problems = [*self._problems(found, place), *self._first(row, found, place)]
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
        """Return how many lines were added, and which contracts and readings are new.

        Readings are remembered below zero.
        """
        taken = [self.reader.read(_values(row)) for row in rows]
        ids = self._contracts(taken, batch, at=at, by=by)
        for one in taken:
            key, place = self.made[one.contract.number]
            one.contract.pk = key
            one.line.contract, one.line.sequence = one.contract, place + lines.STEP
            self.made[one.contract.number] = (key, one.line.sequence)
        lines.add_many([one.line for one in taken], at=at, by=by)
        ids += [-reading for one in taken for reading in _read_on(one, at=at, by=by)]
        return Written(new=len(rows), ids=ids)

    def _contracts(
        self, taken: Sequence[Taken], batch: int, *, at: datetime, by: int | None
    ) -> list[int]:
        """Return the ids of the contracts that are made for these rows.

        Others were made in an earlier chunk, or before the import was stopped.
        """
        wanted = {one.contract.number: one for one in reversed(taken)}
        missing = wanted.keys() - self.made.keys()
        for row in Contract.objects.filter(number__in=missing, import_batch=batch):
            self.made[row.number] = (row.pk, lines.last_of(row))
        new = [one for number, one in wanted.items() if number not in self.made]
        new.reverse()
        for one in new:
            one.contract.import_batch = batch
        contracts.create_many([one.contract for one in new], at=at, by=by)
        _hang(new, at=at, by=by)
        self.made |= {one.contract.number: (one.contract.pk, 0) for one in new}
        return [one.contract.pk for one in new]

    def _see(self, taken: Sequence[Taken]) -> None:
        """Look up what the meters of these rows showed, those that were not looked up before."""
        wanted = {one.line.meter_id for one in taken if one.reading is not None}
        new = {key for key in wanted if key is not None} - self.shown.keys()
        self.shown |= {key: {} for key in new}
        rows = Reading.objects.filter(meter__in=new).values_list("meter_id", "day", "value")
        for meter, day, value in rows.iterator(chunk_size=5_000):
            self.shown[meter][day] = value

    def _problems(self, taken: Taken, place: int) -> Iterator[Problem]:
        """Yield every fault of a row; with an empty value the cells of the file are shown."""
        contract, line, told = taken.contract, taken.line, taken.told
        for name, texts in contracts.faults(contract, light=True).items():
            column, words = _of_contract(name, texts, contract)
            told.setdefault(column, []).extend(words)
        if contract.customer_id and line.start:
            for name, texts in lines.faults(line, light=True).items():
                column = _of_line(name, taken)
                if not FOLLOWS.get(name, {column}) & told.keys():
                    told[column] = texts
        if not told and taken.reading is not None:
            told |= self._reading(taken, taken.reading)
        for column, texts in told.items():
            shown = column if column in COLUMNS else "number"
            yield Problem(place, shown, "", " ".join(map(str, texts)))
        if contract.number in self.known:
            yield Problem(place, "number", "", EXISTS)

    def _reading(self, taken: Taken, value: int) -> records.Faults:
        meter, day = taken.line.meter, taken.read_on
        if meter is None:
            return {}
        known = self.shown[meter.pk]
        if day in known and known[day] != value:
            return {"reading": [OTHER_READING % {"value": known[day]}]}
        fault = readings.against(meter, known, day, value)
        known.setdefault(day, value)
        return {"reading": [fault]} if fault else {}

    def _first(self, row: Row, taken: Taken, place: int) -> Iterator[Problem]:
        """Yield what the row says of its contract otherwise than the contract's first row.

        Marks of the cells are kept, not the cells: a file may have many contracts.
        """
        own = list(row[OF_CONTRACT])
        own[CUSTOMER] = taken.contract.customer_id or own[CUSTOMER]
        marks = array("q", map(hash, own))
        before, first = self.first.setdefault(taken.contract.number, (place, marks))
        if marks[CUSTOMER] != first[CUSTOMER]:
            yield Problem(place, "customer", "", OTHER_CUSTOMER % {"row": before})
            return
        for field, mark, other in zip(CONTRACT_FIELDS, marks, first, strict=True):
            if mark != other:
                yield Problem(place, field.name, "", DIFFERS % {"row": before})


def _of_contract(
    name: str, texts: Sequence[StrOrPromise], contract: Contract
) -> tuple[str, list[StrOrPromise]]:
    """Return the column of a contract's fault and its words; own fields by their label."""
    column, _dot, key = name.partition(".")
    if not key or contract.type is None:
        return column, list(texts)
    labels = {str(one["key"]): str(one["label"]) for one in contract.type.fields}
    return column, [f"{labels.get(key, key)}: {text}" for text in texts]


def _of_line(name: str, taken: Taken) -> str:
    """Return the column of a line's fault; days that a line has from its contract are that's."""
    if name == "start" and taken.line.start == taken.contract.start:
        return name
    return COLUMN.get(name, name)


def _hang(new: Sequence[Taken], *, at: datetime, by: int | None) -> None:
    """Add agents and machines to new contracts, and suspend or cancel them as their rows say."""
    agents = [
        Agent(contract=one.contract, party_id=party, share_bp=share)
        for one in new
        for party, share in one.agents.items()
    ]
    covers = [
        Cover(contract=one.contract, asset_id=machine, start=one.contract.start)
        for one in new
        for machine in one.machines
    ]
    parts.hang(agents=agents, covers=covers, at=at, by=by)
    usual = now_("Taken over from another program")
    for one in new:
        key, end = one.contract.pk, one.contract.end
        if one.suspended is not None:
            day, reason = one.suspended
            contracts.suspend(contract_id=key, day=day, reason=reason or usual, at=at, by=by)
        if one.cancelled is not None and end is not None:
            on, reason = one.cancelled
            last, why = end - ONE_DAY, reason or usual
            contracts.cancel(contract_id=key, last_day=last, reason=why, on=on, at=at, by=by)


def _read_on(taken: Taken, *, at: datetime, by: int | None) -> Iterator[int]:
    """Yield the id of the reading that the row brings, unless it stands there already."""
    meter, day = taken.line.meter, taken.read_on
    if taken.reading is None or meter is None:
        return
    if not Reading.objects.filter(meter=meter, day=day).exists():
        source = Reading.Source.IMPORTED.value
        made = readings.begin(
            meter_id=meter.pk, day=day, value=taken.reading, source=source, at=at, by=by
        )
        yield made.pk


class ContractImporter:
    """Takes contracts with their lines; a row is a line."""

    key = "contracts.contracts"
    title: StrOrPromise = _("Contracts with their lines")
    permission = IMPORT
    fields: Sequence[Field] = FIELDS
    options: Sequence[Option] = ()

    def prepare(self, setup: Setup) -> Run:
        """Return the import, with its lookups made."""
        return ContractRun(setup)

    @transaction.atomic
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
        mine = [key for key in ids if key > 0]
        try:
            done = contracts.remove_unused(contract_ids=mine, reason=reason, at=at, by=by)
        except records.InUseError as error:
            raise UndoRefusedError(list(_refused(error.names))) from error
        brought = Reading.objects.filter(pk__in=[-key for key in ids if key < 0])
        # one that somebody has entered anew since is theirs
        own = brought.filter(source=Reading.Source.IMPORTED)
        # one of a meter by which other lines charge may be what those were billed on
        staying = Line.objects.filter(meter__isnull=False).values("meter")
        for reading in own.exclude(meter__in=staying).values_list("pk", flat=True):
            readings.remove(reading_id=reading, reason=reason, at=at, by=by)
        return done


def _refused(numbers: Sequence[str]) -> Iterator[Refused]:
    for contract in Contract.objects.filter(number__in=numbers).order_by("number"):
        is_prepaid = not contracts.was_charged(contract) and contracts.holds_prepaid(contract)
        yield Refused(contract.number, PREPAID if is_prepaid else CHARGED)


def _values(row: Row) -> Values:
    return {field.name: value for field, value in zip(FIELDS, row, strict=True)}
