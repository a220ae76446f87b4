import threading
from datetime import date

import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from canone.base.numbering import queries, rules, services
from canone.base.numbering.models import Counter
from canone.base.numbering.rules import Number

DAY = date(2026, 11, 21)


@given(st.lists(st.dates(date(2025, 1, 1), date(2027, 12, 31)), max_size=40))
def test_numbers_have_no_gap_and_dates_never_go_back(days: list[date]) -> None:
    last: Number | None = None
    for day in days:
        if last and day.year != last.year:
            last = None
        if last and day < last.day:
            with pytest.raises(rules.BackInDateError):
                rules.after("A", last, day)
            continue
        given = rules.after("A", last, day)
        assert given.number == (last.number + 1 if last else 1)
        last = given


@pytest.mark.django_db
def test_series_and_years_count_apart() -> None:
    given = [
        str(services.next_number(series=series, day=day))
        for series, day in (
            ("FT", DAY),
            ("FT", DAY),
            ("NC", DAY),
            ("FT", date(2027, 1, 2)),
            ("FT", DAY),
        )
    ]
    assert given == ["2026/1", "2026/2", "2026/1", "2027/1", "2026/3"]
    assert queries.last("FT", 2026) == Number("FT", 2026, 3, DAY)
    assert queries.last("XX", 2026) is None


@pytest.mark.django_db
def test_an_undone_issue_gives_its_number_back() -> None:
    with transaction.atomic():
        assert services.next_number(series="FT", day=DAY).number == 1
        transaction.set_rollback(True)
    assert services.next_number(series="FT", day=DAY).number == 1


@pytest.mark.django_db
def test_back_in_date_is_refused_and_changes_nothing() -> None:
    services.next_number(series="FT", day=DAY)
    with pytest.raises(services.BackInDateError):
        services.next_number(series="FT", day=date(2026, 11, 20))
    assert Counter.objects.get().number == 1


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_no_number_is_given() -> None:
    with pytest.raises(RuntimeError):
        services.next_number(series="FT", day=DAY)


@pytest.mark.django_db(transaction=True)
def test_those_who_ask_at_once_get_different_numbers() -> None:
    given: list[int] = []
    start = threading.Barrier(4)

    def ask() -> None:
        try:
            start.wait(10)
            for _ in range(5):
                with transaction.atomic():
                    given.append(services.next_number(series="FT", day=DAY).number)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(given) == list(range(1, 21))
