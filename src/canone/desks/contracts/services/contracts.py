"""Contracts are written here: made, changed, cancelled, suspended, taken up again, copied."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext_lazy as _

from canone.base import bulk
from canone.base.files import services as files
from canone.base.history import services as history
from canone.desks.contracts.models import Agent, Contract, Cover, Line, Paper
from canone.desks.contracts.queries import habits, words
from canone.desks.contracts.rules import custom
from canone.kernel.periods import ONE_DAY
from canone.ledgers.allowances.models import Allowance, Entry
from canone.ledgers.allowances.services import entries
from canone.ledgers.invoicing.models import Charge
from canone.registers.parties.services import records

FIELDS = (
    "number", "type", "customer", "site", "title", "signed_on", "start", "end", "go_live",
    "arrears_on", "is_own_invoice", "payment_terms", "method", "mandate", "order_number",
    "order_date", "cig", "cup", "notes", "invoice_notes", "conditions", "custom",
)  # fmt: skip
LEANS = {
    "custom": {"type"},
    "site": {"customer"},
    "end": {"start"},
    "mandate": {"customer", "method"},
}
"""What else bears on a field: where that changes, the field may be wrong by it."""
TOGETHER = 200
SUSPENSION = {"suspended_from", "suspend_reason"}
OTHER_PARTY = _("It belongs to another customer.")
NO_CUSTOMER = _("This party is not a customer.")
NO_MANDATE = _("A direct debit needs a mandate of the customer.")
REVOKED = _("This mandate was revoked.")
BILLED = _("Something was charged or granted by this contract. It stays with its customer.")
CANCELLED_BEFORE = _("A contract covers one day at least.")
NOT_SUSPENDED = _("The contract is not suspended.")
BEFORE_SUSPENSION = _("It is suspended from a later day on.")


@transaction.atomic
def create(*, at: datetime, by: int | None, **values: Any) -> Contract:
    """Return a new contract; faults are a ValidationError by field.

    Without a number it gets the next free one; without conditions, those of its type.
    """
    (key,) = bulk.reserve(Contract, 1)
    contract = Contract(pk=key)
    usual = {"number": "", "arrears_on": habits.habits().arrears_on}
    records.put(contract, usual | values, FIELDS)
    contract._state.adding = True  # noqa: SLF001 (the id was reserved for the number)
    if not contract.number:
        contract.number = _free_number(key)
    if contract.type is not None and not contract.conditions:
        contract.conditions = contract.type.conditions
    return records.keep(contract, faults(contract), at=at, by=by)


@transaction.atomic
def create_many(new: Sequence[Contract], *, at: datetime, by: int | None) -> None:
    """Save new contracts, whole and in memory, each with its number; for rows of a file.

    Faults are a ValidationError, and nothing is saved. What their links lead to was looked up.
    """
    for contract in new:
        if told := faults(contract, light=True):
            raise ValidationError(dict(told))
        if contract.type is not None and not contract.conditions:
            contract.conditions = contract.type.conditions
    records.keep_new(new, at=at, by=by)


@transaction.atomic
def update(*, contract_id: int, at: datetime, by: int | None, **values: Any) -> Contract:
    """Return the contract after the change; fields that are not given stay."""
    contract = Contract.objects.select_for_update().get(pk=contract_id)
    before = contract.customer_id
    changed = records.put(contract, values, FIELDS)
    if not changed:
        return contract
    if contract.customer_id != before and (was_charged(contract) or has_pools(contract)):
        raise records.refuse(BILLED, "customer")
    return records.keep(contract, _faults_by(contract, changed), at=at, by=by)


@transaction.atomic
def cancel(
    *, contract_id: int, last_day: date, reason: str, on: date, at: datetime, by: int | None
) -> Contract:
    """Return the contract, ending with `last_day`; the next run gives back what is billed beyond.

    `on` is the day the cancellation came in.
    """
    contract = Contract.objects.select_for_update().get(pk=contract_id)
    if last_day < contract.start:
        raise records.refuse(CANCELLED_BEFORE, "last_day")
    ends = last_day + ONE_DAY
    contract.end, contract.cancelled_on, contract.cancel_reason = ends, on, reason.strip()
    told = _faults_by(contract, {"end", "cancelled_on", "cancel_reason"})
    return records.keep(contract, told, at=at, by=by)


@transaction.atomic
def suspend(*, contract_id: int, day: date, reason: str, at: datetime, by: int | None) -> Contract:
    """Return the contract, of which nothing is billed for periods that begin on `day` or later."""
    contract = Contract.objects.select_for_update().get(pk=contract_id)
    contract.suspended_from, contract.suspend_reason = day, reason.strip()
    return records.keep(contract, _faults_by(contract, SUSPENSION), at=at, by=by)


@transaction.atomic
def unsuspend(*, contract_id: int, at: datetime, by: int | None) -> Contract:
    """Return the contract as if it had never been suspended: what was not billed will be."""
    contract = Contract.objects.select_for_update().get(pk=contract_id)
    if contract.suspended_from is None:
        raise records.refuse(NOT_SUSPENDED)
    return go_on(contract, at=at, by=by)


def go_on(contract: Contract, *, at: datetime, by: int | None) -> Contract:
    """Return the locked contract, suspended no longer; `lines.resume` cuts its lines before."""
    contract.suspended_from, contract.suspend_reason = None, ""
    return records.keep(contract, _faults_by(contract, SUSPENSION), at=at, by=by)


def was_charged(contract: Contract) -> bool:
    """Return whether anything was ever charged from the contract's lines."""
    keys = contract.lines.values_list("pk", flat=True)
    origins = (f"request:{contract.pk}:", *(f"line:{key}:" for key in keys))
    return any(Charge.objects.filter(origin__startswith=origin).exists() for origin in origins)


