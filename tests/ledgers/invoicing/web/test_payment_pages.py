from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests import people
from tests.ledgers.invoicing.web.test_due_pages import MODULES, TODAY, credit, late, pay
from tests.make import invoicing as make

from canone.kernel.money import Money
from canone.ledgers.invoicing.models import DueItem, Settlement
from canone.ledgers.invoicing.queries import settlement

pytestmark = pytest.mark.django_db
PAYMENTS, DUE = "/invoicing/payments/", "/invoicing/due/"
NEW = f"{PAYMENTS}new/"


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in MODULES:
        monkeypatch.setattr(f"canone.ledgers.invoicing.web.{module}.today", lambda: TODAY)


@pytest.fixture
def office(client: Client) -> Client:
    who = people.people().colleague
    who.language = "en"
    who.save()
    client.force_login(who)
    return client


def two() -> tuple[DueItem, DueItem]:
    """Two due items of one customer, of 122.00 each."""
    first = late("Acme S.r.l.", due=date(2026, 12, 30))
    draft = make.draft_document(first.customer, make.line(), issue_date=date(2027, 1, 20))
    second = make.drafts.issue(draft.pk, day=TODAY, at=make.AT, by=None).due_items.get()
    return first, second


def sent(amount: str, *shares: tuple[DueItem, str], **fields: Any) -> dict[str, Any]:
    data = {"key": "k1", "amount": amount, "day": "10/02/2027", "method": "transfer"}
    return data | {f"share{item.pk}": share for item, share in shares} | fields


def settled(*items: DueItem) -> list[str]:
    found = DueItem.objects.in_bulk([item.pk for item in items])
    return [str(found[item.pk].settled) for item in items]


def test_without_a_customer_the_page_asks_whose_money_it_is(office: Client) -> None:
    who = make.customer("Acme S.r.l.")
    assert reverse("parties:pick") in office.get(NEW).content.decode()
    assert office.post(NEW, {"customer_typed": "acme"})["Location"] == f"{NEW}?customer={who.pk}"
    assert office.post(NEW, {"customer": who.pk})["Location"] == f"{NEW}?customer={who.pk}"
    assert office.get(f"{NEW}?customer=999999").status_code == 404
    assert office.get(f"{NEW}?customer=abc").status_code == 404


def test_a_payment_settles_the_oldest_first_and_keeps_the_rest_as_credit(office: Client) -> None:
    first, second = two()
    url = f"{NEW}?customer={first.customer_id}"
    answer = office.post(url, sent("150"), follow=True)
    row = Settlement.objects.get()
    assert answer.redirect_chain[-1][0] == f"{PAYMENTS}{row.pk}/"
    assert settled(first, second) == ["122.00", "28.00"]
    assert (row.method, row.day, row.by.email) == ("transfer", TODAY, "office@example.com")  # type: ignore[union-attr]
    again = office.post(url, sent("150"))  # the button pressed twice
    assert again["Location"] == f"{PAYMENTS}{row.pk}/"
    changed = office.post(url, sent("100"))  # gone back, written anew, sent again
    assert changed.status_code == 422
    assert "open it anew" in changed.content.decode()
    told = office.post(url, sent("100", key="k2"), follow=True).content.decode()
    assert "€6.00 of it stay as credit" in told
    assert Settlement.objects.count() == 2


def test_what_is_written_at_the_items_is_booked(office: Client) -> None:
    first, second = two()
    url = f"{NEW}?customer={first.customer_id}"
    office.post(url, sent("100", (first, "30,5"), (second, "60")))
    assert settled(first, second) == ["30.50", "60.00"]
    assert str(settlement.credit_of(first.customer_id)) == "9.50"


def test_a_payment_less_a_credit_note(office: Client) -> None:
    first, second = two()
    pay(first, "122")
    note = credit(first)
    url = f"{NEW}?customer={first.customer_id}"
    office.post(url, sent("0.01", (second, "122"), (note, "-121.99")))
    assert settled(second, note) == ["122.00", "-121.99"]


