"""What is charged, to whom, in which state."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import models
from django.db.models import Case, Count, Exists, Max, OuterRef, Q, Sum, Value, When

from canone.kernel.money import Money
from canone.ledgers.invoicing.models import Charge, ChargeQuerySet
from canone.ledgers.invoicing.rules import states
from canone.ledgers.invoicing.rules.states import Age, State

CHUNK = 500
Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Total:
    """How many charges, and what they come to."""

    count: int
    amount: Money


NOTHING = Total(0, Money(0))


def with_state() -> ChargeQuerySet:
    """Return all charges with their `state`."""
    rows: Any = Charge.objects  # the model declares `state`, which the plugin takes for a clash
    found: ChargeQuerySet = rows.annotate(state=_state())
    return found


def to_invoice(charges: ChargeQuerySet | None = None) -> ChargeQuerySet:
    """Return those of the charges, of all unless given, that a document may take."""
    rows = Charge.objects.all() if charges is None else charges
    return rows.filter(~_is_reversed(), document="", is_reversal=False)


def in_states(charges: ChargeQuerySet, wanted: Sequence[State]) -> ChargeQuerySet:
    """Return those of the charges that stand in one of the states."""
    conditions = {
        State.TO_INVOICE: Q(document="", is_reversal=False) & ~Q(_is_reversed()),
        State.ON_DOCUMENT: Q(is_reversal=False) & ~Q(document=""),
        State.REVERSED: Q(document="", is_reversal=False) & Q(_is_reversed()),
        State.REVERSAL: Q(is_reversal=True),
    }
    chosen = Q(pk__in=[])
    for state in wanted:
        chosen |= conditions[state]
    return charges.filter(chosen)


def posted(origins: Sequence[str], *, is_reversal: bool = False) -> set[Key]:
    """Return which (origin, revision) of the origins carry a charge, or a reversal."""
    found: set[Key] = set()
    for part in _parts(origins):
        rows = Charge.objects.filter(origin__in=part, is_reversal=is_reversal)
        found.update(rows.values_list("origin", "revision"))
    return found


def next_revisions(origins: Sequence[str]) -> dict[str, int]:
    """Return, for every origin, the revision that its next charge takes; 1 for a new one."""
    following = dict.fromkeys(origins, 1)
    for part in _parts(origins):
        rows = Charge.objects.filter(origin__in=part).values_list("origin")
        following.update({origin: last + 1 for origin, last in rows.annotate(last=Max("revision"))})
    return following


def of_origins(origins: Sequence[str]) -> dict[str, list[Charge]]:
    """Return the charges and reversals of every origin, oldest first, with their state."""
    found: dict[str, list[Charge]] = {origin: [] for origin in origins}
    for part in _parts(origins):
        for charge in with_state().filter(origin__in=part).order_by("pk"):
            found[charge.origin].append(charge)
    return found


def standing(origin: str) -> Charge | None:
    """Return the charge of the origin that is not reversed, the last of several.

    After a credit note released it, that is another revision than the one that was posted first.
    """
    rows = Charge.objects.filter(~_is_reversed(), origin=origin, is_reversal=False)
    return rows.order_by("-revision").first()


def totals(charges: ChargeQuerySet) -> dict[State, Total]:
    """Return the sum of the charges by state, in the order of the states."""
    rows = (
        charges.order_by().values_list(_state()).annotate(count=Count("pk"), amount=Sum("amount"))
    )
    found = {State(state): Total(count, amount) for state, count, amount in rows}
    return {state: found[state] for state in State if state in found}


def open_by_customer(charges: ChargeQuerySet | None = None) -> dict[int, Total]:
    """Return what is to invoice of the charges, by customer."""
    return _grouped(to_invoice(charges), "customer_id")


def open_by_kind(charges: ChargeQuerySet | None = None) -> dict[str, Total]:
    """Return what is to invoice of the charges, by kind."""
    return _grouped(to_invoice(charges), "kind")


def open_by_age(charges: ChargeQuerySet | None = None, *, day: date) -> dict[Age, Total]:
    """Return what is to invoice of the charges, by how long before `day` the service ended."""
    whens = [
        When(service_end__gte=day - timedelta(days=limit), then=Value(age.value))
        for limit, age in states.LIMITS
    ]
    aged = to_invoice(charges).annotate(
        age=Case(*whens, default=Value(Age.OLDER.value), output_field=models.CharField())
    )
    found = _grouped(aged, "age")
    return {age: found.get(age.value, NOTHING) for age in Age}


def of_age(charges: ChargeQuerySet, age: Age, *, day: date) -> ChargeQuerySet:
    """Return those of the charges whose service ended so long before `day`."""
    newer = [limit for limit, name in states.LIMITS if list(Age).index(name) < list(Age).index(age)]
    until = [limit for limit, name in states.LIMITS if name is age]
    if newer:
        charges = charges.filter(service_end__lt=day - timedelta(days=max(newer)))
    if until:
        charges = charges.filter(service_end__gte=day - timedelta(days=until[0]))
    return charges


def open_total(charges: ChargeQuerySet | None = None) -> Total:
    """Return what is to invoice of the charges in all."""
    row = to_invoice(charges).aggregate(count=Count("pk"), amount=Sum("amount"))
    return Total(row["count"], row["amount"] or Money(0))


def _state() -> Case:
    return Case(
        When(is_reversal=True, then=Value(State.REVERSAL.value)),
        When(~Q(document=""), then=Value(State.ON_DOCUMENT.value)),
        When(_is_reversed(), then=Value(State.REVERSED.value)),
        default=Value(State.TO_INVOICE.value),
        output_field=models.CharField(),
    )


def _is_reversed() -> Exists:
    return Exists(
        Charge.objects.filter(
            origin=OuterRef("origin"), revision=OuterRef("revision"), is_reversal=True
        )
    )


def _grouped(charges: ChargeQuerySet, column: str) -> dict[Any, Total]:
    rows = charges.order_by().values_list(column).annotate(count=Count("pk"), amount=Sum("amount"))
    return {key: Total(count, amount) for key, count, amount in rows}


def _parts(origins: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(origins), CHUNK):
        yield origins[start : start + CHUNK]
