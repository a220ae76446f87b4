"""Series, habits and taxation of customers."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from tests.make import catalog
from tests.make import invoicing as make

from canone.base.numbering import services as numbering
from canone.ledgers.invoicing.models import BillingSettings, Document, Series, TaxProfile
from canone.ledgers.invoicing.queries import book
from canone.ledgers.invoicing.services import series, settings

pytestmark = pytest.mark.django_db


def test_the_usual_series_begin_by_themselves() -> None:
    assert [series.find(kind).code for kind in ("invoice", "credit_note", "pro_forma")] == [
        "FT",
        "NC",
        "PF",
    ]
    assert Series.objects.filter(is_default=True).count() == 3


def test_another_series_is_chosen_or_becomes_the_usual() -> None:
    series.find("invoice")
    other = series.save(code="ass", for_invoices=True, for_credit_notes=True, by=None)
    assert (other.code, series.find("invoice").code) == ("ASS", "FT")
    assert make.invoice(series="ASS").label == "ASS/2026/1"
    series.save(series_id=other.pk, is_default=True, by=None)
    assert series.find("invoice").code == "ASS"
    assert Series.objects.get(code="FT").is_default is False
    series.save(series_id=other.pk, is_active=False, by=None)
    with pytest.raises(series.SeriesError):
        series.find("invoice", "ASS")
    with pytest.raises(series.SeriesError):
        series.find("invoice", "NC")


@pytest.mark.parametrize(
    "values",
    [
        {"code": "TOOLONG", "for_invoices": True},
        {"code": "A-B", "for_invoices": True},
        {"code": "X"},
        {"code": "X", "for_invoices": True, "for_pro_formas": True},
    ],
)
def test_a_series_that_cannot_be_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        series.save(by=None, **values)


def test_a_series_goes_on_behind_a_number_given_elsewhere() -> None:
    numbering.begin(series="FT", number=812, day=date(2026, 11, 28))
    assert [make.invoice().label, make.invoice().label] == ["FT/2026/813", "FT/2026/814"]


def test_the_ordinary_vat_is_the_highest_until_one_is_chosen() -> None:
    assert book.book().ordinary is None
    catalog.vat("10", 1_000)
    ordinary, lower = catalog.vat(), catalog.vat("4", 400)
    exempt = catalog.vat("ES", 0, nature="N4")
    assert book.book().ordinary == book.book().rates[ordinary.pk]
    settings.revise(ordinary_vat=lower, recharges_stamp=False, by=None)
    assert book.book().ordinary == book.book().rates[lower.pk]
    assert book.book().recharges_stamp is False
    with pytest.raises(ValidationError):
        settings.revise(ordinary_vat=exempt, by=None)
    with pytest.raises(TypeError):
        settings.revise(colour="red", by=None)
    assert BillingSettings.history.count() == 1


def test_a_customer_s_taxation_is_used_and_kept_in_order() -> None:
    who = make.customer()
    exempt = catalog.vat("NI8C", 0, nature="N3.5")
    settings.tax(customer_id=who.pk, vat=exempt, by=None)
    done = make.invoice(who, make.line(vat_id=None))
    assert [(t.nature, str(t.tax)) for t in done.taxes.all()] == [("N1", "0.00"), ("N3.5", "0.00")]
    settings.tax(customer_id=who.pk, split_since=date(2026, 1, 1), by=None)
    for values in (
        {"withholding_bp": 400},
        {"split_until": date(2025, 12, 31)},
        {"split_since": None, "withholding_bp": 10_001},
    ):
        with pytest.raises(ValidationError):
            settings.tax(customer_id=who.pk, by=None, **values)
    settings.tax(customer_id=who.pk, vat=None, split_until=date(2026, 11, 29), by=None)
    assert make.invoice(who).is_split is False
    settings.tax(customer_id=who.pk, split_until=None, by=None)
    assert make.invoice(who).is_split is True
    assert TaxProfile.history.count() == 4
    assert Document.objects.filter(customer=who).count() == 3