def test_the_oldest_first_is_written_before_anything_is_booked(office: Client) -> None:
    first, second = two()
    url = f"{NEW}?customer={first.customer_id}"
    data = sent("150", (first, "9"), propose="1", reference="CRO 12")
    page = office.post(url, data).content.decode()
    assert f'name="share{first.pk}" value="122.00"' in page
    assert f'name="share{second.pk}" value="28.00"' in page
    assert 'value="CRO 12"' in page
    assert not Settlement.objects.exists()


def test_chosen_items_come_filled_in(office: Client) -> None:
    first, second = two()
    answer = office.post(f"{PAYMENTS}chosen/", {"ids": [first.pk, second.pk], "back": DUE})
    page = office.get(answer["Location"]).content.decode()
    assert 'name="amount" value="244.00"' in page
    assert page.count('value="122.00"') == 2
    other = late("Altra", due=date(2027, 3, 1))
    refused = office.post(
        f"{PAYMENTS}chosen/", {"ids": [first.pk, other.pk], "back": DUE}, follow=True
    )
    assert "A payment is of one customer" in refused.content.decode()
    nothing = office.post(f"{PAYMENTS}chosen/", {"back": "https://evil.example/"})
    assert nothing["Location"] == DUE


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"amount": "0"}, "At least 0.01"),
        ({"amount": "-5"}, "At least 0.01"),
        ({"amount": "100 USD"}, "Only euro is booked"),
        ({"amount": "$100"}, "Only euro is booked"),
        ({"amount": "1e5"}, "Only euro is booked"),
        ({"amount": "12.345"}, "An amount has two decimals"),
        ({"amount": "99999999999999"}, "too large"),
        ({"amount": ""}, "required"),
        ({"day": "11/02/2027"}, "11/02/2027 is still to come"),
        ({"day": "31/02/2027"}, "day"),
        ({"share": "122,01"}, "At most €122.00 is open"),
        ({"share": "-1"}, "At most €122.00 is open"),
        ({"share": "50 CHF"}, "Only euro is booked"),
        ({"share": "110"}, "more than came in"),
        ({"share": "90", "day": "29/11/2026"}, "is dated 30/11/2026"),
        ({"reference": "x" * 141}, "140"),
        ({"method": "barter"}, "barter"),
    ],
)
def test_what_cannot_be_is_said_and_what_was_typed_stays(
    office: Client, fields: dict[str, str], message: str
) -> None:
    first, _second = two()
    data = sent("100") | fields
    if "share" in data:
        data[f"share{first.pk}"] = data.pop("share")
    answer = office.post(f"{NEW}?customer={first.customer_id}", data)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert message in page
    for name, value in data.items():
        if name not in ("method", "key") and value:
            assert f'value="{value}"' in page
    assert not Settlement.objects.exists()


def test_money_from_before_a_document_is_kept_and_given_later(office: Client) -> None:
    first, second = two()
    url = f"{NEW}?customer={first.customer_id}"
    office.post(url, sent("200", day="15/12/2026"))
    row = Settlement.objects.get()
    assert settled(first, second) == ["122.00", "0.00"]
    page = office.get(f"{PAYMENTS}{row.pk}/").content.decode()
    assert "Give the credit" in page
    give = f"{PAYMENTS}{row.pk}/give/"
    assert f'name="share{second.pk}" value="78.00"' in office.get(give).content.decode()
    too_much = office.post(give, {f"share{second.pk}": "78,01"})
    assert "the credit is €78.00" in too_much.content.decode()
    nothing = office.post(give, {f"share{second.pk}": ""})
    assert "Write at a due item" in nothing.content.decode()
    office.post(give, {f"share{second.pk}": "78"})
    assert settled(second) == ["78.00"]
    assert office.get(give).status_code == 404


def test_the_preview_says_what_would_happen(office: Client) -> None:
    first, second = two()
    url = f"{PAYMENTS}preview/?customer={first.customer_id}"
    page = office.post(url, sent("250")).content.decode()
    assert page.count("€122.00") == 2
    assert "€6.00" in page
    assert "the oldest first" in page
    page = office.post(url, sent("50", (second, "50"))).content.decode()
    assert second.document.label in page
    assert first.document.label not in page
    assert "€72.00 stays open" in page
    assert "Appears once" in office.post(url, sent("x")).content.decode()
    assert not Settlement.objects.exists()