def has_pools(contract: Contract) -> bool:
    """Return whether the contract grants something to its customer, or did."""
    return Allowance.objects.filter(owner__startswith=f"{contract.bundle}:").exists()


def holds_prepaid(contract: Contract) -> bool:
    """Return whether something stands in its pools beside what its lines grant by themselves.

    An opening balance, something bought or something used does; an empty pool may stay.
    """
    return _standing(contract).exclude(kind=Entry.Kind.GRANT, origin__startswith="line:").exists()


def _standing(contract: Contract) -> models.QuerySet[Entry]:
    """Return what was granted, bought and used in the contract's pools and not reversed."""
    kinds = (Entry.Kind.GRANT, Entry.Kind.TOP_UP, Entry.Kind.DRAW)
    rows = Entry.objects.filter(allowance__owner__startswith=f"{contract.bundle}:", kind__in=kinds)
    return rows.filter(reversal__isnull=True)


def faults(contract: Contract, *, light: bool = False) -> records.Faults:
    """Return everything that is wrong with a contract in memory, by field."""
    special: records.Faults = {}
    if contract.customer_id and not contract.customer.is_customer:
        special["customer"] = [NO_CUSTOMER]
    if contract.site is not None and contract.site.party_id != contract.customer_id:
        special["site"] = [OTHER_PARTY]
    if contract.end is not None and contract.start and contract.end <= contract.start:
        special["end"] = [CANCELLED_BEFORE]
    special |= _mandate(contract) | _custom(contract)
    return records.faults(contract, special, light=light)


def _faults_by(contract: Contract, changed: AbstractSet[str]) -> records.Faults:
    """Return what is wrong by what changed.

    The rest was right when it was entered: a mandate revoked or a field of the type added since
    must not keep anybody from ending the contract.
    """

    def is_by(name: str) -> bool:
        field = name.partition(".")[0]
        leans = {field} | LEANS.get(field, set())
        if contract.method != Contract.Method.DIRECT_DEBIT:
            leans.discard("method")  # leaving the direct debit does not choose the mandate anew
        return name == NON_FIELD_ERRORS or bool(leans & changed)

    return {name: texts for name, texts in faults(contract).items() if is_by(name)}


def _mandate(contract: Contract) -> records.Faults:
    mandate = contract.mandate
    if contract.method == Contract.Method.DIRECT_DEBIT and mandate is None:
        return {"mandate": [NO_MANDATE]}
    if mandate is None:
        return {}
    if mandate.party_id != contract.customer_id:
        return {"mandate": [OTHER_PARTY]}
    return {"mandate": [REVOKED]} if mandate.revoked_on else {}


def _custom(contract: Contract) -> records.Faults:
    fields = custom.read(contract.type.fields)[0] if contract.type is not None else []
    kept, problems = custom.check(fields, contract.custom)
    if not problems:
        contract.custom = kept
        return {}
    told: records.Faults = {}
    for problem in problems:
        told.setdefault(f"custom.{problem.field}", []).append(words.problem(problem))
    return told


@transaction.atomic
def remove_unused(*, contract_ids: Iterable[int], reason: str, at: datetime, by: int | None) -> int:
    """Return how many contracts were removed, with all that hangs on them.

    For taking back an import. What its lines granted is taken back; where something was charged
    from one, or used of its pools, InUseError names them all and nothing is removed.
    """
    wanted = list(Contract.objects.select_for_update().filter(pk__in=list(contract_ids)))
    used = [one.number for one in wanted if was_charged(one) or holds_prepaid(one)]
    if used:
        raise records.InUseError(used)
    with history.acting(by):
        for start in range(0, len(wanted), TOGETHER):
            part = wanted[start : start + TOGETHER]
            if _are_removed(part, reason=reason, at=at, by=by):
                continue
            stay = [c.number for c in part if not _are_removed([c], reason=reason, at=at, by=by)]
            if stay:
                raise records.InUseError(stay)
    return len(wanted)


def _are_removed(wanted: Sequence[Contract], *, reason: str, at: datetime, by: int | None) -> bool:
    """Remove contracts; return False, with nothing removed, where something leans on one.

    Work was accounted by one of its lines, or what is left of a grant was carried over.
    """
    try:
        with transaction.atomic():
            _remove(wanted, reason=reason, at=at, by=by)
    except (ProtectedError, entries.NotReversibleError):
        return False
    return True


def _remove(wanted: Sequence[Contract], *, reason: str, at: datetime, by: int | None) -> None:
    granted = [key for one in wanted for key in _standing(one).values_list("pk", flat=True)]
    if granted:
        entries.reverse(entry_ids=granted, reason=reason, day=at.date(), at=at, by=by)
    for paper in Paper.objects.filter(contract__in=wanted).select_related("file"):
        file = paper.file
        records.remove(paper, reason=reason, at=at)
        files.delete(file)
    # successors lean on what they follow
    for line in Line.objects.filter(contract__in=wanted, follows__isnull=False).order_by("-pk"):
        records.remove(line, reason=reason, at=at)
    for model in (Agent, Cover, Line):
        rows = model._default_manager.filter(contract__in=wanted)  # noqa: SLF001 (Django's name)
        records.remove_many(list(rows), reason=reason, at=at)
    records.remove_many(wanted, reason=reason, at=at)


def _free_number(key: int) -> str:
    number = key
    while Contract.objects.filter(number=f"C{number:05d}").exists():
        number += 1
    return f"C{number:05d}"
