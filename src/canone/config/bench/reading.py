"""Totals and the list page among a million sessions; the pure rule; a form during a run."""

from __future__ import annotations

import random
import statistics
import threading
import time
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.test import Client
from django.urls import reverse

from canone.base.access.models import User
from canone.config.bench import accounting, database, measure, seed
from canone.config.bench.measure import Result
from canone.desks.assistance.models import RemoteSession
from canone.desks.assistance.queries import profiles
from canone.desks.assistance.queries.scope import Scope
from canone.desks.assistance.queries.totals import totals
from canone.desks.assistance.rules.states import State
from canone.desks.assistance.services import assignments, sessions
from canone.kernel.money import UnitPrice
from canone.registers.catalog.rules.rating import Rater, Terms, Work
from canone.registers.parties.models import Group

MILLION = 1_000_000
LEFT = 2_000
ROUNDS = 5
START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)


def _million(scale: float) -> tuple[User, list[Group]]:
    """Write a million sessions, four fifths of them marked accounted as a run leaves them."""
    user = seed.owner()
    groups = seed.groups(user)
    seed.sessions(int(MILLION * scale), [group.name for group in groups], in_order=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id) FROM assistance_remotesession")
        last = int(cursor.fetchone()[0])
        # a lock without its accounting: the lines measured here read the session's own columns
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA foreign_keys=OFF")
        else:
            cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "UPDATE assistance_remotesession SET accounting_id = id, price = 2400, "
            "total_minutes = (seconds + 59) / 60 + extra_minutes WHERE id %% 5 <> 0 AND id <= %s",
            [last],
        )
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA foreign_keys=ON")
        else:
            cursor.execute("SET session_replication_role = DEFAULT")
    seed.analyse()
    return user, groups


def one_customer(scale: float) -> list[Result]:
    """Return totals of one customer and period beside the best bare SQL for the same figures."""
    user, groups = _million(scale)
    group = groups[7]
    chosen = Scope(group_id=group.pk, start=START, end=END)
    terms = profiles.current(seed.DAY).assigned[group.pk].rater.terms

    def ours() -> Any:
        return totals(chosen, user=user, day=seed.DAY, now=seed.AT)

    def bare() -> Any:
        with connection.cursor() as cursor:
            cursor.execute(BARE, _constants(terms, group.pk))
            return cursor.fetchone()

    _agree(ours(), bare())
    mine, theirs = [], []
    for _round in range(ROUNDS):
        mine.append(measure.best_of(ours, 3))
        theirs.append(measure.best_of(bare, 3))
    ratio = statistics.median(a / b for a, b in zip(mine, theirs, strict=True))
    note = f"reference {statistics.median(theirs) * 1000:.1f} ms"
    peak = measure.peak_mb()
    return [Result("totals", statistics.median(mine), ratio, 2, peak, note=note)]


MINUTES = "((seconds + 59) / 60 + extra_minutes)"
OPEN = "accounting_id IS NULL AND ended_at IS NOT NULL AND seconds >= %(least)s"
STEPS = f"(({MINUTES} - %(first)s + %(length)s - 1) / %(length)s)"
PRICE = (
    f"CASE WHEN {MINUTES} <= 0 THEN 0 WHEN {MINUTES} <= %(first)s THEN %(fee)s "
    f"ELSE %(fee)s + {STEPS} * %(step)s END"
)
BARE = f"""
    SELECT count(*), sum(CASE WHEN accounting_id IS NOT NULL THEN price END),
        sum(CASE WHEN accounting_id IS NOT NULL THEN total_minutes END),
        sum(CASE WHEN {OPEN} THEN {MINUTES} END),
        sum(CASE WHEN {OPEN} THEN {PRICE} END),
        sum(CASE WHEN accounting_id IS NULL AND seconds < %(least)s THEN 1 ELSE 0 END)
    FROM assistance_remotesession
    WHERE group_id = %(group)s AND started_at >= %(start)s AND started_at < %(end)s
"""  # noqa: S608 (constants of this file)


