"""The pages of series and habits."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from tests import markup, people
from tests.make import catalog
from tests.make import invoicing as make

from canone.base.firm import services as firms
from canone.base.numbering.models import Counter
from canone.ledgers.invoicing.models import BillingSettings, Document, Series, TaxProfile
from canone.ledgers.invoicing.services import series as services
from canone.ledgers.invoicing.services import settings
from canone.ledgers.invoicing.web import habits
from canone.registers.parties.models import Party

pytestmark = pytest.mark.django_db
SERIES = "/invoicing/series/"
HABITS = "/invoicing/habits/"


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("canone.ledgers.invoicing.web.series.today", lambda: make.DAY)


@pytest.fixture
def office(client: Client) -> Client:
    who = people.people().owner
    who.language = "en"
    who.save()
    client.force_login(who)
    return client


def sent(**fields: Any) -> dict[str, Any]:
    return {"code": "b", "title": "Filiale", "for_invoices": "on", "is_active": "on"} | fields


def test_a_series_is_begun_and_numbers_its_documents(office: Client) -> None:
    assert "No series yet" in markup.get(office, SERIES).text
    assert office.post(f"{SERIES}new/", sent(is_default="on")).status_code == 302
    assert Series.objects.get().code == "B"
    make.invoice()
    row = markup.get(office, SERIES).one("#results tbody tr")
    assert "B Filiale Invoices Yes 1 1 30/11/2026 2" in row.text


def test_what_cannot_be_is_said_at_its_field(office: Client) -> None:
    answer = office.post(f"{SERIES}new/", sent(for_invoices="", code="à b"))
    assert answer.status_code == 422
    assert "Up to six capital letters and digits." in answer.content.decode()
    nothing = office.post(f"{SERIES}new/", {"code": "B", "is_active": "on"})
    assert "Say which documents the series numbers." in nothing.content.decode()
    both = office.post(f"{SERIES}new/", sent(for_pro_formas="on"))
    assert both.status_code == 422
    assert not Series.objects.exists()


def test_a_series_in_use_keeps_its_name_and_has_no_hole_after_a_change(office: Client) -> None:
    first = make.invoice()
    series = Series.objects.get(code=first.series)
    url = f"{SERIES}{series.pk}/"
    assert "none is given twice" in markup.get(office, url).text
    answer = office.post(url, sent(code="ZZ"))
    assert answer.status_code == 422
    assert "Begin another series instead" in answer.content.decode()
    assert office.post(url, sent(code=series.code, is_default="on")).status_code == 302
    Counter.objects.filter(series=series.code).update(number=77)
    again = make.invoice()
    assert (again.series, again.number) == (first.series, 2)
    with pytest.raises(ValidationError):
        services.save(by=None, series_id=series.pk, code="QQ")


def test_habits_are_kept_and_used(office: Client) -> None:
    catalog.vat()
    reduced = catalog.vat(code="10", basis_points=1_000)
    page = markup.get(office, HABITS)
    assert page.one('input[name="due_days"]')["value"] == "30"
    given = {"ordinary_vat": reduced.pk, "due_days": "45", "posts_on": "month_end"}
    assert office.post(HABITS, given).status_code == 302
    kept = BillingSettings.objects.get()
    assert (kept.ordinary_vat, kept.due_days, kept.recharges_stamp) == (reduced, 45, False)
    who: Party = make.customer()
    make.charge(who)
    make.bill()
    made = Document.objects.get()
    assert made.due_items.get().due_on == date(2027, 1, 14), "45 days after 30 November"
    assert (made.net.minor, made.vat.minor) == (4_400, 440)
    run = markup.get(office, "/invoicing/runs/new/?through=15/12/2026")
    assert run.one('input[name="posting_date"]')["value"] == "31/12/2026"


def test_without_habits_the_law_holds(office: Client) -> None:
    catalog.vat()
    make.charge(make.customer())
    make.bill()
    assert Document.objects.get().due_items.get().due_on == date(2026, 12, 30)
    assert habits.posting_date("15/12/2026") == ""
    assert habits.posting_date("nonsense") == ""


@pytest.mark.parametrize("days", ["-1", "366", "many"])
def test_days_that_cannot_be_are_refused(office: Client, days: str) -> None:
    answer = office.post(HABITS, {"due_days": days, "posts_on": "issue"})
    assert answer.status_code == 422
    assert not BillingSettings.objects.exists()


def test_who_may_not_change_settings_finds_nothing(client: Client) -> None:
    client.force_login(people.people().technician)
    for url in (SERIES, f"{SERIES}new/", HABITS, taxation(make.customer())):
        assert client.get(url).status_code == 404


def taxation(of: Party) -> str:
    return f"/invoicing/customers/{of.pk}/taxation/"


def test_the_taxation_of_a_customer_is_kept_and_used(office: Client) -> None:
    catalog.vat()
    intent = catalog.vat("NI8C", 0, nature="N3.5")
    who = make.customer("Comune di Erba", country="IT")
    account = markup.get(office, f"/invoicing/customers/{who.pk}/account/")
    assert account.one(f'a[href="{taxation(who)}"]').text == "Taxation"
    sent = {"vat": intent.pk, "split_since": "01/01/2026", "withholding": ""}
    assert office.post(taxation(who), sent).headers["Location"] == f"/customers/{who.pk}/"
    kept = TaxProfile.objects.get()
    assert (kept.vat, kept.split_since, kept.withholding_bp) == (intent, date(2026, 1, 1), 0)
    assert make.invoice(who, make.line(vat_id=None)).is_split is True
    seen = markup.get(office, taxation(who)).one('input[name="seen"]')["value"]
    after = {"vat": "", "split_since": "", "withholding": "4", "seen": seen}
    assert office.post(taxation(who), after).status_code == 302, "one instead of the other"
    done = make.invoice(who, make.line(vat_id=None))
    assert (done.is_split, done.net.minor, done.withholding.minor) == (False, 10_000, 400)
    assert markup.get(office, taxation(who)).one('input[name="withholding"]')["value"] == "4"


def test_a_taxation_that_cannot_be_is_said_at_its_field(office: Client) -> None:
    who = make.customer(country="IT")
    both = {"split_since": "01/01/2026", "withholding": "4"}
    person = make.customer(country="IT", is_person=True)
    abroad = make.customer(country="DE", vat_number="DE123456789")
    for whose, sent, told in (
        (who, both, "Split payment and withholding exclude each other."),
        (who, {"split_until": "01/01/2026"}, "The last day comes before the first."),
        (who, {"withholding": "101"}, "100"),
        (person, {"split_since": "01/01/2026"}, "Only bodies and firms in Italy"),
        (abroad, {"split_since": "01/01/2026"}, "Only bodies and firms in Italy"),
    ):
        answer = office.post(taxation(whose), sent)
        assert answer.status_code == 422
        assert told in answer.content.decode()
    assert not TaxProfile.objects.exists()


def test_what_somebody_else_saved_is_not_overwritten(office: Client) -> None:
    who = make.customer(country="IT")
    settings.tax(customer_id=who.pk, withholding_bp=400, by=None)
    seen = markup.get(office, taxation(who)).one('input[name="seen"]')["value"]
    settings.tax(customer_id=who.pk, withholding_bp=2_000, by=None)
    answer = office.post(taxation(who), {"withholding": "5", "seen": seen})
    assert answer.status_code == 409
    assert TaxProfile.objects.get().withholding_bp == 2_000


def test_split_payment_and_withholding_are_asked_in_italy_alone(office: Client) -> None:
    firms.revise(country="fr")
    page = markup.get(office, taxation(make.customer()))
    assert page.one('select[name="vat"]')
    for name in ("split_since", "split_until", "withholding"):
        assert not page.all(f'input[name="{name}"]')
