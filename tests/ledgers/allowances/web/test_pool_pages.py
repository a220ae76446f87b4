import csv
import io
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from tests import kit, people
from tests.make import allowances as make
from tests.make import parties

from canone.ledgers.allowances.models import Allowance, Entry
from canone.ledgers.allowances.rules.expiry import Rollover

pytestmark = pytest.mark.django_db
LIST = "/prepaid-hours/"


@pytest.fixture
def who() -> people.People:
    return people.people()


@pytest.fixture
def office(client: Client, who: people.People) -> Client:
    who.colleague.language = "en"
    who.colleague.save()
    client.force_login(who.colleague)
    return client


def _pools() -> None:
    make.draw(make.pool(granted=600, title="regular"), 100)
    make.draw(make.pool(granted=600, title="low"), 500)
    make.draw(make.pool(granted=600, title="empty"), 600)
    make.draw(make.pool(granted=600, title="over"), 630)


def _rows(client: Client, query: str) -> set[str]:
    page = client.get(f"{LIST}{query}").content.decode()
    return {title for title in ("regular", "low", "empty", "over") if f">{title}</span>" in page}


def test_the_list_shows_balances_states_and_sums(office: Client) -> None:
    _pools()
    page = office.get(LIST).content.decode()
    assert page.count("data-row") == 4
    for word in ("In order", "Nearly used up", "Used up", "Over by 0:30"):
        assert word in page
    foot = page[page.index("<tfoot>") :]
    assert "40:00" in foot
    assert "30:30" in foot
    assert "9:30" in foot


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?state=regular", {"regular"}),
        ("?state=low", {"low"}),
        ("?state=used_up", {"empty"}),
        ("?state=over", {"over"}),
        ("?text=low", {"low"}),
        ("?active=no", set()),
        ("?unit=ticket", set()),
    ],
)
def test_filters(office: Client, query: str, found: set[str]) -> None:
    _pools()
    assert _rows(office, query) == found


def test_the_state_of_the_list_is_that_of_the_rules(office: Client) -> None:
    pool = make.pool(granted=600, title="low", thresholds=["33%", "60"])
    make.draw(pool, 402)
    assert _rows(office, "?state=low") == {"low"}
    make.top_up(pool, 1)
    assert _rows(office, "?state=regular") == {"low"}


def test_other_units_do_not_sum_with_hours(office: Client) -> None:
    make.pool(granted=60)
    make.pool(granted=5, unit="ticket")
    page = office.get(LIST).content.decode()
    foot = page[page.index("<tfoot>") :]
    assert "Hours in all" in foot
    assert "1:00" in foot
    assert "1:05" not in foot


def test_lists_ask_a_fixed_number_of_queries(office: Client) -> None:
    pool = make.pool(granted=600)
    kit.assert_fixed_queries(office, LIST, lambda: [make.pool(granted=60) for _ in range(5)])
    url = reverse("allowances:pool", args=[pool.pk])
    kit.assert_fixed_queries(office, url, lambda: [make.draw(pool, 5) for _ in range(5)])


def test_a_pool_shows_its_movements_with_the_running_balance(office: Client) -> None:
    pool = make.pool(title="Ore 2026", thresholds=["20%", "60"], rollover=Rollover(1, 90))
    make.grant(pool, 600, expires_on=date(2026, 12, 31), note="Canone annuo")
    make.draw(pool, 45)
    page = office.get(reverse("allowances:pool", args=[pool.pk])).content.decode()
    body = page[page.index("<tbody>") :]
    assert body.index("−0:45") < body.index("+10:00")
    assert "9:15" in body
    assert "Canone annuo" in page
    assert "€500.00" in page
    assert "until 31/12/2026" in page
    assert "20%, 1:00 hours" in page
    assert "for 1 month, at most 1:30 hours" in page
    assert "9:15 left of 10:00 hours" in page


def test_what_went_beyond_the_balance_stands_beside_the_movement(office: Client) -> None:
    pool = make.pool(granted=20)
    make.draw(pool, 45, policy="overage", note="Server")
    page = office.get(reverse("allowances:pool", args=[pool.pk])).content.decode()
    assert "Server · 0:25 hours beyond the balance" in page


def test_movements_are_filtered_and_exported(office: Client) -> None:
    pool = make.pool(granted=600)
    make.draw(pool, 45, origin="session:7")
    url = reverse("allowances:pool", args=[pool.pk])
    page = office.get(f"{url}?kind=draw").content.decode()
    assert page.count("data-row") == 1
    assert "Remote assistance 7" in page
    text = b"".join(office.get(f"{url}?format=csv")).decode()  # type: ignore[call-overload]
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["Quantity"], row["Balance"]) for row in rows] == [("-45", "555"), ("600", "600")]


