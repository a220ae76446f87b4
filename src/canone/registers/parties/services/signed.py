"""Files of mandates on their way in: what customers have signed with another program."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
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
from canone.registers.parties.models import Mandate, Party
from canone.registers.parties.permissions import IMPORT
from canone.registers.parties.rules import names
from canone.registers.parties.services import importing, mandates, records
from canone.registers.parties.services.sheets import MANDATE_FIELDS

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Row = tuple[Any, ...]
Values = dict[str, Any]
DAYS = ("signed_on", "revoked_on")
OF_ANOTHER = _("A mandate with this reference is there already, of another customer.")
OTHER_ACCOUNT = _("A mandate with this reference is there already, with another IBAN.")
OTHERWISE = _("Correct the reference, or take the row out.")
IN_USE = _("A contract or an invoice is paid by it. Revoke it instead.")


class MandateRun:
    """One import of mandates, with customers and references looked up once."""

    def __init__(self) -> None:
        self.customers = importing.customers_by_word()
        rows = Mandate.objects.values_list("reference", "party_id", "iban")
        self.known = {reference: (party, iban) for reference, party, iban in rows}
        self.seen: dict[str, int] = {}

    def check(self, rows: list[Row], lines: list[int]) -> Checked:
        """Return the rows that can be written, and every fault of the others."""
        checked = Checked()
        for row, line in zip(rows, lines, strict=True):
            problems = list(self._problems(_values(row), line))
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
        """Return how many mandates were added, and how many were there already."""
        added: list[int] = []
        for values in map(_values, rows):
            mandate = self._read(values)
            if mandate is None or mandate.reference in self.known:
                continue
            given = {name: getattr(mandate, name) for name in mandates.FIELDS}
            made = mandates.create(at=at, by=by, **given)
            if mandate.revoked_on:
                mandates.revoke(mandate_id=made.pk, on=mandate.revoked_on, at=at, by=by)
            added.append(made.pk)
            self.known[made.reference] = (made.party_id, made.iban)
        return Written(new=len(added), known=len(rows) - len(added), ids=added)

    def _problems(self, values: Values, line: int) -> Iterator[Problem]:
        customer, reference = str(values["party"]), str(values["reference"])
        found = self._found(customer)
        if not found:
            hint = importing.IMPORT_FIRST
            yield Problem(line, "party", customer, importing.NO_CUSTOMER, hint)
        elif len(found) > 1:
            hint = importing.WRITE_CODE
            yield Problem(line, "party", customer, importing.MANY_CUSTOMERS, hint)
        mandate = self._read(values) or _mandate(values, Party())
        for name, texts in mandates.faults(mandate, light=True).items():
            shown = str(values.get(name) or "")
            yield Problem(line, name, shown, " ".join(map(str, texts)))
        if first := self.seen.get(reference):
            what = _("It stands in row %(row)s already.") % {"row": first}
            yield Problem(line, "reference", reference, what, _("Keep one of the two rows."))
        self.seen.setdefault(reference, line)
        if reference not in self.known or len(found) != 1:
            return
        party, iban = self.known[reference]
        if party != found[0].pk:
            yield Problem(line, "reference", reference, OF_ANOTHER, OTHERWISE)
        elif iban != mandate.iban:
            yield Problem(line, "iban", str(values["iban"]), OTHER_ACCOUNT, OTHERWISE)

    def _read(self, values: Values) -> Mandate | None:
        """Return the mandate in memory; None where its customer is not found."""
        found = self._found(str(values["party"]))
        return _mandate(values, found[0]) if len(found) == 1 else None

    def _found(self, customer: str) -> list[Party]:
        return self.customers.get(names.fold(customer), [])


class MandateImporter:
    """Takes the mandates for direct debits of customers who are there."""

    key = "parties.mandates"
    title: StrOrPromise = _("Mandates for direct debits")
    permission = IMPORT
    fields: Sequence[Field] = MANDATE_FIELDS
    options: Sequence[Option] = ()

    def prepare(self, setup: Setup) -> Run:  # noqa: ARG002 (nothing to choose)
        """Return the import, with its lookups made."""
        return MandateRun()

    def undo(
        self,
        *,
        batch: int,  # noqa: ARG002 (the protocol's: the ids tell these rows)
        ids: Sequence[int],
        reason: str,
        at: datetime,
        by: int,
    ) -> int:
        """Return how many mandates were removed; those in use are named and nothing is."""
        try:
            return mandates.remove_unused(mandate_ids=ids, reason=reason, at=at, by=by)
        except records.InUseError as error:
            raise UndoRefusedError([Refused(name, IN_USE) for name in error.names]) from error


def _mandate(values: Values, party: Party) -> Mandate:
    given = {name: value for name, value in values.items() if value is not None}
    given |= {name: date.fromisoformat(given[name]) for name in DAYS if name in given}
    mandate = Mandate()
    records.put(mandate, given | {"party": party}, {*mandates.FIELDS, "revoked_on"})
    return mandate


def _values(row: Row) -> Values:
    return {field.name: value for field, value in zip(MANDATE_FIELDS, row, strict=True)}
