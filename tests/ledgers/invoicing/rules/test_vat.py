"""The tables of docs/algorithms/vat.md, and what holds for any document."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canone.kernel.money import MICRO, UnitPrice
from canone.ledgers.invoicing.rules import documents, law, obstacles, totals, vat
from canone.ledgers.invoicing.rules.obstacles import Obstacle, Payer, Rate
from canone.ledgers.invoicing.rules.totals import Taxed, Treatment

DAY = date(2026, 11, 30)
CHARGED_ON = Treatment(recharges_stamp=True)
ORDINARY = Rate(1, "22", 2_200, "")
TEN = Rate(5, "10", 1_000, "")
FOUR = Rate(6, "4", 400, "")
INTENT = Rate(7, "N35", 0, "N3.5")
ABROAD = Rate(8, "N21", 0, "N2.1")


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([(10, 2_200, "")] * 3, [(2_200, "", 30, 7)]),
        ([(3_333, 2_200, "")] * 3, [(2_200, "", 9_999, 2_200)]),
        ([(15_050, 2_200, "")], [(2_200, "", 15_050, 3_311)]),
        ([(25, 1_000, "")], [(1_000, "", 25, 3)]),
        ([(-25, 1_000, "")], [(1_000, "", -25, -3)]),
        (
            [(5_000, 0, "N6.7"), (1_000, 400, ""), (10_000, 2_200, "")],
            [(2_200, "", 10_000, 2_200), (400, "", 1_000, 40), (0, "N6.7", 5_000, 0)],
        ),
    ],
)
def test_the_summary_rounds_once_per_category(
    lines: list[tuple[int, int, str]], expected: list[tuple[int, str, int, int]]
) -> None:
    assert list(vat.summary(lines)) == expected


@pytest.mark.parametrize(
    ("quantity", "price", "discount_bp", "amount"),
    [
        (20, "24.00", 1_000, 43_200),
        (1_250, "0.0085", 0, 1_063),
        (3, "0.3335", 0, 100),
        (1, "0.01", 5_000, 1),
        (-1, "0.01", 5_000, -1),
        (1, "99.99", 3_333, 6_666),
    ],
)
def test_a_line_is_rounded_once(quantity: int, price: str, discount_bp: int, amount: int) -> None:
    micros = UnitPrice.of(price).micros
    assert documents.amount(quantity * MICRO, micros, discount_bp) == amount


def test_the_vat_of_single_lines_is_another_sum() -> None:
    assert [3 * vat.share(10, 2_200), 3 * vat.share(3_333, 2_200)] == [6, 2_199]


@pytest.mark.parametrize(
    ("lines", "treatment", "figures"),
    [
        ([Taxed(100_000, 2_200, "")], Treatment(), (100_000, 22_000, 122_000, 122_000, 0, 0)),
        (
            [Taxed(100_000, 2_200, "")],
            Treatment(is_split=True),
            (100_000, 22_000, 122_000, 100_000, 0, 0),
        ),
        (
            [Taxed(100_000, 2_200, "")],
            Treatment(withholding_bp=400),
            (100_000, 22_000, 122_000, 118_000, 4_000, 0),
        ),
        ([Taxed(100_000, 0, "N6.7")], Treatment(), (100_000, 0, 100_000, 100_000, 0, 0)),
        ([Taxed(7_747, 0, "N4")], CHARGED_ON, (7_747, 0, 7_747, 7_747, 0, 0)),
        ([Taxed(7_748, 0, "N4")], Treatment(), (7_748, 0, 7_748, 7_748, 0, 200)),
        (
            [Taxed(7_748, 0, "N4")],
            CHARGED_ON,
            (7_948, 0, 7_948, 7_948, 0, 200),
        ),
        (
            [Taxed(7_748, 0, "N6.7")],
            CHARGED_ON,
            (7_748, 0, 7_748, 7_748, 0, 0),
        ),
        (
            [Taxed(10_000, 2_200, ""), Taxed(7_748, 0, "N2.2")],
            CHARGED_ON,
            (17_948, 2_200, 20_148, 20_148, 0, 200),
        ),
    ],
)
def test_what_the_customer_pays(
    lines: list[Taxed], treatment: Treatment, figures: tuple[int, ...]
) -> None:
    assert totals.of(lines, treatment, DAY)[:6] == figures


def test_the_stamp_is_a_rule_of_its_country_and_time() -> None:
    bare = [("N4", 10_000)]
    assert law.stamp("IT", date(2013, 6, 26), bare) == 200
    assert law.stamp("IT", date(2013, 6, 25), bare) == 0
    assert law.stamp("FR", DAY, [("E", 10_000)]) == 0
    assert law.stamp("IT", DAY, [("N4", -10_000)]) == 200


@pytest.mark.parametrize(
    ("day", "holds"),
    [
        (date(2014, 12, 31), False),
        (date(2026, 6, 30), True),
        (date(2026, 7, 1), True),
        (date(2029, 6, 30), True),
        (date(2029, 7, 1), False),
    ],
)
def test_split_payment_lasts_as_long_as_its_decision(day: date, *, holds: bool) -> None:
    assert law.has_split("IT", day) is holds
    assert not law.has_split("FR", day)


cents = st.integers(-(10**9), 10**9)
rates = st.sampled_from([(2_200, ""), (1_000, ""), (400, ""), (0, "N4"), (0, "N6.7"), (0, "N2.1")])
lines = st.lists(st.builds(lambda amount, rate: Taxed(amount, *rate), cents, rates), max_size=30)
treatments = st.builds(
    Treatment,
    is_split=st.booleans(),
    withholding_bp=st.sampled_from([0, 400, 2_000]),
    recharges_stamp=st.just(value=False),
)


@given(lines, treatments)
def test_a_credit_note_is_the_exact_opposite(
    given_lines: list[Taxed], treatment: Treatment
) -> None:
    there = totals.of(given_lines, treatment, DAY)
    back = totals.of([line._replace(amount=-line.amount) for line in given_lines], treatment, DAY)
    assert [-value for value in there[:5]] == list(back[:5])
    assert there.stamp == back.stamp


@given(lines, treatments)
def test_sums_add_up_whatever_the_order(given_lines: list[Taxed], treatment: Treatment) -> None:
    sums = totals.of(given_lines, treatment, DAY)
    assert sums.net == sum(line.amount for line in given_lines)
    assert sums.gross == sums.net + sums.vat == sums.net + sum(tax.tax for tax in sums.taxes)
    assert sums == totals.of(given_lines[::-1], treatment, DAY)
    for tax in sums.taxes:
        assert abs(tax.tax * 10_000 - tax.base * tax.basis_points) <= 5_000


@given(st.integers(0, 10**10), st.integers(-(10**12), 10**12), st.integers(0, 10_000))
def test_an_amount_is_within_half_a_cent(quantity: int, price: int, discount: int) -> None:
    amount = documents.amount(quantity, price, discount)
    exact = quantity * price * (10_000 - discount)
    unit = 10**14
    assert abs(amount * unit - exact) * 2 <= unit
    assert documents.amount(quantity, -price, discount) == -amount


def _payer(**fields: object) -> Payer:
    given = {
        "country": "IT",
        "is_customer": True,
        "is_person": False,
        "is_blocked": False,
        "vat_number": "IT00000000001",
        "tax_code": "",
        "siren": "",
        "has_address": True,
    }
    return Payer(**given | fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, None),
        ({"is_blocked": True, "has_address": False}, Obstacle.BLOCKED),
        ({"is_customer": False}, Obstacle.NO_CUSTOMER),
        ({"has_address": False}, Obstacle.NO_ADDRESS),
        ({"vat_number": ""}, Obstacle.NO_IDENTITY),
        ({"vat_number": "", "tax_code": "X"}, None),
        ({"home": "FR", "country": "FR"}, Obstacle.NO_SIREN),
        ({"home": "FR", "country": "FR", "is_person": True}, None),
        ({"country": "FR"}, None),  # which nothing in Italy asks for
        ({"home": "FR", "vat_number": ""}, None),  # as little as France for a partita IVA
        ({"country": "DE", "vat_number": ""}, None),
        ({"is_split": True, "withholding_bp": 400}, Obstacle.SPLIT_AND_WITHHOLDING),
    ],
)
def test_what_keeps_an_invoice_back(fields: dict[str, str], expected: Obstacle | None) -> None:
    payer = {name: value for name, value in fields.items() if name != "home"}
    assert obstacles.of_payer(_payer(**payer), fields.get("home", "IT")) is expected


@pytest.mark.parametrize(
    ("own", "usual", "of_article", "ordinary", "abroad", "expected"),
    [
        (TEN, INTENT, FOUR, ORDINARY, False, TEN),
        (None, INTENT, FOUR, ORDINARY, False, INTENT),
        (None, None, FOUR, ORDINARY, False, FOUR),
        (None, None, None, ORDINARY, False, ORDINARY),
        (None, ABROAD, ORDINARY, ORDINARY, True, ABROAD),
        (ORDINARY, None, ORDINARY, ORDINARY, True, ORDINARY),
        (None, None, ORDINARY, ORDINARY, True, Obstacle.VAT_ABROAD),
        (None, None, None, ORDINARY, True, Obstacle.VAT_ABROAD),
        (None, None, None, None, False, Obstacle.NO_VAT),
        (Rate(2, "0", 0, ""), ORDINARY, None, ORDINARY, False, Obstacle.NO_NATURE),
        (None, None, Rate(2, "0", 0, ""), ORDINARY, False, Obstacle.NO_NATURE),
        (Rate(2, "0", 2_200, "N4"), None, None, None, False, Obstacle.NO_NATURE),
    ],
)
def test_which_rate_a_line_bears(
    own: Rate | None,
    usual: Rate | None,
    of_article: Rate | None,
    ordinary: Rate | None,
    abroad: bool,
    expected: object,
) -> None:
    found = obstacles.rate_for(own, usual, of_article, ordinary, is_business_abroad=abroad)
    assert found == expected


def test_reverse_charge_is_read_from_the_nature() -> None:
    assert [vat.is_reverse_charge(n) for n in ("N6.7", "AE", "N4", "")] == [
        True,
        True,
        False,
        False,
    ]
