"""What a reduction takes back: the table of docs/algorithms/documents.md."""

from __future__ import annotations

import contextlib
from datetime import date, timedelta
from random import Random

import pytest
from tests.make import catalog
from tests.make import invoicing as make

from canone.kernel.money import Money
from canone.ledgers.invoicing.models import Charge, Document, DocumentLine, TaxProfile
from canone.ledgers.invoicing.queries import planning, ports, preview, standing
from canone.ledgers.invoicing.rules import reductions
from canone.ledgers.invoicing.services import crediting
from canone.ledgers.invoicing.services.crediting import Credit, CreditError
from canone.registers.parties.models import Party

pytestmark = pytest.mark.django_db
FEE, OTHER = "line:1:2026-11-01", "line:2:2026-11-01"


class Table:
    """A customer, what its lines are worth, and runs on the days that follow."""

    def __init__(self, who: Party) -> None:
        self.who, self.desk, self.day = who, make.Desk(), date(2026, 11, 30)

    def run(self, fee: int | None, other: int | None = None, *, vat: int | None = 0) -> None:
        """Bill what the lines are worth now, and twice, for nothing is due the second time."""
        rate = catalog.vat().pk if vat == 0 else vat
        worth = {FEE: fee, OTHER: other}
        self.desk.proposals = [
            make.proposal(self.who, origin=origin, amount_minor=cents, vat_id=rate)
            for origin, cents in worth.items()
            if cents is not None
        ]
        order = {"through": self.day, "issue_date": self.day}
        with ports.bound(proposers=[self.desk]):
            foreseen = preview.sums(make.order(**order))
            made = make.bill(day=self.day, **order)
            assert foreseen.documents == made.documents_made
            assert make.bill(day=self.day, **order).documents_made == 0
        self.day += timedelta(days=1)

    def credit_all(self, document: Document, mode: str) -> Document:
        """Credit all that is left of a document."""
        return crediting.credit(
            Credit(document.pk, mode, "Accordo"), day=self.day, at=make.AT, by=None
        )

    def credit(self, document: Document, mode: str, amount: str = "") -> Document:
        """Credit the first line of a document, all of it or an amount."""
        line = document.lines.order_by("position")[0]
        amounts = {line.pk: Money.of(amount) if amount else None}
        wanted = Credit(document.pk, mode, "Accordo", amounts=amounts)
        return crediting.credit(wanted, day=self.day, at=make.AT, by=None)


@pytest.fixture
def table() -> Table:
    return Table(make.customer())


def papers() -> list[tuple[str, str, list[str]]]:
    """Return of each document its label, what it refers to and its amounts."""
    rows = Document.objects.select_related("original").order_by("pk")
    return [
        (
            row.label,
            row.original.label if row.original else "",
            [str(line.amount) for line in row.lines.order_by("position")],
        )
        for row in rows
    ]


def left() -> list[list[int]]:
    """Return what is left of the lines of each invoice."""
    rows = Document.objects.filter(kind="invoice").order_by("pk")
    return [list(standing.left_of(row.lines.order_by("position")).values()) for row in rows]


def borne() -> int:
    """Return what the customer bears by all documents, before VAT and stamp duty."""
    rows = DocumentLine.objects.filter(is_stamp=False).select_related("document")
    return sum((-1 if row.document.kind == "credit_note" else 1) * row.amount.minor for row in rows)


def room() -> list[int]:
    """Return what is left of each invoice and VAT as it is printed, less its credit notes."""
    keys = Document.objects.filter(kind="invoice").values_list("pk", flat=True)
    return [cents for _place, cents in sorted(standing.room(keys).items(), key=str)]


def test_after_a_reduction_only_the_rest_is_credited(table: Table) -> None:
    table.run(10_000)
    table.run(3_226)
    assert papers()[1:] == [("NC/2026/1", "FT/2026/1", ["67.74"])]
    assert left() == [[3_226]]
    first = Document.objects.get(kind="invoice")
    with pytest.raises(CreditError, match="32,26"):
        table.credit(first, "settle", "32.27")
    note = table.credit(first, "settle")
    assert (str(note.net), left()) == ("32.26", [[0]])


