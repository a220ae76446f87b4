from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from django import forms as django_forms
from django.core.exceptions import ValidationError
from django.utils import translation

from canone.kernel.money import Money, UnitPrice
from canone.ui import forms

pytestmark = pytest.mark.django_db


class Sample(forms.Form):
    amount = forms.MoneyField(label="Amount", minimum=Money(0), help_text="Each time.")
    price = forms.UnitPriceField(label="Price", required=False)
    share = forms.PercentField(label="Share", required=False)
    number = forms.NumberField(label="Number", required=False, decimals=3)
    length = forms.DurationField(label="Length", required=False)
    minutes = forms.MinutesField(label="Minutes", required=False, maximum=600)
    day = forms.DateField(label="Day", required=False)
    at = forms.InstantField(label="At", required=False)
    kind = django_forms.ChoiceField(
        label="Kind", choices=[("a", "A"), ("b", "B")], widget=django_forms.RadioSelect
    )
    on = forms.SwitchField(label="On")
    panels = [forms.Panel("Price", ["amount", "price"], columns=True)]


GOOD = {
    "amount": "1.234,5",
    "price": "0,0085",
    "share": "3,1 %",
    "number": "2,125",
    "length": "2:43",
    "minutes": "15",
    "day": "1/12/26",
    "at": "01/12/2026 9:05",
    "kind": "a",
}


def test_what_people_type_becomes_exact_values() -> None:
    with translation.override("it"):
        form = Sample(GOOD)
        assert form.is_valid(), form.errors
    assert form.cleaned_data == {
        "amount": Money(123450),
        "price": UnitPrice(8500),
        "share": Fraction(31, 1000),
        "number": Decimal("2.125"),
        "length": 163,
        "minutes": 15,
        "day": date(2026, 12, 1),
        "at": datetime(2026, 12, 1, 8, 5, tzinfo=UTC),
        "kind": "a",
        "on": False,
    }


def test_values_are_shown_as_they_would_be_typed() -> None:
    with translation.override("it"):
        initial: dict[str, Any] = Sample(GOOD).fields and {
            "amount": Money(123456),
            "share": Fraction(31, 1000),
            "length": 163,
            "minutes": 1500,
            "day": date(2026, 12, 1),
        }
        page = Sample(initial=initial).render()
    for shown in ("1.234,56", "3,1", "2:43", "1500", "01/12/2026"):
        assert f'value="{shown}"' in page


@pytest.mark.parametrize(
    ("ratio", "shown"),
    [
        (Fraction(1), "100"),
        (Fraction(1, 2), "50"),
        (Fraction(1, 10), "10"),
        (Fraction(55, 1000), "5,5"),
        (Fraction(0), "0"),
    ],
)
def test_a_percentage_is_shown_with_every_zero_that_counts(ratio: Fraction, shown: str) -> None:
    with translation.override("it"):
        assert forms.PercentField().prepare_value(ratio) == shown


def test_the_bound_of_a_percentage_is_named_in_percent() -> None:
    field = forms.PercentField(minimum=Fraction(0), maximum=Fraction(1))
    with translation.override("it"), pytest.raises(ValidationError) as caught:
        field.clean("120")
    assert caught.value.messages == ["Al massimo 100\xa0%."]


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("amount", "20.0.0", "Not an amount"),
        ("amount", "20.005", "two decimals"),
        ("amount", "-1", "At least 0"),
        ("amount", "99999999999999999", "too large"),
        ("price", "0,00000001", "six decimals"),
        ("number", "0,0001", "At most 3 decimals"),
        ("length", "2:99", "Not a duration"),
        ("minutes", "1,5", "whole number of minutes"),
        ("minutes", "601", "At most 600"),
        ("day", "31/02/2026", "Not a date"),
        ("day", "01/01/0009", "year"),
        ("at", "29/03/2026 2:30", "did not exist"),
        ("kind", "c", "c"),
    ],
)
def test_a_fault_says_what_is_wrong(name: str, text: str, words: str) -> None:
    with translation.override("en"):
        form = Sample({**GOOD, "amount": "1", "share": "1", "number": "1", name: text})
        assert not form.is_valid()
        assert words in form.errors[name][0]


def test_all_faults_stand_above_with_links_and_what_was_typed_is_kept() -> None:
    with translation.override("en"):
        form = Sample({"amount": "x", "day": "y", "kind": "a"})
        page = form.render()
    assert [fault.target for fault in form.faults] == ["id_amount", "id_day"]
    assert "Not saved: 2 fields to correct" in page
    assert 'href="#id_amount"' in page
    assert 'value="x"' in page
    assert 'aria-invalid="true"' in page
    assert 'id="id_amount_error"' in page


def test_fields_have_unit_help_and_class() -> None:
    with translation.override("en"):
        page = Sample().render()
    assert '<span class="input-group-text">€</span>' in page
    assert 'aria-describedby="id_amount_helptext"' in page
    assert 'role="switch"' in page
    assert page.count('class="form-check-input"') >= 3
    assert "cn-fields-cols" in page


def test_an_hour_that_came_twice_is_its_first() -> None:
    with translation.override("it"):
        form = Sample({**GOOD, "at": "25/10/2026 2:30"})
        assert form.is_valid()
    assert form.cleaned_data["at"] == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
