from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction
from tests.make import access

from canone.base.history import queries, services
from canone.base.history.models import JournalEntry, JournalHead
from canone.base.history.rules import Fact, Head, Problem

pytestmark = pytest.mark.django_db
AT = datetime(2026, 4, 1, 8, 30, 0, 123456, tzinfo=UTC)


def facts(count: int, subject: str = "session") -> list[Fact]:
    return [Fact("session.accounted", f"{subject}:{n}", f'{{"n":{n}}}') for n in range(count)]


def test_what_is_appended_stands_in_order_and_verifies() -> None:
    user = access.user()
    first = services.append(facts(3), at=AT, by=user.pk)
    head = services.append(facts(2, "charge"), at=AT, by=None)
    assert (first.seq, head.seq) == (3, 5)
    assert queries.head() == head
    assert services.verify() == []
    assert services.verify(expected_head=first) == []
    (entry,) = queries.facts_of("session:2")
    assert (entry.seq, entry.at, entry.by, entry.payload) == (3, AT, user, '{"n":2}')


def test_appending_nothing_changes_nothing() -> None:
    assert services.append([], at=AT, by=None) == Head()
    assert services.verify() == []


def test_an_undone_transaction_leaves_no_hole() -> None:
    services.append(facts(2), at=AT, by=None)
    with transaction.atomic():
        services.append(facts(2), at=AT, by=None)
        transaction.set_rollback(True)
    assert services.append(facts(1), at=AT, by=None).seq == 3
    assert services.verify() == []


def test_entries_and_head_refuse_changes() -> None:
    services.append(facts(2), at=AT, by=None)
    changes = [
        lambda: JournalEntry.objects.filter(seq=1).update(payload="{}"),
        lambda: JournalEntry.objects.filter(seq=2).delete(),
        lambda: JournalHead.objects.update(seq=1),
        lambda: JournalHead.objects.all().delete(),
    ]
    for change in changes:
        with pytest.raises(IntegrityError, match="journal"), transaction.atomic():
            change()


def test_a_head_that_another_database_printed_is_not_in_this_one() -> None:
    services.append(facts(2), at=AT, by=None)
    assert services.verify(expected_head=Head(2, "f" * 64)) == [Problem(2, "head")]
    assert services.verify(expected_head=Head(9, "f" * 64)) == [Problem(9, "lost")]


def test_an_entry_slipped_in_after_the_head_is_found() -> None:
    services.append(facts(1), at=AT, by=None)
    JournalEntry.objects.create(
        seq=2, at=AT, kind="k", subject="s", payload="{}", previous="0" * 64, hash="0" * 64
    )
    assert Problem(2, "extra") in services.verify()
