"""What another program had left of hours, tickets, visits and copies, on its way in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as now_
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
from canone.desks.contracts.models import Contract, Line
from canone.desks.contracts.permissions import IMPORT
from canone.desks.contracts.services.sheets import UNITS, words
from canone.kernel.money import Money
from canone.ledgers.allowances.models import Allowance, Entry
from canone.ledgers.allowances.services import entries, pools
from canone.registers.catalog.models import Tariff
from canone.registers.parties.rules import names

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Row = tuple[Any, ...]
FIELDS = (
    Field("contract", _("Number of the contract"), limit=40,
          synonyms=("contratto", "n. contratto", "numero contratto", "contract", "contrat")),
    Field("profile", _("Profile of prepaid hours"), limit=200,
          synonyms=("profilo", "tariffario", "abbonamento", "profil", "forfait")),
    Field("unit", _("Hours, tickets, visits or copies"), FieldKind.CHOICE, required=True,
          choices=words(UNITS),
          synonyms=("tipo", "unità", "cosa", "unité")),
    Field("balance", _("Left"), FieldKind.NUMBER, required=True,
          synonyms=("residuo", "saldo", "rimanenti", "disponibili", "reste", "solde")),
    Field("day", _("On"), FieldKind.DAY, required=True,
          synonyms=("alla data", "data saldo", "al", "date", "au")),
    Field("expires_on", _("Last day"), FieldKind.DAY,
          synonyms=("scadenza", "utilizzabile fino al", "échéance")),
)  # fmt: skip
ONE_OF_TWO = _("Write either the contract or the profile.")
NO_CONTRACT = _("There is no contract with this number.")
NO_PROFILE = _("There is no profile with this name.")
NO_POOL = _("Nobody has prepaid hours of this profile. Assign it first.")
HOURS_ONLY = _("A profile has hours.")
NOT_WHOLE = _("A whole number is needed; of hours, whole minutes.")
NOT_BELOW = _("Write what is left, above zero. Leave the row out where nothing is.")
EXPIRED = _("The last day lies before the day of the balance.")
TWICE = _("It stands in row %(row)s already.")
THERE = _("A balance was taken over for it already. Undo that import first.")
CARRIED = _("A part of it was carried over after its last day.")


class BalanceRun:
    """One import of balances, with what its rows name looked up once."""

    def __init__(self) -> None:
        rows = Contract.objects.values_list("number", "pk")
        self.contracts = {names.fold(number): key for number, key in rows}
        self.profiles = {names.fold(t.name): t.pk for t in Tariff.objects.all()}
        self.pools = set(Allowance.objects.values_list("owner", flat=True))
        taken = Entry.objects.filter(origin__startswith="opening:", reversal__isnull=True)
        taken = taken.filter(kind=Entry.Kind.GRANT)
        self.taken = set(taken.values_list("allowance__owner", flat=True))
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
        batch: int,
        at: datetime,
        by: int | None,
    ) -> Written:
        """Return how many balances were granted; their entries are remembered."""
        ids = []
        for values in map(_values, rows):
            owner = self._owner(values)
            quantity = _quantity(values)
            if owner is None or quantity is None:
                continue
            if owner.startswith("contract:"):
                _open(owner, at=at, by=by)
            last = values["expires_on"]
            entry = entries.grant(
                owner=owner,
                quantity=quantity,
                amount=Money.zero(),
                day=date.fromisoformat(values["day"]),
                origin=f"opening:{batch}:{owner}",
                expires_on=date.fromisoformat(last) if last else None,
                note=now_("Taken over from another program"),
                at=at,
                by=by,
            )
            ids.append(entry)
        return Written(new=len(ids), ids=ids)

    def _owner(self, values: dict[str, Any]) -> str | None:
        if values["contract"]:
            key = self.contracts.get(names.fold(values["contract"]))
            return f"contract:{key}:{values['unit']}" if key else None
        key = self.profiles.get(names.fold(values["profile"] or ""))
        return f"tariff:{key}" if key else None

    def _problems(self, values: dict[str, Any], line: int) -> Iterator[Problem]:
        yield from self._whose(values, line)
        is_profile = values["profile"] and not values["contract"]
        if is_profile and values["unit"] != Line.Grants.MINUTE:
            yield Problem(line, "unit", "", HOURS_ONLY)
        if Fraction(values["balance"]) <= 0:
            yield Problem(line, "balance", "", NOT_BELOW)
        elif _quantity(values) is None:
            yield Problem(line, "balance", "", NOT_WHOLE)
        if values["expires_on"] and values["expires_on"] < values["day"]:
            yield Problem(line, "expires_on", "", EXPIRED)

    def _whose(self, values: dict[str, Any], line: int) -> Iterator[Problem]:
        if bool(values["contract"]) == bool(values["profile"]):
            yield Problem(line, "contract", values["contract"] or "", ONE_OF_TWO)
            return
        column = "contract" if values["contract"] else "profile"
        owner = self._owner(values)
        if owner is None:
            what = NO_CONTRACT if column == "contract" else NO_PROFILE
            yield Problem(line, column, values[column], what)
            return
        if column == "profile" and owner not in self.pools:
            yield Problem(line, column, values[column], NO_POOL)
        if owner in self.taken:
            yield Problem(line, column, values[column], THERE)
        if first := self.seen.get(owner):
            yield Problem(line, column, values[column], TWICE % {"row": first})
        self.seen.setdefault(owner, line)


def _quantity(values: dict[str, Any]) -> int | None:
    """Return the balance in units of the pool; None where it is no whole number of them."""
    exact = Fraction(values["balance"]) * (60 if values["unit"] == Line.Grants.MINUTE else 1)
    return int(exact) if exact.denominator == 1 else None


def _open(owner: str, *, at: datetime, by: int | None) -> None:
    _word, key, unit = owner.split(":")
    contract = Contract.objects.get(pk=key)
    title = (contract.title or contract.number)[:200]
    pools.open_pool(
        owner=owner, customer_id=contract.customer_id, title=title, unit=unit, at=at, by=by
    )


def _values(row: Row) -> dict[str, Any]:
    return {field.name: value for field, value in zip(FIELDS, row, strict=True)}


class BalanceImporter:
    """Takes what was left of hours, tickets, visits and copies."""

    key = "contracts.balances"
    title: StrOrPromise = _("Opening balances of hours, tickets, visits")
    permission = IMPORT
    fields: Sequence[Field] = FIELDS
    options: Sequence[Option] = ()

    def prepare(self, setup: Setup) -> Run:  # noqa: ARG002 (nothing to choose)
        """Return the import, with its lookups made."""
        return BalanceRun()

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
        """Return how many balances were taken back; what was used of them is a debt then."""
        try:
            done = entries.reverse(entry_ids=ids, reason=reason, day=at.date(), at=at, by=by)
        except entries.NotReversibleError as error:
            rows = Entry.objects.filter(pk__in=ids).select_related("allowance")
            carried = [row.allowance.title for row in rows.filter(lot__carried__gt=0)]
            raise UndoRefusedError([Refused(title, CARRIED) for title in carried]) from error
        return len(done)
