from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from canone.base import bulk
from canone.base.tasks.models import Schedule, WorkerSign

pytestmark = pytest.mark.django_db
EARLY, LATE = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)
COLUMNS = ["worker", "started_at", "seen_at"]


def rows(*names: str) -> list[tuple[object, ...]]:
    return [(name, bulk.instant(EARLY), bulk.instant(EARLY)) for name in names]


def test_rows_arrive_as_the_orm_reads_them() -> None:
    assert bulk.insert(WorkerSign, COLUMNS, rows("a", "b")) == 2
    assert list(WorkerSign.objects.values_list("worker", "seen_at").order_by("pk")) == [
        ("a", EARLY),
        ("b", EARLY),
    ]


def test_a_breach_is_djangos_error_and_undoes_all() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.insert(WorkerSign, COLUMNS, rows("a", "b", "a"))
    assert WorkerSign.objects.count() == 0


def test_what_is_there_already_is_passed_over() -> None:
    bulk.insert(WorkerSign, COLUMNS, rows("a"))
    assert bulk.insert_missing(WorkerSign, COLUMNS, rows("a", "b", "b")) == 1
    assert WorkerSign.objects.count() == 2


def test_a_change_holds_for_the_row_as_it_stands() -> None:
    bulk.insert(WorkerSign, COLUMNS, [*rows("a"), ("b", bulk.instant(EARLY), bulk.instant(LATE))])
    keys = list(WorkerSign.objects.order_by("worker").values_list("pk", flat=True))
    changes = [(f"new {key}", bulk.instant(LATE), key) for key in keys]
    condition = "seen_at = started_at"
    assert bulk.update(WorkerSign, ["worker", "seen_at"], changes, where=condition) == 1
    assert WorkerSign.objects.get(pk=keys[0]).worker == f"new {keys[0]}"
    assert WorkerSign.objects.get(pk=keys[1]).worker == "b"
    assert bulk.update(WorkerSign, ["worker", "seen_at"], changes) == 2


def test_reserved_numbers_are_nobody_elses() -> None:
    first = list(bulk.reserve(Schedule, 3))
    second = list(bulk.reserve(Schedule, 2))
    assert first == sorted(set(first))
    assert min(second) > max(first)
    made = Schedule.objects.create(name="x", next_due=EARLY)
    assert made.pk > max(second)
    assert list(bulk.reserve(Schedule, 0)) == []


def test_an_instant_needs_a_zone() -> None:
    with pytest.raises(ValueError, match="zone"):
        bulk.instant(datetime(2026, 1, 1))


def test_rows_are_read_with_aware_instants_and_what_is_compared_as_it_is_stored() -> None:
    bulk.insert(WorkerSign, COLUMNS, [("a", bulk.instant(EARLY), bulk.instant(LATE))])
    found = WorkerSign.objects.order_by("worker")
    ((worker, started, seen),) = bulk.read(found, COLUMNS, as_stored=["seen_at"])
    assert (worker, started) == ("a", EARLY)
    assert started.tzinfo is not None
    assert seen == bulk.instant(LATE)
    assert list(bulk.read(found, ["worker"], many=True)) == [["a"]]
    assert list(bulk.read(found.none(), COLUMNS)) == []


def test_a_change_passes_over_a_row_that_is_not_as_it_was_seen() -> None:
    bulk.insert(WorkerSign, COLUMNS, rows("a", "b"))
    read = bulk.read(
        WorkerSign.objects.order_by("worker"), ["id", "seen_at"], as_stored=["seen_at"]
    )
    (first, seen), (second, _same) = read
    WorkerSign.objects.filter(pk=second).update(seen_at=LATE)
    changes = [(f"new {key}", key, seen) for key in (first, second)]
    assert bulk.update(WorkerSign, ["worker"], changes, seen=["seen_at"]) == 1
    assert list(WorkerSign.objects.order_by("pk").values_list("worker", flat=True)) == [
        f"new {first}",
        "b",
    ]


def test_a_condition_names_many_keys_in_one_parameter() -> None:
    bulk.insert(WorkerSign, COLUMNS, rows("a", "b", "c"))
    keys = list(WorkerSign.objects.order_by("worker").values_list("pk", flat=True))
    condition, listed = bulk.among("id", keys[:2])
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT worker FROM {bulk.table(WorkerSign)} WHERE {condition} ORDER BY worker",
            [listed],
        )
        assert cursor.fetchall() == [("a",), ("b",)]
