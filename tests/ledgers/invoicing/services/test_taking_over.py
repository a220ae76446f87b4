from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import transaction
from tests.make import exchange
from tests.people import People, people

from canone.base.exchange import services
from canone.base.exchange.importers import UndoRefusedError
from canone.base.exchange.models import ImportBatch
from canone.base.numbering import queries
from canone.base.numbering import services as numbering
from canone.base.numbering.rules import Number

pytestmark = pytest.mark.django_db
HEAD = "Sezionale;Ultimo numero;Data\n"


@pytest.fixture
def who() -> People:
    return people()


def _checked(content: str, **more: Any) -> ImportBatch:
    return exchange.checked(content, importer="invoicing.numbers", **more)


def _next(series: str, day: date) -> int:
    with transaction.atomic():
        return numbering.next_number(series=series, day=day).number


def test_a_series_goes_on_behind_what_another_program_gave(who: People) -> None:
    text = HEAD + "ft;1.250;30/10/2026\nNC;12;05/09/2026\n"
    batch = _checked(text)
    assert (batch.good, batch.bad) == (2, 0), batch.problems
    batch = services.write(batch.pk, at=exchange.AT, by=who.owner.pk)
    assert batch.new == 2
    assert queries.last("FT", 2026) == Number("FT", 2026, 1_250, date(2026, 10, 30))
    again = _checked(text)
    assert again.bad == 0
    assert services.write(again.pk, at=exchange.AT, by=who.owner.pk).known == 2
    assert _next("FT", date(2026, 11, 2)) == 1_251


def test_numbers_are_taken_back_until_the_series_has_gone_on(who: People) -> None:
    text = HEAD + "FT;1.250;30/10/2026\nNC;12;05/09/2026\n"
    batch = services.write(_checked(text).pk, at=exchange.AT, by=who.owner.pk)
    services.undo(batch, reason="prova", at=exchange.AT, by=who.owner.pk)
    assert queries.last("FT", 2026) is None
    batch = services.write(_checked(text).pk, at=exchange.AT, by=who.owner.pk)
    assert _next("FT", date(2026, 11, 2)) == 1_251
    with pytest.raises(UndoRefusedError) as caught:
        services.undo(batch, reason="prova", at=exchange.AT, by=who.owner.pk)
    assert [one.subject for one in caught.value.refused] == ["FT 2026"]
    assert queries.last("NC", 2026) == Number("NC", 2026, 12, date(2026, 9, 5))


def test_faults_name_row_and_column() -> None:
    with transaction.atomic():
        numbering.next_number(series="FT", day=date(2026, 1, 10))
    numbering.begin(series="NC", number=5, day=date(2026, 1, 10))
    text = (
        HEAD
        + "F/T;5;30/10/2026\n"
        + "XA;0;30/10/2026\n"
        + "XB;5;30/10/2031\n"
        + "XC;5;30/10/2026\n"
        + "xc;6;30/10/2026\n"
        + "FT;5;30/10/2026\n"
        + "NC;6;30/10/2026\n"
    )
    batch = _checked(text)
    assert [(problem["row"], problem["column"]) for problem in batch.problems] == [
        (2, "Sezionale"), (3, "Ultimo numero"), (4, "Data"), (6, "Sezionale"), (7, "Sezionale"),
        (8, "Sezionale"),
    ]  # fmt: skip
