"""Files of parties and groups on their way in: checked row by row, taken back as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
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
from canone.registers.parties.models import Group, Party, PaymentTerms, Zone
from canone.registers.parties.permissions import IMPORT
from canone.registers.parties.rules import names
from canone.registers.parties.services import parties, people, records, wording
from canone.registers.parties.services.sheets import GROUP_FIELDS, OFFICE, PARTY_FIELDS

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Row = tuple[Any, ...]
Values = dict[str, Any]
SKIP, REFUSE = "skip", "refuse"
EXISTING = Option(
    name="existing",
    label=_("Those who are there already"),
    choices=lambda: [
        (SKIP, _("Leave them as they are")),
        (REFUSE, _("Report them as faults")),
    ],
    default=SKIP,
    help=_("Found by code, VAT number or tax code."),
)
NO_CUSTOMER = _("No customer has this code, VAT number or name.")
IMPORT_FIRST = _("Correct it, or import the customer first.")
MANY_CUSTOMERS = _("Several customers have this name.")
WRITE_CODE = _("Write the code of the right one.")
IN_USE = _("Other records lean on it: sessions, charges, logins. Deactivate it instead.")


class PartyRun:
    """One import of parties, with codes, numbers, zones and payment terms looked up once."""

    def __init__(self, setup: Setup) -> None:
        self.home = parties.home()
        self.refuse = setup.options.get("existing", SKIP) == REFUSE
        self.zones = {names.fold(zone.name): zone for zone in Zone.objects.filter(is_active=True)}
        self.terms = _terms_by_word()
        self.known = {key for party in _numbers() for key in party}
        self.seen: dict[tuple[str, str], int] = {}

    def check(self, rows: list[Row], lines: list[int]) -> Checked:
        """Return the rows that can be written, and every fault of the others."""
        checked = Checked()
        for row, line in zip(rows, lines, strict=True):
            problems = list(self._problems(_values(PARTY_FIELDS, row), line))
            checked.problems += problems
            if not problems:
                checked.rows.append(row)
        return checked

    def write(
        self,
        rows: list[Row],
        *,
        batch: int,  # noqa: ARG002 (the protocol's: the ids tell these rows)
        at: datetime,
        by: int | None,
    ) -> Written:
        """Return how many parties were added, and how many were there already."""
        added: list[int] = []
        for row in rows:
            party, office, _told = self._read(_values(PARTY_FIELDS, row))
            parties.faults(party, light=True)  # for the canonical numbers
            if self._is_known(party):
                continue
            values = {name: getattr(party, name) for name in parties.FIELDS}
            added.append(parties.create(at=at, by=by, office=office, **values).pk)
            self.known |= set(_keys(party))
        return Written(new=len(added), known=len(rows) - len(added), ids=added)

    def _problems(self, values: Values, line: int) -> Iterator[Problem]:
        party, office, told = self._read(values)
        told |= parties.faults(party, office=office, light=True)
        for name, texts in told.items():
            yield Problem(line, name, str(values.get(name) or ""), " ".join(map(str, texts)))
        what: StrOrPromise
        for key in _keys(party):
            field, value = key
            if first := self.seen.get(key):
                what = _("It stands in row %(row)s already.") % {"row": first}
                yield Problem(line, field, value, what, _("Keep one of the two rows."))
            self.seen.setdefault(key, line)
        if self.refuse and self._is_known(party):
            what = _("This customer or supplier is there already.")
            yield Problem(line, "name", party.name, what, _("Take the row out, or leave them."))

    def _read(self, values: Values) -> tuple[Party, Values, records.Faults]:
        """Return the party in memory, its office, and what could not be looked up."""
        told: records.Faults = {}
        given = {name: value for name, value in values.items() if value is not None}
        office = {
            name.removeprefix(OFFICE): given.pop(name) for name in list(given) if OFFICE in name
        }
        zone, terms = given.pop("zone", ""), given.pop("payment_terms", "")
        party = Party(is_customer=not given.get("is_supplier", False), **self.home)
        records.put(party, given, parties.FIELDS)
        party.zone = self.zones.get(names.fold(zone))
        party.payment_terms = self.terms.get(names.fold(terms))
        if zone and not party.zone:
            told["zone"] = [wording.NO_ZONE]
        if terms and not party.payment_terms:
            told["payment_terms"] = [wording.NO_TERMS]
        return party, office, told

    def _is_known(self, party: Party) -> bool:
        return any(key in self.known for key in _keys(party))


class PartyImporter:
    """Takes customers and suppliers."""

    key = "parties.parties"
    title: StrOrPromise = _("Customers and suppliers")
    permission = IMPORT
    fields: Sequence[Field] = PARTY_FIELDS
    options: Sequence[Option] = (EXISTING,)

    def prepare(self, setup: Setup) -> Run:
        """Return the import, with its lookups made."""
        return PartyRun(setup)

    def undo(
        self,
        *,
        batch: int,  # noqa: ARG002 (the protocol's: the ids tell these rows)
        ids: Sequence[int],
        reason: str,
        at: datetime,
        by: int,
    ) -> int:
        """Return how many parties were removed; those in use are named and nothing is."""
        try:
            return parties.remove_unused(party_ids=ids, reason=reason, at=at, by=by)
        except records.InUseError as error:
            raise UndoRefusedError([Refused(name, IN_USE) for name in error.names]) from error


class GroupRun:
    """One import of groups, with their customers looked up once."""

    def __init__(self) -> None:
        self.customers = customers_by_word()
        self.known = {names.fold(name) for name in Group.objects.values_list("name", flat=True)}
        self.seen: dict[str, int] = {}

    def check(self, rows: list[Row], lines: list[int]) -> Checked:
        """Return the rows that can be written, and every fault of the others."""
        checked = Checked()
        for row, line in zip(rows, lines, strict=True):
            problems = list(self._problems(_values(GROUP_FIELDS, row), line))
            checked.problems += problems
            if not problems:
                checked.rows.append(row)
        return checked

    def write(
        self,
        rows: list[Row],
        *,
        batch: int,  # noqa: ARG002 (the protocol's: the ids tell these rows)
        at: datetime,
        by: int | None,
    ) -> Written:
        """Return how many groups were added, and how many were there already."""
        added: list[int] = []
        for row in rows:
            values = _values(GROUP_FIELDS, row)
            if names.fold(values["name"]) in self.known:
                continue
            (party,) = self._found(values["party"])
            notes = values["notes"] or ""
            group = people.create_group(at=at, by=by, party=party, name=values["name"], notes=notes)
            added.append(group.pk)
            self.known.add(names.fold(group.name))
        return Written(new=len(added), known=len(rows) - len(added), ids=added)

    def _problems(self, values: Values, line: int) -> Iterator[Problem]:
        name, customer = str(values["name"]), str(values["party"])
        found = self._found(customer)
        if not found:
            yield Problem(line, "party", customer, NO_CUSTOMER, IMPORT_FIRST)
        elif len(found) > 1:
            yield Problem(line, "party", customer, MANY_CUSTOMERS, WRITE_CODE)
        if first := self.seen.get(names.fold(name)):
            what = _("It stands in row %(row)s already.") % {"row": first}
            yield Problem(line, "name", name, what, _("Keep one of the two rows."))
        self.seen.setdefault(names.fold(name), line)

    def _found(self, customer: str) -> list[Party]:
        return self.customers.get(names.fold(customer), [])


class GroupImporter:
    """Takes groups of the address book for customers who are there."""

    key = "parties.groups"
    title: StrOrPromise = _("Groups of the address book")
    permission = IMPORT
    fields: Sequence[Field] = GROUP_FIELDS
    options: Sequence[Option] = ()

    def prepare(self, setup: Setup) -> Run:  # noqa: ARG002 (nothing to choose)
        """Return the import, with its lookups made."""
        return GroupRun()

    def undo(
        self,
        *,
        batch: int,  # noqa: ARG002 (the protocol's: the ids tell these rows)
        ids: Sequence[int],
        reason: str,
        at: datetime,
        by: int,
    ) -> int:
        """Return how many groups were removed; those in use are named and nothing is."""
        try:
            return people.remove_unused_groups(group_ids=ids, reason=reason, at=at, by=by)
        except records.InUseError as error:
            raise UndoRefusedError([Refused(name, IN_USE) for name in error.names]) from error


def _values(fields: Sequence[Field], row: Row) -> Values:
    return {field.name: value for field, value in zip(fields, row, strict=True)}


def _keys(party: Party) -> list[tuple[str, str]]:
    """Return what tells a party: code, VAT number, and tax code where there is no VAT number."""
    number = party.vat_number and f"{party.country}{party.vat_number}"
    told = [("code", party.code), ("vat_number", number)]
    if not party.vat_number:
        told.append(("tax_code", party.tax_code))
    return [(name, value) for name, value in told if value]


def _numbers() -> Iterator[list[tuple[str, str]]]:
    rows = Party.objects.only("code", "country", "vat_number", "tax_code")
    for party in rows.iterator(chunk_size=2000):
        yield _keys(party)


def _terms_by_word() -> dict[str, PaymentTerms]:
    found: dict[str, PaymentTerms] = {}
    for terms in PaymentTerms.objects.filter(is_active=True):
        for word in (terms.code, *terms.names.values()):
            found.setdefault(names.fold(str(word)), terms)
    return found


def customers_by_word() -> Mapping[str, list[Party]]:
    """Return the customers by code and VAT number, and by name where those are nobody's."""
    certain: dict[str, list[Party]] = {}
    by_name: dict[str, list[Party]] = {}
    for party in Party.objects.filter(is_customer=True):
        for word in {party.code, party.vat_number} - {""}:
            certain[names.fold(word)] = [party]
        by_name.setdefault(names.fold(party.name), []).append(party)
    return by_name | certain
