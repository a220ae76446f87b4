"""What a learned rule would change in the past, and which technicians nobody knows yet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, Max, OuterRef, Q, Sum

from canone.base.access.models import User
from canone.desks.assistance.models import (
    Application,
    DeviceRule,
    GroupRule,
    RemoteSession,
    TechnicianRule,
)
from canone.desks.assistance.queries import previews, profiles
from canone.desks.assistance.rules import lengths
from canone.desks.assistance.rules.matching import Matcher, Person
from canone.desks.assistance.rules.states import State

if TYPE_CHECKING:
    from canone.desks.assistance.models.sessions import SessionQuerySet
    from canone.desks.assistance.queries.previews import Preview, Row

Kind = Application.Kind
Rule = DeviceRule | GroupRule | TechnicianRule
MODELS: dict[str, type[Rule]] = {
    Kind.DEVICE: DeviceRule,
    Kind.GROUP: GroupRule,
    Kind.TECHNICIAN: TechnicianRule,
}
KEYS = {Kind.DEVICE: "device_key", Kind.GROUP: "hint", Kind.TECHNICIAN: "key"}
MOST = 5_000
"""How many sessions one application moves; the next takes the rest."""
MOST_UNKNOWN = 100


def kind_of(rule: Rule) -> Application.Kind:
    """Return what a rule places sessions by."""
    return next(Kind(kind) for kind, model in MODELS.items() if isinstance(rule, model))


def key_of(rule: Rule) -> str:
    """Return the tool's key that a rule waits for."""
    return str(getattr(rule, KEYS[kind_of(rule)]))


def name_of(rule: Rule) -> str:
    """Return how the tool writes what a rule waits for."""
    return (rule.hint if isinstance(rule, GroupRule) else rule.name) or key_of(rule)


def touched(rule: Rule, *, user: User | None, elsewhere: bool) -> SessionQuerySet:
    """Return the sessions of `user`, or all, that applying `rule` would change; none accounted.

    Without `elsewhere` those that have no group (or technician) yet. A computer's own rule goes
    before its tool's group, a technician's key before the name beside it.
    """
    seen = RemoteSession.objects.all() if user is None else RemoteSession.objects.visible_to(user)
    found = seen.filter(source=rule.source, accounting__isnull=True)
    if isinstance(rule, TechnicianRule):
        other = TechnicianRule.objects.filter(
            source=OuterRef("source"), key__iexact=OuterRef("technician_key")
        )
        named = Q(technician_key__iexact=rule.key)
        found = found.filter(named | (Q(technician_name__iexact=rule.key) & ~Exists(other)))
        if not elsewhere:
            return found.filter(technician__isnull=True)
        return found.exclude(technician=rule.technician_id)
    if isinstance(rule, DeviceRule):
        found = found.filter(device_key=rule.device_key)
    else:
        own = DeviceRule.objects.filter(
            source=OuterRef("source"), device_key=OuterRef("device_key")
        )
        found = found.filter(~Exists(own), group_hint__iexact=rule.hint)
    if not elsewhere:
        return found.filter(group__isnull=True)
    return found.exclude(group=rule.group_id)


@dataclass(slots=True)
class Worth:
    """What sessions come to: how many in which state, their price, their prepaid minutes."""

    states: dict[State, int] = field(default_factory=dict)
    cents: int | None = None
    pool_minutes: int = 0


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What an application would do; `rows` are the first of its sessions.

    `others` are sessions that stay where they are but are priced together with moved ones: the
    worth before and after counts them in both.
    """

    count: int
    total: int
    minutes: int
    before: Worth
    after: Worth
    others: int
    rows: Sequence[RemoteSession]


def foresee(
    rule: Rule, *, user: User, elsewhere: bool, day: date, now: datetime, shown: int = 50
) -> Foreseen:
    """Return what applying `rule` would change, at today's profiles; writes nothing."""
    found = touched(rule, user=user, elsewhere=elsewhere).order_by("started_at", "id")
    total = found.count()
    rows = [previews.Row._make(row) for row in found.values_list(*previews.FIELDS)[:MOST]]
    before, after, others = _worths(rule, rows, day=day, now=now)
    return Foreseen(
        count=len(rows),
        total=total,
        minutes=sum(lengths.begun_minutes(row.seconds or 0) for row in rows),
        before=before,
        after=after,
        others=others,
        rows=list(found.select_related("group__party", "technician")[:shown]),
    )