def test_a_payment_is_undone_with_a_reason(office: Client) -> None:
    first, _second = two()
    row = pay(first, "122")
    undo = f"{PAYMENTS}{row.pk}/undo/"
    for data, message in (
        ({"reason": "", "day": "10/02/2027"}, "required"),
        ({"reason": "Insoluto", "day": "09/02/2027"}, "It was booked for 10/02/2027"),
        ({"reason": "Insoluto", "day": "11/02/2027"}, "still to come"),
    ):
        answer = office.post(undo, data)
        assert (answer.status_code, message in answer.content.decode()) == (422, True)
    page = office.post(undo, {"reason": "Insoluto", "day": "10/02/2027"}, follow=True)
    assert "Undone on 10/02/2027: Insoluto" in page.content.decode()
    assert settled(first) == ["0.00"]
    assert office.get(undo).status_code == 404
    listed = office.get(f"{PAYMENTS}?state=reversed").content.decode()
    assert "Reversed" in listed
    back = Settlement.objects.get(reverses=row)
    assert office.get(f"{PAYMENTS}{back.pk}/undo/").status_code == 404


def test_a_write_off_asks_why(office: Client) -> None:
    first, second = two()
    url = f"{DUE}write-off/"
    page = office.post(url, {"ids": [first.pk, second.pk], "back": DUE}).content.decode()
    assert page.count('value="122.00"') == 2
    chosen = {"chosen": f"{first.pk},{second.pk}", "back": DUE, "day": "10/02/2027"}
    shares = {f"share{first.pk}": "2,00", f"share{second.pk}": ""}
    missing = office.post(url, chosen | shares | {"reason": ""})
    assert missing.status_code == 422
    early = office.post(url, chosen | shares | {"reason": "Abbuono", "day": "01/11/2026"})
    assert "is dated 30/11/2026" in early.content.decode()
    nothing = office.post(url, chosen | {"reason": "Abbuono"})
    assert "Choose what is settled" in nothing.content.decode()
    done = office.post(url, chosen | shares | {"reason": "Abbuono"}, follow=True)
    assert "€2.00 written off" in done.content.decode()
    assert settled(first, second) == ["2.00", "0.00"]
    row = Settlement.objects.get()
    assert (row.kind, row.reason) == ("write_off", "Abbuono")
    assert "Abbuono" in office.get(f"{PAYMENTS}{row.pk}/").content.decode()
    other = late("Altra", due=date(2027, 3, 1))
    two_customers = office.post(url, {"ids": [first.pk, other.pk], "back": DUE}, follow=True)
    assert "of one customer" in two_customers.content.decode()
    assert office.get(f"{url}?items=999999").status_code == 404


def test_credit_notes_are_set_off_or_given_back(office: Client) -> None:
    first, second = two()
    pay(first, "122")
    note = credit(first)
    ours = f"/invoicing/customers/{first.customer_id}/"
    page = office.get(f"{ours}account/").content.decode()
    assert f"{ours}set-off/" in page
    assert f"{ours}refund/" in page
    refused = office.post(
        f"{ours}refund/", {f"share{note.pk}": "22", "day": "10/02/2027"}
    ).content.decode()
    assert "with the minus" in refused
    office.post(f"{ours}refund/", {f"share{note.pk}": "-22", "day": "10/02/2027"})
    assert str(Settlement.objects.get(kind="refund").amount) == "-22.00"
    office.post(f"{ours}set-off/")
    assert settled(second, note) == ["100.00", "-122.00"]
    again = office.post(f"{ours}set-off/", follow=True).content.decode()
    assert "no open credit note" in again
    assert "No credit note" in office.get(f"{ours}refund/", follow=True).content.decode()


def test_the_list_of_payments_sums_what_came_in(office: Client) -> None:
    first, second = two()
    pay(first, "122")
    office.post(f"{NEW}?customer={first.customer_id}", sent("150"))
    page = office.get(PAYMENTS).content.decode()
    foot = page[page.index("<tfoot>") :]
    assert "€272.00" in foot
    assert "€28.00" in foot
    assert "Credit to give" in page
    assert settled(second) == ["122.00"]
    only = office.get(f"{PAYMENTS}?state=credit").content.decode()
    assert only.count("data-row") == 1
    assert Money.of("28") == settlement.credit_of(first.customer_id)
