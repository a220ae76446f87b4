"""Files of machines with their meters, and of readings, on their way in.

What is there already is never overwritten, so that an import can be taken back: a machine that
exists keeps its words, and a reading of the same day that differs is a fault of its row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext_lazy as _

from canone.base.exchange.importers import (
    Checked,
    Field,
    FieldKind,
    Option,
    Problem,
    Refused,
    Run,
    Setup,
    UndoRefusedError,
    Written,
)
from canone.base.history import services as history
from canone.registers.assets.models import Asset, Meter, Reading
from canone.registers.assets.permissions import IMPORT
from canone.registers.assets.services import assets, readings
from canone.registers.parties.models import Party, Site
from canone.registers.parties.rules import names
from canone.registers.parties.services import records
from canone.ui import formats

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Row = tuple[Any, ...]
MACHINE_FIELDS = (
    Field("customer", _("Customer"), required=True, limit=200,
          synonyms=("cliente", "codice cliente", "ragione sociale", "client", "partita iva")),
    Field("site", _("Site"), synonyms=("sede", "stabilimento", "ubicazione"), limit=120),
    Field("name", _("Machine"), required=True, limit=160,
          synonyms=("macchina", "attrezzatura", "descrizione", "articolo", "équipement")),
    Field("maker", _("Maker"), synonyms=("marca", "costruttore", "produttore", "marque"), limit=80),
    Field("model", _("Model"), synonyms=("modello", "modèle"), limit=80),
    Field("serial", _("Serial number"), limit=80,
          synonyms=("matricola", "numero di serie", "s/n", "numéro de série")),
    Field("meter", _("Meter"), synonyms=("contatore", "compteur"), limit=80),
    Field("unit", _("Unit"), synonyms=("unità", "um", "unité"), limit=12),
    Field("opening", _("Opening value"), FieldKind.WHOLE,
          synonyms=("valore iniziale", "contatore iniziale", "valeur initiale")),
    Field("notes", _("Notes"), synonyms=("note",), limit=2_000),
)  # fmt: skip
READING_FIELDS = (
    Field("serial", _("Serial number"), required=True, limit=80,
          synonyms=("matricola", "numero di serie", "s/n", "numéro de série", "macchina")),
    Field("meter", _("Meter"), synonyms=("contatore", "compteur", "tipo contatore"), limit=80),
    Field("day", _("Day"), FieldKind.DAY, required=True,
          synonyms=("data", "data lettura", "giorno", "date", "date de relevé")),
    Field("value", _("Reading"), FieldKind.WHOLE, required=True,
          synonyms=("lettura", "valore", "copie", "relevé", "valeur")),
)  # fmt: skip
NO_CUSTOMER = _("No customer has this code, VAT number or name.")
MANY_CUSTOMERS = _("Several customers have this name. Write the code of the right one.")
NO_SITE = _("The customer has no site of this name.")
THERE = _("A machine with this serial number and meter is there already.")
NO_MACHINE = _("No machine has this serial number.")
MANY_MACHINES = _("Several machines have this serial number.")
NO_METER = _("The machine has no such meter.")
WHICH_METER = _("The machine has several meters. Write which one.")
OTHER_VALUE = _("On this day the meter showed %(value)s already.")
TWICE = _("It stands in row %(row)s already.")
NEEDS_METER = _("A value to begin at belongs to a meter. Write its name.")


class MachineRun:
    """One import of machines, with what their rows name looked up once."""

    def __init__(self) -> None:
        self.customers = customers()
        self.sites: dict[tuple[int, str], Site] = {
            (site.party_id, names.fold(site.name)): site for site in Site.objects.all()
        }
        self.known = {
            (names.fold(serial), names.fold(meter or ""))
            for serial, meter in Asset.objects.exclude(serial="").values_list(
                "serial", "meters__name"
            )
        }
        self.seen: dict[tuple[Any, ...], int] = {}

    def check(self, rows: list[Row], lines: list[int]) -> Checked:
        """Return the rows that can be written, and every fault of the others."""
        return checked(self._problems, MACHINE_FIELDS, rows, lines)

    def write(
        self,
        rows: list[Row],
        *,
        batch: int,  # noqa: ARG002 (the protocol's: the ids tell these rows)
        at: datetime,
        by: int | None,
    ) -> Written:
        """Return how many meters or machines were new; meters are remembered below zero."""
        ids: list[int] = []
        for row in rows:
            values = as_dict(MACHINE_FIELDS, row)
            asset = self._asset(values)
            if asset is None:
                asset = assets.create(at=at, by=by, **self._values(values))
                ids.append(asset.pk)
            if values["meter"]:
                meter = assets.add_meter(
                    at=at,
                    by=by,
                    asset=asset,
                    name=values["meter"],
                    unit=values["unit"] or "",
                    opening=int(values["opening"] or 0),
                )
                ids.append(-meter.pk)
        return Written(new=len(rows), ids=ids)

    def _asset(self, values: dict[str, Any]) -> Asset | None:
        """Return the machine that an earlier row, or an earlier chunk, has brought."""
        if not values["serial"]:
            return None
        [customer] = self.customers[names.fold(str(values["customer"]))]
        found = Asset.objects.filter(customer=customer, serial=values["serial"])
        return found.order_by("pk").first()

    def _values(self, values: dict[str, Any]) -> dict[str, Any]:
        [customer] = self.customers[names.fold(str(values["customer"]))]
        site = self.sites.get((customer.pk, names.fold(values["site"] or "")))
        texts = {name: values[name] or "" for name in ("name", "maker", "model", "serial", "notes")}
        return texts | {"customer": customer, "site": site}

    def _problems(self, values: dict[str, Any], line: int) -> Iterator[Problem]:
        found = self.customers.get(names.fold(str(values["customer"])), [])
        if len(found) != 1:
            what = MANY_CUSTOMERS if found else NO_CUSTOMER
            yield Problem(line, "customer", str(values["customer"]), what)
        elif values["site"] and (found[0].pk, names.fold(values["site"])) not in self.sites:
            yield Problem(line, "site", values["site"], NO_SITE)
        if values["opening"] and not values["meter"]:
            yield Problem(line, "meter", "", NEEDS_METER)
        if values["opening"] is not None and int(values["opening"]) < 0:
            yield Problem(line, "opening", str(values["opening"]), _("This cannot be below zero."))
        if not values["serial"]:
            return
        key = (names.fold(values["serial"]), names.fold(values["meter"] or ""))
        if key in self.known:
            yield Problem(line, "serial", values["serial"], THERE)
        if first := self.seen.get(key):
            yield Problem(line, "serial", values["serial"], TWICE % {"row": first})
        self.seen.setdefault(key, line)


class ReadingRun:
    """One import of readings, with machines and meters looked up once."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.meters: dict[str, dict[int, list[Meter]]] = {}
        for meter in Meter.objects.select_related("asset").filter(is_active=True):
            by_asset = self.meters.setdefault(names.fold(meter.asset.serial), {})
            by_asset.setdefault(meter.asset_id, []).append(meter)
        self.serials = {names.fold(one) for one in Asset.objects.values_list("serial", flat=True)}
        self.known: dict[int, dict[date, int]] = {}
        rows = Reading.objects.values_list("meter_id", "day", "value")
        for meter_id, day, value in rows.iterator(chunk_size=5_000):
            self.known.setdefault(meter_id, {})[day] = value
        self.seen: dict[tuple[int, date], int] = {}

    def check(self, rows: list[Row], lines: list[int]) -> Checked:
        """Return the rows that can be written, and every fault of the others."""
        return checked(self._problems, READING_FIELDS, rows, lines)

    def write(
        self,
        rows: list[Row],
        *,
        batch: int,  # noqa: ARG002 (the protocol's: the ids tell these rows)
        at: datetime,
        by: int | None,
    ) -> Written:
        """Return how many readings were new, and how many stood there already."""
        ids: list[int] = []
        source = Reading.Source.IMPORTED.value
        for values in (as_dict(READING_FIELDS, row) for row in rows):
            meter, _what = self._meter(values)
            day = date.fromisoformat(str(values["day"]))
            if meter is None or Reading.objects.filter(meter=meter, day=day).exists():
                continue
            value = int(values["value"])
            try:
                made = readings.record(
                    meter_id=meter.pk, day=day, value=value, source=source, at=at, by=by
                )
            except ValidationError:
                # somebody entered another since the check: the row stays out
                continue
            ids.append(made.pk)
        return Written(new=len(ids), known=len(rows) - len(ids), ids=ids)

    def _meter(self, values: dict[str, Any]) -> tuple[Meter | None, StrOrPromise]:
        by_asset = self.meters.get(names.fold(values["serial"]), {})
        if not by_asset:
            is_known = names.fold(values["serial"]) in self.serials
            return None, NO_METER if is_known else NO_MACHINE
        if len(by_asset) > 1:
            return None, MANY_MACHINES
        [found] = by_asset.values()
        if values["meter"]:
            wanted = names.fold(values["meter"])
            named = [meter for meter in found if names.fold(meter.name) == wanted]
            return (named[0], "") if named else (None, NO_METER)
        return (found[0], "") if len(found) == 1 else (None, WHICH_METER)

    def _problems(self, values: dict[str, Any], line: int) -> Iterator[Problem]:
        meter, what = self._meter(values)
        if meter is None:
            column = "meter" if what in (NO_METER, WHICH_METER) else "serial"
            yield Problem(line, column, str(values[column] or ""), what)
            return
        day, value = date.fromisoformat(str(values["day"])), int(values["value"])
        if first := self.seen.get((meter.pk, day)):
            yield Problem(line, "day", "", TWICE % {"row": first})
            return
        self.seen[meter.pk, day] = line
        if (early := readings.ahead(day, at=self.at)) is not None:
            yield Problem(line, "day", formats.date_of(day), early)
            return
        known = self.known.setdefault(meter.pk, {})
        if day in known and known[day] != value:
            yield Problem(line, "value", str(value), OTHER_VALUE % {"value": known[day]})
            return
        fault = readings.against(meter, known, day, value)
        if fault is not None:
            yield Problem(line, "value", str(value), fault)
            return
        known[day] = value