def _worths(
    rule: Rule, rows: Sequence[Row], *, day: date, now: datetime
) -> tuple[Worth, Worth, int]:
    at_work = profiles.current(day)
    if isinstance(rule, TechnicianRule):
        same = _sum(previews.of_rows(rows, at_work, now=now).values())
        return same, same, 0
    moved = [row._replace(group_id=rule.group_id) for row in rows]
    seen = previews.of_rows(rows, at_work, now=now)
    then = previews.of_rows(moved, at_work, now=now)
    near = {key for one in (*seen.values(), *then.values()) for key in one.members}
    others = _rows(near - {row.id for row in rows})
    if others:
        seen = previews.of_rows([*rows, *others], at_work, now=now)
        then = previews.of_rows([*moved, *others], at_work, now=now)
    return _sum(seen.values()), _sum(then.values()), len(others)


def _rows(ids: Iterable[int]) -> list[Row]:
    found = RemoteSession.objects.filter(pk__in=list(ids)).values_list(*previews.FIELDS)
    return [previews.Row._make(row) for row in found]


def _sum(seen: Iterable[Preview]) -> Worth:
    worth = Worth()
    for one in seen:
        worth.states[one.state] = worth.states.get(one.state, 0) + 1
        if one.price is not None:
            worth.cents = (worth.cents or 0) + one.price.minor
        if one.pool:
            worth.pool_minutes += one.billed_minutes
    return worth


@dataclass(frozen=True, slots=True)
class Unknown:
    """A technician of a tool whom no user is; `guess` is a user with the same first letters."""

    source: str
    key: str
    name: str
    count: int
    minutes: int
    last: datetime
    guess: int | None

    @property
    def learned(self) -> str:
        """What a rule would wait for."""
        return self.key or self.name


def unknown_technicians(user: User) -> list[Unknown]:
    """Return the technicians of pending sessions who are no user yet, the latest first."""
    found = (
        RemoteSession.objects.visible_to(user)
        .filter(technician__isnull=True, accounting__isnull=True, is_manual=False)
        .exclude(technician_key="", technician_name="")
        .values("source", "technician_key", "technician_name")
        .annotate(count=Count("id"), seconds=Sum("seconds"), last=Max("started_at"))
        .order_by("-last")[:MOST_UNKNOWN]
    )
    listed = list(found)
    guesses = _guesses() if listed else {}
    return [
        Unknown(
            row["source"],
            row["technician_key"],
            row["technician_name"],
            row["count"],
            (row["seconds"] or 0) // 60,
            row["last"],
            _guess(f"{row['technician_name']} {row['technician_key']}", guesses),
        )
        for row in listed
    ]


def _guesses() -> dict[str, set[int]]:
    """Return the words of names and mail addresses with the users they may mean."""
    words: dict[str, set[int]] = {}
    for person in people(active=True):
        for word in _words(f"{person.name} {person.mail.split('@', maxsplit=1)[0]}"):
            words.setdefault(word, set()).add(person.id)
    return words


def _guess(text: str, words: dict[str, set[int]]) -> int | None:
    """Return the one user of whom a word speaks, also where first letters stand before it."""
    for word in _words(text.split("@", maxsplit=1)[0]):
        for candidate in (word, word[1:]):
            users = words.get(candidate, set())
            if len(users) == 1 and len(candidate) > 2:
                return next(iter(users))
    return None


def _words(text: str) -> list[str]:
    plain = "".join(letter if letter.isalnum() else " " for letter in text.casefold())
    return [word for word in plain.split() if len(word) > 2]


def people(*, active: bool = False) -> list[Person]:
    """Return the users as technicians are matched with them."""
    found = User.objects.only("id", "email", "name", "aliases").order_by("id")
    chosen = found.filter(is_active=True) if active else found
    return [
        Person(one.pk, one.email, one.name, tuple(str(alias) for alias in one.aliases))
        for one in chosen
    ]


def matcher(source: str) -> Matcher:
    """Return who finds the users behind a source's technicians."""
    learned = TechnicianRule.objects.filter(source=source).values_list("key", "technician_id")
    return Matcher(people(), dict(learned))
