from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from tests.make import catalog as make

from canone.kernel.money import Money, UnitPrice
from canone.registers.catalog import queries
from canone.registers.catalog.models import Tariff, TariffVersion
from canone.registers.catalog.queries import tariffs as tariff_queries
from canone.registers.catalog.rules import codec
from canone.registers.catalog.rules.terms import Kind, OnExhaust, Terms
from canone.registers.catalog.services import tariffs

pytestmark = pytest.mark.django_db
LATER = make.START + timedelta(days=30)


def test_a_version_gives_back_the_terms_it_was_made_from() -> None:
    terms = make.terms(
        kind=Kind.SUBSCRIPTION,
        total_minutes=600,
        amount=Money.of("500.00"),
        on_exhaust=OnExhaust.OVERAGE,
        overage_price="60",
        note_required=True,
        warn_at_percent=(20, 5),
    )
    tariff = tariffs.create(name="  Prepagato  ", terms=terms, at=make.START, by=None)
    version = TariffVersion.objects.select_related("tariff").get(tariff=tariff)
    assert version.terms() == terms
    assert (tariff.name, version.number, version.amount) == ("Prepagato", 1, Money.of("500.00"))


def test_the_version_in_force_hangs_on_the_instant() -> None:
    tariff = make.tariff()
    other = make.tariff(at=LATER)
    tariffs.revise(tariff=tariff, terms=make.terms(step_price="5.00"), at=LATER, by=None)
    before = queries.current_versions(LATER - timedelta(seconds=1))
    assert {key: version.number for key, version in before.items()} == {tariff.pk: 1}
    now = queries.current_versions(LATER)
    assert {key: version.number for key, version in now.items()} == {tariff.pk: 2, other.pk: 1}
    assert queries.current_versions(LATER, tariffs=[other.pk]).keys() == {other.pk}
    found = queries.versions_at(tariff.pk, [make.START, LATER, make.START - timedelta(days=1)])
    assert {moment: v.number for moment, v in found.items()} == {make.START: 1, LATER: 2}


def test_the_same_terms_make_no_new_version() -> None:
    tariff = make.tariff()
    again = tariffs.revise(tariff=tariff, terms=make.terms(), at=LATER, by=None)
    assert again.number == 1
    assert tariff.versions.count() == 1


def test_what_somebody_else_saved_meanwhile_is_not_overwritten() -> None:
    tariff = make.tariff()
    tariffs.revise(tariff=tariff, terms=make.terms(step_price="5"), at=LATER, by=None, seen=1)
    with pytest.raises(tariffs.StaleTariffError) as caught:
        tariffs.revise(tariff=tariff, terms=make.terms(step_price="6"), at=LATER, by=None, seen=1)
    assert caught.value.version.number == 2
    assert tariff.versions.count() == 2


def test_a_clock_that_went_back_does_not_reorder_versions() -> None:
    tariff = make.tariff(at=LATER)
    tariffs.revise(tariff=tariff, terms=make.terms(step_price="5"), at=make.START, by=None)
    assert queries.current_versions(LATER)[tariff.pk].number == 2


def test_impossible_terms_are_refused_and_nothing_is_written() -> None:
    with pytest.raises(tariffs.ImpossibleTermsError) as caught:
        tariffs.create(
            name="x", terms=Terms(step_minutes=0, step_price=UnitPrice(1)), at=LATER, by=None
        )
    assert [problem.field for problem in caught.value.problems] == ["step_minutes"]
    assert not Tariff.objects.exists()


def test_the_kind_stays_and_names_are_told_apart() -> None:
    tariff = make.tariff("Orario")
    with pytest.raises(ValidationError) as caught:
        tariffs.revise(tariff=tariff, terms=Terms(kind=Kind.SUBSCRIPTION), at=LATER, by=None)
    assert "kind" in caught.value.message_dict
    with pytest.raises(ValidationError) as taken:
        make.tariff("Orario")
    assert "name" in taken.value.message_dict
    assert tariff_queries.free_name("Orario") == "Orario 2"
    copy = tariffs.duplicate(
        tariff=tariff, name=tariff_queries.free_name("Orario"), at=LATER, by=None
    )
    assert make.version(copy).terms() == make.version(tariff).terms()


def test_a_version_is_never_changed_or_deleted() -> None:
    version = make.version()
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        TariffVersion.objects.filter(pk=version.pk).update(number=7)
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        version.delete()


def test_renaming_and_retiring_leave_a_history() -> None:
    tariff = make.tariff("Vecchio")
    tariffs.rename(tariff=tariff, name="Nuovo")
    tariffs.activate(tariff=tariff, active=False)
    names = [(row.name, row.is_active) for row in tariff.history.order_by("history_id")]
    assert names == [("Vecchio", True), ("Nuovo", True), ("Nuovo", False)]


def test_options_that_are_off_are_not_stored() -> None:
    assert make.version().options == {}
    assert codec.options(make.version(merge_gap_minutes=5).terms()) == {"merge_gap_minutes": 5}
