"""The only writer of the journal, and the name under which records change."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from simple_history.models import HistoricalRecords

from canone.base import bulk
from canone.base.history import queries, rules
from canone.base.history.models import JournalEntry, JournalHead
from canone.base.history.rules import Fact, Head, Problem, canonical

__all__ = ["Fact", "Head", "Problem", "acting", "append", "canonical", "forget", "scrub", "verify"]
COLUMNS = ("seq", "at", "by_id", "kind", "subject", "payload", "previous", "hash")


@transaction.atomic
def append(facts: Sequence[Fact], *, at: datetime, by: int | None) -> Head:
    """Return the new head after writing the facts; all of them or, with the caller's work, none.

    The head's row stays locked until the caller's transaction ends: concurrent writers wait for
    each other, the chain never forks, and an undone transaction leaves no hole.
    """
    head = _lock_head()
    if not facts:
        return head
    moment = bulk.instant(at)
    links = list(rules.link(head, facts, at, by))
    bulk.insert(
        JournalEntry,
        COLUMNS,
        [
            (
                link.seq,
                moment,
                by,
                link.fact.kind,
                link.fact.subject,
                link.fact.payload,
                link.previous,
                link.hash,
            )
            for link in links
        ],
    )
    last = links[-1]
    JournalHead.objects.filter(pk=1).update(seq=last.seq, hash=last.hash)
    return Head(last.seq, last.hash)


def verify(*, expected_head: Head | None = None) -> list[Problem]:
    """Return what is wrong with the journal; nothing when every entry and head holds.

    `expected_head` is a head that was printed or mailed earlier: the chain must still hold it.
    """
    before = queries.head()
    expected = [before] if expected_head is None else [before, expected_head]
    last = 0

    def watched() -> Iterator[rules.Link]:
        nonlocal last
        for entry in queries.links():
            last = entry.seq
            yield entry

    problems = list(rules.prove(watched(), expected))
    if last > queries.head().seq:
        problems.append(Problem(last, "extra"))
    return problems


def _lock_head() -> Head:
    row = JournalHead.objects.select_for_update().filter(pk=1).first()
    if row is None:
        bulk.insert_missing(JournalHead, ("id", "seq", "hash"), [(1, 0, rules.GENESIS)])
        row = JournalHead.objects.select_for_update().get(pk=1)
    return Head(row.seq, row.hash)


@contextmanager
def acting(user_id: int | None) -> Iterator[None]:
    """Return a context in which changes of records are written down to that user.

    Pages need it not: there the middleware knows who asked.
    """
    context: Any = HistoricalRecords.context
    missing = object()
    before = getattr(context, "request", missing)
    user = get_user_model().objects.filter(pk=user_id).first() if user_id else None
    context.request = SimpleNamespace(user=user)
    try:
        yield
    finally:
        if before is missing:
            del context.request
        else:
            context.request = before


def scrub(model: Any, ids: Collection[int], values: Mapping[str, Any]) -> int:
    """Return how many earlier versions of these records hold the values instead of their own."""
    rows = model.history.filter(**{f"{model._meta.pk.attname}__in": ids})  # noqa: SLF001 (public Meta)
    changed: int = rows.update(**values, history_change_reason=None)
    return changed


def forget(model: Any, ids: Collection[int]) -> int:
    """Return how many earlier versions of these records are gone."""
    rows = model.history.filter(**{f"{model._meta.pk.attname}__in": ids})  # noqa: SLF001 (public Meta)
    gone, _by_model = rows.delete()
    return int(gone)