def test_the_latest_document_is_reduced_first_and_none_beyond_what_it_was(table: Table) -> None:
    table.run(30_000)
    table.run(36_000)
    table.run(27_000)
    assert papers() == [
        ("FT/2026/1", "", ["300.00"]),
        ("FT/2026/2", "", ["60.00"]),
        ("NC/2026/1", "FT/2026/1", ["30.00"]),
        ("NC/2026/2", "FT/2026/2", ["60.00"]),
    ]
    told = Charge.objects.order_by("revision").values_list("description", flat=True)
    assert ["360,00" in told[2], "300,00" in told[2], "300,00" in told[3]] == [True] * 3
    assert left() == [[27_000], [0]]


def test_what_was_settled_is_not_given_back_again(table: Table) -> None:
    table.run(30_000)
    table.run(36_000)
    table.credit(Document.objects.get(number=2, kind="invoice"), "settle")
    table.run(27_000)
    assert papers()[2:] == [
        ("NC/2026/1", "FT/2026/2", ["60.00"]),
        ("NC/2026/2", "FT/2026/1", ["30.00"]),
    ]


@pytest.mark.parametrize(("settled", "given"), [("40.00", [["60.00"]]), ("100.00", []), ("", [])])
def test_a_line_that_ends_gives_back_what_is_left_of_it(
    table: Table, settled: str, given: list[list[str]]
) -> None:
    table.run(10_000)
    table.credit(Document.objects.get(), "settle", settled)
    table.run(0)
    assert [amounts for _label, _original, amounts in papers()[2:]] == given
    assert left() == [[0]]


def test_who_bears_no_more_than_it_is_worth_gets_nothing(table: Table) -> None:
    table.run(10_000)
    table.credit(Document.objects.get(), "settle", "40.00")
    table.run(8_000)
    assert len(papers()) == 2


def test_a_price_below_zero_belongs_to_no_document(table: Table) -> None:
    table.run(500)
    table.run(-500)
    assert papers()[1:] == [("NC/2026/1", "FT/2026/1", ["5.00"])]
    order = make.order(through=table.day, issue_date=table.day)
    with ports.bound(proposers=[table.desk]):
        codes = [one.code for plan in planning.batches(order) for one in plan.left_out]
    assert codes == ["negative"]
    table.run(-500, 10_000)
    assert papers()[2:] == [("FT/2026/2", "", ["-5.00", "100.00"])]


def test_a_charge_below_zero_that_was_never_charged_waits(table: Table) -> None:
    table.run(-500)
    assert papers() == []


def test_a_discount_is_taken_back_with_what_it_was_a_discount_on(table: Table) -> None:
    ten = catalog.vat("10", 1_000).pk
    table.run(10_000, -500)
    table.run(10_000, -500, vat=ten)
    assert papers()[1:] == [
        ("FT/2026/2", "", ["100.00", "-5.00"]),
        ("NC/2026/1", "FT/2026/1", ["100.00", "-5.00"]),
    ]
    assert left() == [[0, 0], [10_000, -500]]


def test_no_more_is_given_back_than_the_document_came_to(table: Table) -> None:
    table.run(10_000, -500)
    table.run(0, -500)
    assert papers()[1:] == [("NC/2026/1", "FT/2026/1", ["95.00"])]
    assert left() == [[500, -500]]


def test_nor_by_hand(table: Table) -> None:
    table.run(10_000, -500)
    with pytest.raises(CreditError, match="sconti"):
        table.credit(Document.objects.get(), "settle")
    assert str(table.credit(Document.objects.get(), "settle", "95.00").net) == "95.00"


def test_a_reduction_on_the_next_invoice_counts_as_well(table: Table) -> None:
    table.run(10_000)
    table.run(7_000, 20_000)
    assert papers()[1:] == [("FT/2026/2", "", ["-30.00", "200.00"])]
    assert left() == [[7_000], [-3_000, 20_000]]
    table.run(0, 20_000)
    assert papers()[2:] == [("NC/2026/1", "FT/2026/1", ["70.00"])]


@pytest.mark.parametrize("beside", [None, 20_000])
def test_released_a_line_takes_its_reductions_along(table: Table, beside: int | None) -> None:
    table.run(10_000)
    table.run(7_000, beside)
    first = Document.objects.order_by("pk")[0]
    note = table.credit(first, "release")
    assert [str(line.amount) for line in note.lines.order_by("position")] == ["100.00", "-30.00"]
    assert (str(note.net), left()[0]) == ("70.00", [0])
    fee = Charge.objects.filter(origin=FEE)
    assert sum(charge.amount.minor for charge in fee) == 0
    table.run(7_000, beside)
    assert papers()[-1] == (papers()[-1][0], "", ["70.00"])


