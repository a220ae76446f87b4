"""What the forms of lines keep and show of a line that is there."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from lxml import html
from tests import markup, people
from tests.make import assets, catalog, proposing
from tests.make import contracts as make

from canone.desks.contracts.models import Line
from canone.desks.contracts.rules import schedule
from canone.desks.contracts.services import lines
from canone.desks.contracts.web import looks
from canone.kernel.money import UnitPrice
from canone.registers.catalog.services import articles
from canone.ui import formats

pytestmark = pytest.mark.django_db
BY: dict[str, Any] = {"at": make.AT, "by": None}


@pytest.fixture
def office(client: Client) -> Client:
    client.force_login(people.people().colleague)
    client.cookies["django_language"] = "it"
    return client


def form_of(client: Client, address: str) -> dict[str, Any]:
    """Return what a browser sends of a form whose fields nobody touches."""
    answer = client.get(address)
    assert answer.status_code == 200
    form = answer.context["form"]
    sent = {}
    for name in form.fields:
        value = form[name].value()
        if value not in (None, "", False):
            sent[name] = getattr(value, "pk", value)
    return sent


def shown(client: Client, line: Line, sent: dict[str, Any]) -> str:
    address = reverse("contracts:line_preview", args=[line.contract_id])
    answer = client.post(address, sent, headers={"hx-request": "true"})
    assert answer.status_code == 200
    return answer.content.decode()


def rows(line: Line, through: date) -> list[tuple[str, str]]:
    """Return what a line charges, as the page writes it."""
    return [
        (formats.period(one.period.start, one.period.end), formats.money(one.amount))
        for one in schedule.charges(line.terms(), through)
    ]


def test_a_correction_keeps_an_article_and_a_rate_that_are_out_of_use(office: Client) -> None:
    article, vat = catalog.article(), catalog.vat("21", 2_100)
    line = make.line(article=article, vat=vat)
    retire(article, vat)
    address = reverse("contracts:line_edit", args=[line.pk])
    sent = form_of(office, address)
    assert "100,00" in shown(office, line, sent)
    assert office.post(address, sent | {"unit_price": "120"}).status_code == 302
    line.refresh_from_db()
    assert (line.article, line.vat) == (article, vat)
    assert line.unit_price == UnitPrice.of("120")
    other = make.line()
    address = reverse("contracts:line_edit", args=[other.pk])
    answer = office.post(address, form_of(office, address) | {"article": article.pk})
    assert answer.status_code == 422


def test_a_correction_of_usage_keeps_them_too(office: Client) -> None:
    article, vat = catalog.article(), catalog.vat("21", 2_100)
    contract = make.contract()
    meter = assets.meter(assets.asset(contract.customer))
    given: dict[str, Any] = {"kind": "usage", "meter": meter, "timing": "in_arrears"}
    line = make.line(contract, "0.01", article=article, vat=vat, **given)
    retire(article, vat)
    address = reverse("contracts:usage_edit", args=[line.pk])
    sent = form_of(office, address) | {"tiers-TOTAL_FORMS": 0, "tiers-INITIAL_FORMS": 0}
    preview = reverse("contracts:usage_preview", args=[contract.pk])
    assert "10,00" in office.post(preview, sent | {"sample": "1000"}).content.decode()
    assert office.post(address, sent | {"included": "5"}).status_code == 302
    line.refresh_from_db()
    assert (line.article, line.vat, line.included) == (article, vat, 5)


def retire(article: Any, vat: Any) -> None:
    articles.save_article(article=article, is_active=False)
    articles.save_vat(vat=vat, is_active=False)


def test_the_schedule_of_a_change_is_what_the_line_charges(office: Client) -> None:
    contract = make.contract(start=date(2026, 1, 10))
    line = make.line(contract, "300.00", every=3)
    sent = form_of(office, reverse("contracts:line_revise", args=[line.pk]))
    text = shown(office, line, sent | {"day": "01/06/2026"})
    assert text.index("01/06/2026–09/07/2026") < text.index("128,57") < text.index("300,00")
    new = lines.revise(line_id=line.pk, day=date(2026, 6, 1), **BY)
    found = rows(new, date(2027, 5, 31))
    assert "128,57" in found[0][1]
    assert all(period in text and amount in text for period, amount in found)
    assert text.count("300,00") == len(found) - 1
    sent = form_of(office, reverse("contracts:line_edit", args=[new.pk]))
    assert shown(office, new, sent) == text


def test_the_schedule_keeps_months_and_what_was_billed_elsewhere(office: Client) -> None:
    line = make.line(price="100.00", months=[1, 9], billed_through=date(2026, 2, 28))
    for name in ("line_edit", "line_revise"):
        sent = form_of(office, reverse(f"contracts:{name}", args=[line.pk]))
        text = shown(office, line, sent | ({"day": "01/03/2026"} if "day" in sent else {}))
        assert text.count("100,00") == 2
        assert text.index("01/09/2026–30/09/2026") < text.index("01/01/2027–31/01/2027")


@pytest.mark.parametrize("key", ["x", "²", "9" * 30, "0", "-1"])
def test_a_line_that_is_none_shows_the_schedule_of_a_new_one(office: Client, key: str) -> None:
    line = make.line()
    sent = form_of(office, reverse("contracts:line_edit", args=[line.pk]))
    address = reverse("contracts:line_preview", args=[line.contract_id])
    assert office.post(address, sent | {"of_line": key}).status_code == 200


def test_the_months_to_bill_are_chosen_on_the_form(office: Client) -> None:
    contract = make.contract(start=date(2026, 1, 1))
    address = reverse("contracts:line_new", args=[contract.pk])
    sent = form_of(office, address) | {"description": "Neve", "unit_price": "100"}
    wrong = office.post(address, sent | {"months": ["11", "1"], "quantity": ""})
    assert wrong.status_code == 422
    page = markup.Page(html.fromstring(wrong.content))
    assert [box["value"] for box in page.all("input[name=months][checked]")] == ["1", "11"]
    preview = reverse("contracts:line_preview", args=[contract.pk])
    told = office.post(preview, sent | {"months": ["11", "1"]}).content.decode()
    assert told.count("100,00") == 2
    assert "01/01/2026–31/01/2026" in told
    assert "01/11/2026–30/11/2026" in told
    assert office.post(address, sent | {"months": ["11", "1"]}).status_code == 302
    line = contract.lines.get()
    assert line.months == [1, 11]
    whole = office.get(looks.contract_url(contract)).content.decode()
    assert "Mensile, anticipata, solo in gennaio, novembre" in whole
    edit = reverse("contracts:line_edit", args=[line.pk])
    assert form_of(office, edit)["months"] == [1, 11]
    office.post(edit, form_of(office, edit) | {"months": [*map(str, range(1, 11))]})
    line.refresh_from_db()
    assert line.months == [*range(1, 11)]
    whole = office.get(looks.contract_url(contract)).content.decode()
    assert "Mensile, anticipata, non in novembre, dicembre" in whole
    history = office.get(reverse("contracts:history", args=[contract.pk])).content.decode()
    assert "gennaio, novembre" in history
    assert "[1, 11]" not in history


def test_months_in_which_no_period_begins_are_told_beside_the_form(office: Client) -> None:
    line = make.line(make.contract(start=date(2026, 1, 1)), "300.00", every=3)
    sent = form_of(office, reverse("contracts:line_edit", args=[line.pk]))
    told = shown(office, line, sent | {"months": ["2"]})
    assert "Nessun periodo del primo anno inizia in un mese da fatturare." in told
    assert "300,00" not in told


def test_what_is_charged_once_and_what_is_used_ask_for_no_months(office: Client) -> None:
    line = make.line(months=[1])
    edit = reverse("contracts:line_edit", args=[line.pk])
    assert office.post(edit, form_of(office, edit) | {"cycle": "once"}).status_code == 302
    line.refresh_from_db()
    assert (line.unit_of_cycle, line.months) == ("", [])
    usage = office.get(reverse("contracts:usage_new", args=[line.contract_id]))
    assert "months" not in usage.context["form"].fields


def test_the_end_of_the_month_is_kept_by_what_begins_on_30_april(office: Client) -> None:
    contract = make.contract(start=date(2026, 4, 30))
    address = reverse("contracts:line_new", args=[contract.pk])
    assert "31 è la fine di ogni mese" in office.get(address).content.decode()
    sent = form_of(office, address) | {"description": "Canone", "unit_price": "100"}
    preview = reverse("contracts:line_preview", args=[contract.pk])
    kept = office.post(preview, sent).content.decode()
    assert kept.index("30/04/2026–29/05/2026") < kept.index("30/05/2026–29/06/2026")
    ends = office.post(preview, sent | {"anchor_day": "31"}).content.decode()
    assert ends.index("30/04/2026–30/05/2026") < ends.index("31/05/2026–29/06/2026")
    assert ends.index("31/05/2026–29/06/2026") < ends.index("30/06/2026–30/07/2026")
    assert office.post(address, sent | {"anchor_day": "31"}).status_code == 302
    page = office.get(reverse("contracts:detail", args=[contract.pk])).content.decode()
    assert "dalla fine del mese" in page
    found = proposing.propose("2026-06-30", contract.customer).proposals
    starts = [one.service_start for one in found]
    assert starts == [date(2026, 4, 30), date(2026, 5, 31), date(2026, 6, 30)]
    assert {one.amount_minor for one in found} == {10_000}
