"""Two people at one line: nobody saves over the other, and all faults are told at once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from lxml import html
from tests import kit, markup, people
from tests.make import assets, catalog, parties
from tests.make import contracts as make

from canone.desks.contracts.models import Line
from canone.desks.contracts.services import lines
from canone.desks.contracts.web.tiers import PREFIX
from canone.kernel.money import UnitPrice
from canone.registers.assets.services import assets as machines

pytestmark = pytest.mark.django_db
BY: dict[str, Any] = {"at": make.AT.replace(year=2040), "by": None}


@pytest.fixture
def who() -> people.People:
    return people.people()


@pytest.fixture
def office(client: Client, who: people.People) -> Client:
    client.force_login(who.owner)
    client.cookies["django_language"] = "it"
    return client


def form_of(client: Client, address: str) -> dict[str, Any]:
    """Return what a browser sends of a form whose fields nobody touches."""
    form = client.get(address).context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {
        name: getattr(value, "pk", value)
        for name, value in values.items()
        if value not in (None, "", False)
    }


def url(name: str, line: Line) -> str:
    return reverse(f"contracts:{name}", args=[line.pk])


def metered() -> Line:
    contract = make.contract()
    meter = assets.meter(assets.asset(contract.customer))
    given: dict[str, Any] = {"kind": "usage", "meter": meter, "timing": "in_arrears"}
    return make.line(contract, "0.01", **given)


def told(answer: Any) -> list[list[str]]:
    """Return the rows of the page of a conflict: field, mine, theirs."""
    assert answer.status_code == 409
    page = markup.Page(html.fromstring(answer.content))
    return [
        [part.text for part in [*row.all("th"), *row.all("td")]] for row in page.all("tbody tr")
    ]


@pytest.mark.parametrize("name", ["line_edit", "line_revise"])
def test_a_fee_is_not_saved_over_a_change(office: Client, who: people.People, name: str) -> None:
    line = make.line(price="100.00", months=[1])
    address = url(name, line)
    sent = form_of(office, address) | {"unit_price": "120", "months": ["1", "2"]}
    sent["is_on_request"] = "on"
    if name == "line_revise":
        sent["day"] = "01/07/2026"
    change = {"unit_price": UnitPrice.of("110"), "months": [3]}
    lines.update(line_id=line.pk, at=BY["at"], by=who.colleague.pk, **change)
    answer = office.post(address, sent)
    assert told(answer) == [["Prezzo unitario", "120", "110,00"],
            ["Mesi da fatturare", "Gennaio, Febbraio", "Marzo"]]  # fmt: skip
    assert who.colleague.get_full_name() in answer.content.decode()
    line.refresh_from_db()
    assert line.unit_price == UnitPrice.of("110")
    mine = sent | kit.seen(office, address)
    assert office.post(address, mine).status_code == 302
    assert Line.objects.latest("pk").months == [1, 2]


def test_switches_stand_as_words_in_a_conflict(office: Client) -> None:
    line = make.line()
    address = url("line_edit", line)
    sent = form_of(office, address)
    lines.update(line_id=line.pk, is_on_request=True, vat=catalog.vat("10", 1_000), **BY)
    rows = {row[0]: row[1:] for row in told(office.post(address, sent))}
    assert rows["Non compresa nel canone: fatturata su richiesta"] == ["No", "Sì"]
    assert rows["IVA o natura"][1].startswith("10 · ")


def test_a_line_of_usage_and_its_tiers_are_not_saved_over_a_change(office: Client) -> None:
    line = metered()
    address = url("usage_edit", line)
    tiers = {f"{PREFIX}-TOTAL_FORMS": 1, f"{PREFIX}-INITIAL_FORMS": 0}
    tiers |= {f"{PREFIX}-0-up_to": "", f"{PREFIX}-0-unit": "0,02", f"{PREFIX}-0-flat": "5"}
    sent = form_of(office, address) | tiers
    kept = [{"up_to": 100, "unit": "0.03"}, {"up_to": None, "unit": "0.01"}]
    lines.update(line_id=line.pk, tiers=kept, **BY)
    (row,) = told(office.post(address, sent))
    assert row[0] == "Scaglioni"
    assert [text.replace("\xa0", " ") for text in row[1:]] == [
        "…: 0,02 € + 5,00 €",
        "100: 0,03 €; …: 0,01 €",
    ]
    assert office.post(address, sent | kit.seen(office, address)).status_code == 302
    line.refresh_from_db()
    assert [tier["unit"] for tier in line.tiers] == ["0.02"]


def test_two_people_do_not_end_a_line_over_each_other(office: Client) -> None:
    line = make.line()
    address = url("line_end", line)
    sent = {"last_day": "30/06/2026"} | kit.seen(office, address)
    lines.end(line_id=line.pk, last_day=date(2026, 5, 31), **BY)
    assert told(office.post(address, sent)) == [["Ultimo giorno", "30/06/2026", "31/05/2026"]]
    assert office.post(address, sent | kit.seen(office, address)).status_code == 302
    line.refresh_from_db()
    assert line.end == date(2026, 7, 1)


def test_a_line_for_work_is_not_saved_over_a_change(office: Client) -> None:
    contract = make.contract()
    given: dict[str, Any] = {"kind": "tariff", "tariff": catalog.tariff(), "unit_of_cycle": ""}
    line = make.line(contract, "0", vat=None, **given)
    for name in ("work_edit", "work_revise"):
        address = url(name, line)
        sent = form_of(office, address) | {"description": f"Mia {name}"}
        lines.update(line_id=line.pk, description=f"Altrui {name}", **BY)
        assert told(office.post(address, sent))[0][1:] == [f"Mia {name}", f"Altrui {name}"]


def test_all_faults_of_a_change_from_a_day_on_are_told_at_once(office: Client) -> None:
    line = make.line()
    address = url("line_revise", line)
    wrong = {"day": "01/01/2026", "description": "Canone {strada}", "anchor_day": "40"}
    answer = office.post(address, form_of(office, address) | wrong)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"day", "description", "anchor_day"}
    assert Line.objects.count() == 1


def test_all_faults_of_a_correction_are_told_at_once(office: Client) -> None:
    line = make.line(make.contract(end=date(2027, 1, 1)))
    address = url("line_edit", line)
    wrong = {"start": "01/02/2027", "anchor_day": "40", "month_offset": "12"}
    answer = office.post(address, form_of(office, address) | wrong)
    assert set(answer.context["form"].errors) == {"start", "anchor_day", "month_offset"}


def test_a_line_whose_meter_has_gone_is_corrected_but_no_such_meter_is_chosen(
    office: Client,
) -> None:
    line, other = metered(), metered()
    machines.update(asset_id=line.meter.asset_id, customer=parties.party(), **BY)
    address = url("usage_edit", line)
    tiers = {f"{PREFIX}-TOTAL_FORMS": 0, f"{PREFIX}-INITIAL_FORMS": 0}
    sent = form_of(office, address) | tiers | {"included": "500"}
    assert sent["meter"] == line.meter_id
    assert office.post(address, sent).status_code == 302
    line.refresh_from_db()
    assert line.included == 500
    new = lines.revise(line_id=line.pk, day=date(2026, 7, 1), included=600, **BY)
    assert new.meter == line.meter
    with pytest.raises(ValidationError) as caught:
        lines.update(line_id=line.pk, meter=other.meter, description="{x}", **BY)
    assert set(caught.value.message_dict) == {"meter", "description"}