def test_a_line_of_which_a_part_was_settled_is_not_released(table: Table) -> None:
    table.run(10_000)
    first = Document.objects.get()
    table.credit(first, "settle", "40.00")
    with pytest.raises(CreditError, match="intera"):
        table.credit(first, "release")


def test_a_reduction_on_the_invoice_leaves_its_room_to_the_one_it_reduces(table: Table) -> None:
    table.run(10_000)
    table.run(7_000, 20_000)
    table.run(7_000, 0)
    assert papers()[2:] == [
        ("NC/2026/1", "FT/2026/1", ["30.00"]),
        ("NC/2026/2", "FT/2026/2", ["170.00"]),
    ]
    assert (borne(), room()) == (7_000, [7_000, 0])


def test_released_beside_a_later_invoice_none_is_credited_beyond_what_it_was(table: Table) -> None:
    table.run(10_000)
    table.run(7_000, 20_000)
    table.credit(Document.objects.order_by("pk")[0], "release")
    table.run(7_000, 0)
    assert (borne(), min(room())) == (7_000, 0)


def test_a_choice_taken_off_leaves_what_stands(table: Table) -> None:
    ten = catalog.vat("10", 1_000)
    TaxProfile.objects.create(customer=table.who, vat=ten)
    table.run(10_000)
    table.credit(Document.objects.get(), "settle", "40.00")
    table.run(10_000, vat=ten.pk)
    count = Document.objects.count()
    for _day in range(3):
        table.run(10_000, vat=None)
    assert (Document.objects.count(), borne()) == (count, 10_000)


@pytest.mark.parametrize(
    ("first", "then", "expected"), [(10_000, -500, -500), (-500, 1_000, 1_000)]
)
def test_what_was_settled_changes_its_sign_once(
    table: Table, first: int, then: int, expected: int
) -> None:
    table.run(first, 20_000)
    table.credit_all(Document.objects.get(), "settle")
    table.run(then, 30_000)
    table.run(then, 40_000)
    assert borne() == expected + 40_000 - 20_000, "of the other line 20.00 are settled"


def test_what_only_adds_is_no_credit(table: Table) -> None:
    table.run(10_000)
    table.run(7_000, 20_000)
    second = Document.objects.order_by("pk")[1]
    for mode in ("settle", "release"):
        with pytest.raises(CreditError, match="debito"):
            table.credit(second, mode)


def test_a_discount_without_a_rate_of_its_own_takes_room_as_well(table: Table) -> None:
    make.charge(table.who, amount_minor=-5_000, unit_price_micros=-50_000_000, vat_id=None)
    table.run(10_000)
    assert papers() == [("FT/2026/1", "", ["100.00", "-50.00"])]
    table.run(0)
    assert papers()[1:] == [("NC/2026/1", "FT/2026/1", ["50.00"])]


def test_notes_that_do_not_say_what_they_reduce_take_room(table: Table) -> None:
    table.run(30_000)
    table.run(36_000)
    with pytest.MonkeyPatch.context() as patch:  # as runs did before
        spread = reductions.spread
        patch.setattr(
            reductions,
            "spread",
            lambda dues, where: [one._replace(line_id=0) for one in spread(dues, where)],
        )
        table.run(30_000)
    assert papers()[2:] == [("NC/2026/1", "FT/2026/2", ["60.00"])]
    table.run(27_000)
    assert papers()[3:] == [("NC/2026/2", "FT/2026/1", ["30.00"])]


@pytest.mark.parametrize("seed", range(12))
def test_random_histories_add_up(table: Table, seed: int) -> None:
    rng = Random(seed)
    rates = [catalog.vat().pk, catalog.vat("10", 1_000).pk]
    worth = [10_000, 7_000]
    for _step in range(6):
        invoices = Document.objects.filter(kind="invoice").order_by("pk")
        if invoices and rng.random() < 0.3:
            with contextlib.suppress(CreditError):
                table.credit(rng.choice(list(invoices)), "release")
        worth = [rng.choice([one, 0, 3_000, 7_000, 10_000, 20_000]) for one in worth]
        table.run(*worth, vat=rng.choice(rates))
        assert borne() == sum(worth)
        assert min(room(), default=0) >= 0