def as_dict(fields: Sequence[Field], row: Row) -> dict[str, Any]:
    """Return the cells of a row by the name of their field."""
    return {field.name: value for field, value in zip(fields, row, strict=True)}


def checked(ask: Any, fields: Sequence[Field], rows: list[Row], lines: list[int]) -> Checked:
    """Return the rows without a fault, and every fault of the others."""
    found = Checked()
    for row, line in zip(rows, lines, strict=True):
        problems = list(ask(as_dict(fields, row), line))
        found.problems += problems
        if not problems:
            found.rows.append(row)
    return found


def customers() -> dict[str, list[Party]]:
    """Return the customers by code and VAT number, and by name where those are nobody's."""
    certain: dict[str, list[Party]] = {}
    by_name: dict[str, list[Party]] = {}
    for party in Party.objects.filter(is_customer=True):
        for word in {party.code, party.vat_number} - {""}:
            certain[names.fold(word)] = [party]
        by_name.setdefault(names.fold(party.name), []).append(party)
    return by_name | certain


class MachineImporter:
    """Takes machines with their meters; a row is a meter, or a machine without one."""

    key = "assets.machines"
    title: StrOrPromise = _("Machines with their meters")
    permission = IMPORT
    fields: Sequence[Field] = MACHINE_FIELDS
    options: Sequence[Option] = ()

    def prepare(self, setup: Setup) -> Run:  # noqa: ARG002 (nothing to choose)
        """Return the import, with its lookups made."""
        return MachineRun()

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
        """Return how many machines and meters were removed; those in use are named."""
        refused: list[Refused] = []
        rows: list[Any] = [
            *Meter.objects.filter(pk__in=[-pk for pk in ids if pk < 0]).select_related("asset"),
            *Asset.objects.filter(pk__in=[pk for pk in ids if pk > 0]),
        ]
        with history.acting(by):
            for row in rows:
                try:
                    records.remove(row, reason=reason, at=at)
                except ProtectedError:
                    asset = row.asset if isinstance(row, Meter) else row
                    refused.append(Refused(asset.name, _("It was read, or a contract names it.")))
        if refused:
            raise UndoRefusedError(refused)
        return len(rows)


class ReadingImporter:
    """Takes what meters showed."""

    key = "assets.readings"
    title: StrOrPromise = _("Readings of meters")
    permission = IMPORT
    fields: Sequence[Field] = READING_FIELDS
    options: Sequence[Option] = ()

    def prepare(self, setup: Setup) -> Run:
        """Return the import, with its lookups made."""
        return ReadingRun(setup.at)

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
        """Return how many readings were removed; the next run makes up for what they charged."""
        found = list(Reading.objects.filter(pk__in=ids).values_list("pk", flat=True))
        for pk in found:
            readings.remove(reading_id=pk, reason=reason, at=at, by=by)
        return len(found)