def test_a_movement_is_reversed_with_a_reason(office: Client) -> None:
    pool = make.pool(granted=600)
    drawn = make.draw(pool, 45, origin="visit:1")
    url = reverse("allowances:reverse", args=[drawn.entry_id])
    assert url in office.get(reverse("allowances:pool", args=[pool.pk])).content.decode()
    assert "−0:45" in office.get(url).content.decode()
    assert office.post(url, {"reason": " "}).status_code == 422
    assert office.post(url, {"reason": "Sbagliato"}).status_code == 302
    assert make.balance(pool) == 600
    assert Entry.objects.get(kind="reversal").note == "Sbagliato"
    assert office.get(url).status_code == 404


def test_what_a_desk_drew_is_undone_there(office: Client) -> None:
    pool = make.pool(granted=600)
    drawn = make.draw(pool, 45, origin="session:1")
    assert office.get(reverse("allowances:reverse", args=[drawn.entry_id])).status_code == 404


def _send(client: Client, pool: Allowance, **changed: str) -> int:
    sent = {"title": "Ore", "is_active": "on", "thresholds": "", "months": "", "cap": ""}
    return client.post(reverse("allowances:set_up", args=[pool.pk]), sent | changed).status_code


def test_a_purchase_is_taken_back_where_it_was_made(office: Client) -> None:
    pool = make.pool(owner="tariff:12")
    number = make.top_up(pool, 60, origin="top_up:12:key")
    page = office.get(reverse("allowances:pool", args=[pool.pk])).content.decode()
    assert reverse("assistance:take_back", args=[number]) in page
    assert reverse("allowances:reverse", args=[number]) not in page
    assert reverse("assistance:top_up", args=[12]) in page
    assert reverse("catalog:profile", args=[12]) in page
    assert office.get(reverse("allowances:reverse", args=[number])).status_code == 404


def test_warnings_and_carry_over_are_set_as_people_write_them(office: Client) -> None:
    pool = make.pool(granted=600)
    code = _send(office, pool, thresholds="20 %; 10% 1:00", months="2", cap="1:30")
    pool.refresh_from_db()
    assert code == 302
    assert pool.thresholds == ["20%", "10%", "60"]
    assert pool.rollover == Rollover(2, 90)
    shown = office.get(reverse("allowances:set_up", args=[pool.pk])).content.decode()
    assert 'value="20% 10% 1:00"' in shown
    assert 'value="1:30"' in shown
    assert _send(office, pool) == 302
    pool.refresh_from_db()
    assert (pool.thresholds, pool.rollover) == ([], None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"thresholds": "101%"},
        {"thresholds": "soon"},
        {"thresholds": "-5"},
        {"thresholds": " ".join(["1%"] * 11)},
        {"months": "0"},
        {"months": "1", "cap": "0"},
        {"cap": "1:00"},
        {"title": ""},
    ],
)
def test_what_cannot_be_set_is_told(office: Client, wrong: dict[str, str]) -> None:
    assert _send(office, make.pool(), **wrong) == 422


def test_a_cap_that_no_column_holds_is_told(office: Client) -> None:
    pool = make.pool(unit="ticket")
    assert _send(office, pool, months="1", cap="9" * 20) == 422
    assert _send(office, pool, months="1", cap="1000") == 302


def test_the_customers_page_shows_the_balances(office: Client) -> None:
    acme = parties.party()
    make.pool(acme, granted=60, title="Mine")
    make.pool(granted=60, title="Theirs")
    url = reverse("allowances:of_customer", args=[acme.pk])
    page = office.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "Mine" in page
    assert "Theirs" not in page


def test_the_office_finds_what_is_low_on_the_start_page(office: Client) -> None:
    _pools()
    page = office.get("/").content.decode()
    for words in ("Prepaid hours exceeded", "Prepaid hours used up", "nearly used up"):
        assert words in page


def test_a_customer_sees_their_own_and_changes_nothing(client: Client, who: people.People) -> None:
    own = parties.party()
    parties.login(who.customer, own)
    mine, theirs = make.pool(own, granted=60, title="mine"), make.pool(title="theirs")
    drawn = make.draw(mine, 5, origin="visit:1")
    client.force_login(who.customer)
    page = client.get(LIST).content.decode()
    assert "mine" in page
    assert "theirs" not in page
    assert client.get(reverse("allowances:pool", args=[mine.pk])).status_code == 200
    assert client.get(reverse("allowances:pool", args=[theirs.pk])).status_code == 404
    for name, pk in (("reverse", drawn.entry_id), ("set_up", mine.pk)):
        assert client.get(reverse(f"allowances:{name}", args=[pk])).status_code == 404


def test_a_technician_finds_nothing(client: Client, who: people.People) -> None:
    pool = make.pool()
    client.force_login(who.technician)
    for address in (LIST, reverse("allowances:pool", args=[pool.pk])):
        assert client.get(address).status_code == 404