def _constants(terms: Terms, group: int) -> dict[str, Any]:
    return {
        "least": 60 * terms.minimum_minutes,
        "first": terms.initial_minutes,
        "fee": terms.initial_price.micros // 10_000,
        "length": terms.step_minutes,
        "step": terms.step_price.micros // 10_000,
        "group": group,
        "start": START if connection.vendor == "postgresql" else "2026-01-01 00:00:00",
        "end": END if connection.vendor == "postgresql" else "2026-12-01 00:00:00",
    }


def _agree(found: Any, row: tuple[Any, ...]) -> None:
    done, open_ = found.lines[State.ACCOUNTED], found.lines[State.PENDING]
    ignored = found.lines[State.IGNORED].count
    mine = (found.whole.count, done.cents, done.minutes, open_.minutes, open_.cents, ignored)
    if mine != tuple(int(value or 0) for value in row):
        raise AssertionError(f"the figures differ: {mine} and {row}")


def list_page(scale: float) -> list[Result]:
    """Return the list page for a filter that leaves 2,000, among a million and among 2,000.

    Both databases are there at the same time and asked in turn.
    """
    user = seed.owner()
    groups = seed.groups(user)
    few = Group.objects.create(party=groups[0].party, name="Filtro")
    source = profiles.current(seed.DAY).assigned[groups[0].pk].version.tariff_id
    assignments.assign(
        tariff_id=source, group_ids=[few.pk], starts_on=seed.DAY, by=user.pk, at=seed.AT
    )
    seed.sessions(LEFT, [few.name], seed=9)
    url = f"{reverse('assistance:list')}?group={few.pk}&start=01/01/2026"
    client = Client()
    client.force_login(user)
    many, few_ = [], []
    with database.twin() as alone:
        seed.sessions(int(MILLION * scale), [group.name for group in groups], in_order=True)
        for _round in range(ROUNDS):
            many.append(page(client, url))
            with alone():
                few_.append(page(client, url))
    ratio = statistics.median(a / b for a, b in zip(many, few_, strict=True))
    note = f"among 2,000 alone {statistics.median(few_) * 1000:.0f} ms"
    among = statistics.median(many)
    return [Result("list-page", among, ratio, 1.3, measure.peak_mb(), note=note)]


def page(client: Client, url: str) -> float:
    """Return how long a page takes at its best."""

    def ask() -> None:
        answer = client.get(url, headers={"host": "localhost"})
        if answer.status_code != 200:
            raise AssertionError(f"{url} answered {answer.status_code}")

    ask()  # a connection that was just opened has read nothing yet
    return measure.best_of(ask, 3)


def rate(scale: float) -> list[Result]:
    """Return how many sessions a second the pure rule prices."""
    terms = Terms(
        initial_minutes=15,
        initial_price=UnitPrice.of(20),
        step_minutes=5,
        step_price=UnitPrice.of(4),
    )
    chance = random.Random(3)  # noqa: S311 (no secret hangs on it)
    count = int(MILLION * scale)
    works = [
        Work(min(int(chance.lognormvariate(6.9, 0.9)), 30_000), chance.choice((0, 0, 5)))
        for _ in range(count)
    ]
    rater = Rater(terms)
    taken = measure.seconds(lambda: [rater.rate(work) for work in works])
    note = f"{count / taken:,.0f} sessions a second"
    return [Result("rate", taken, peak_mb=measure.peak_mb(), note=note)]


def save_during_run(scale: float) -> list[Result]:
    """Return how long saving a note takes while a run accounts everything."""
    user = seed.owner()
    hints = [group.name for group in seed.groups(user)]
    seed.sessions(int(50_000 * scale), hints)
    ids = list(RemoteSession.objects.order_by("-started_at").values_list("id", flat=True)[:200])
    taken: list[float] = []
    done = threading.Event()

    def work() -> None:
        try:
            accounting.run()
        finally:
            connection.close()
            done.set()

    thread = threading.Thread(target=work)
    thread.start()
    while not done.is_set() or not taken:
        number = len(taken)
        start = time.perf_counter()
        sessions.edit(session_id=ids[number % len(ids)], note=f"nota {number}", at=seed.AT)
        taken.append(time.perf_counter() - start)
        time.sleep(0.02)
    thread.join()
    return [measure.saves("save-during-run", taken)]
