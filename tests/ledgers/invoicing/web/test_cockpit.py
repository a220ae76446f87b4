"""The page of everything that is to invoice."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import translation
from tests import kit, markup, people
from tests.make import assistance, catalog, parties
from tests.make import invoicing as make

from canone.base.tasks.models import Job
from canone.desks.assistance.queries.unready import Unready
from canone.ledgers.invoicing.queries import ports
from canone.ledgers.invoicing.services import outlooks

pytestmark = pytest.mark.django_db
PAGE = "/invoicing/unbilled/"
AT = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("canone.ledgers.invoicing.web.cockpit.today", lambda: make.DAY)
    before = ports.unready()
    ports.bind_unready()
    yield
    ports.bind_unready(*before)


@pytest.fixture
def office(client: Client) -> Client:
    catalog.vat()
    who = people.people().colleague
    who.language = "en"
    who.save()
    client.force_login(who)
    return client


def looked() -> None:
    found = outlooks.begin(day=make.DAY, at=AT)
    while outlooks.advance(found.pk):
        pass
    outlooks.finish(found.pk, at=AT)


def test_the_first_visit_begins_a_look_and_says_so(office: Client) -> None:
    make.charge(make.customer())
    page = markup.get(office, PAGE)
    assert "Nothing was looked at yet" in page.text
    assert Job.objects.get().kind == outlooks.JOB
    markup.get(office, PAGE)
    assert Job.objects.count() == 1, "one look at a time"


def test_it_shows_what_is_ready_and_what_stands_in_the_way(office: Client) -> None:
    who = make.customer("Alfa srl")
    make.charge(who)
    homeless = parties.party("Senza Tetto", vat_number="IT00000000009")
    make.charge(homeless, amount_minor=700)
    looked()
    page = markup.get(office, PAGE)
    feet = [row.text for row in page.all("tfoot tr")]
    assert feet == ["Ready 1 €44.00", "Not ready 1 €7.00", "Total of the filter 2 €51.00"]
    mend = page.one(f'tbody a.btn[href="/customers/{homeless.pk}/"]')
    assert mend.text == "Open the customer"
    assert "has no address" in page.text
    stuck = markup.get(office, f"{PAGE}?code=no_address")
    assert [row.text for row in stuck.all("#results tbody .cn-b")] == ["Senza Tetto"]
    assert len(markup.get(office, f"{PAGE}?code=any").all("#results tbody tr")) == 1
    assert len(markup.get(office, f"{PAGE}?code=ready&age=60").all("#results tbody tr")) == 1


def test_the_vat_of_a_business_abroad_is_mended_at_its_taxation(office: Client) -> None:
    who = make.customer("Beta GmbH", country="DE", vat_number="DE123456789")
    make.charge(who, vat_id=None)
    looked()
    page = markup.get(office, f"{PAGE}?code=vat_abroad")
    mend = page.one("#results tbody a.btn")
    assert (mend.text, mend["href"]) == (
        "Open the taxation",
        f"/invoicing/customers/{who.pk}/taxation/",
    )


def test_bill_this_leads_to_the_run_filled_in(office: Client) -> None:
    who = make.customer("Alfa srl")
    make.charge(who)
    looked()
    page = markup.get(office, f"{PAGE}?customer={who.pk}&kind=remote_session&through=15/12/2026")
    button = page.one(".cn-bar a.btn-primary")
    said = parse_qs(urlsplit(button["href"]).query)
    assert said == {
        "through": ["15/12/2026"],
        "customer": [str(who.pk)],
        "kinds": ["remote_session"],
    }
    run = markup.get(office, button["href"])
    assert run.one('input[name="through"]')["value"] == "15/12/2026"
    assert run.all('input[value="remote_session"][checked]')


def test_what_is_due_later_stands_there_for_a_later_day(office: Client) -> None:
    who = make.customer()
    desk = make.Desk(make.proposal(who, service_start=datetime(2026, 12, 1, tzinfo=UTC).date()))
    with ports.bound(proposers=[desk]):
        looked()
        assert not markup.get(office, PAGE).all("#results tbody tr")
        assert len(markup.get(office, f"{PAGE}?through=31/12/2026").all("#results tbody tr")) == 1
        late = markup.get(office, f"{PAGE}?through=31/12/2027")
        assert "looks ahead until 31/01/2027" in late.text
        assert "Not a date" in markup.get(office, f"{PAGE}?through=never").text


def test_files_carry_what_the_filter_leaves(office: Client) -> None:
    make.charge(make.customer("Alfa srl"))
    make.charge(parties.party("Senza Tetto", vat_number="IT00000000009"))
    looked()
    answer = office.get(f"{PAGE}?format=csv&code=no_address")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    rows = list(csv.reader(io.StringIO(text), delimiter=text[text.index("State") + 5]))
    assert len(rows) == 2
    assert rows[1][2] == "Senza Tetto"
    assert "no address" in rows[1][8]


def test_customers_stand_each_on_a_line_that_opens(office: Client) -> None:
    who = make.customer("Alfa srl")
    make.charge(who)
    make.charge(who, amount_minor=600)
    looked()
    page = markup.get(office, f"{PAGE}customers/")
    assert page.all(f'a.cn-b[href="/invoicing/unbilled/?customer={who.pk}"]')
    assert page.one("tfoot .cn-price").text == "€50.00"


def test_a_technician_finds_nothing(client: Client) -> None:
    client.force_login(people.people().technician)
    assert client.get(PAGE).status_code == 404
    assert client.post(f"{PAGE}look/").status_code == 404


def test_looking_again_starts_a_job(office: Client) -> None:
    looked()
    assert office.post(f"{PAGE}look/").status_code == 302
    assert Job.objects.filter(kind=outlooks.JOB).count() == 1


def test_pages_ask_a_fixed_number_of_queries(
    office: Client,
) -> None:
    def fill() -> None:
        make.charge(make.customer())
        looked()

    fill()
    kit.assert_fixed_queries(office, PAGE, fill)
    kit.assert_fixed_queries(office, f"{PAGE}customers/", fill)


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("it", "Il suo gruppo non ha un profilo"),
        ("fr", "Son groupe n’a pas de profil"),
        ("en", "Its group has no profile"),
    ],
)
def test_reasons_are_told_in_the_language_of_the_reader(
    client: Client, language: str, told: str
) -> None:
    ports.bind_unready(Unready())
    assistance.session(parties.group())
    with translation.override("it"):
        looked()
    who = people.people().colleague
    who.language = language
    who.save()
    client.force_login(who)
    assert told in markup.get(client, PAGE).text.replace("'", "’")
    rows = client.get("/api/v1/unbilled", HTTP_ACCEPT_LANGUAGE="it").json()["items"]
    assert told in rows[0]["reason"].replace("'", "’")
