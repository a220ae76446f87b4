from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests import kit, people
from tests.make import assets, catalog
from tests.make import contracts as make

from canone.desks.contracts.models import Contract, Line
from canone.kernel.money import Money, UnitPrice
from canone.registers.assets.models import Meter
from canone.ui import origins

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(client: Client) -> Client:
    client.force_login(people.people().colleague)
    client.cookies["django_language"] = "it"
    return client


@pytest.fixture
def contract() -> Contract:
    return make.contract()


@pytest.fixture
def meter(contract: Contract) -> Meter:
    return assets.meter(assets.asset(contract.customer, name="Multifunzione"), name="Copie b/n")


def url(name: str, *args: Any) -> str:
    return reverse(f"contracts:{name}", args=args)


def sent(meter: Meter, *tiers: tuple[str, str, str], **fields: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "meter": meter.pk,
        "description": "Copie {period}",
        "included": "3000",
        "unit_price": "0,012",
        "vat": catalog.vat().pk,
        "pricing": "graduated",
        "cycle": "quarterly",
        "start": "01/01/2026",
        "anchor": "calendar",
        "day_basis": "actual",
        "tiers-TOTAL_FORMS": len(tiers),
        "tiers-INITIAL_FORMS": 0,
    }
    for number, (up_to, unit, flat) in enumerate(tiers):
        given |= {f"tiers-{number}-up_to": up_to, f"tiers-{number}-unit": unit}
        given |= {f"tiers-{number}-flat": flat}
    return given | fields


def cost(client: Client, contract: Contract, data: dict[str, Any]) -> str:
    answer = client.post(url("usage_preview", contract.pk), data)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_line_of_copies_is_made(office: Client, contract: Contract, meter: Meter) -> None:
    answer = office.post(url("usage_new", contract.pk), sent(meter, minimum="10,00"))
    assert answer.status_code == 302, answer.context["form"].errors
    line = Line.objects.get()
    assert (line.kind, line.meter, line.included) == ("usage", meter, 3_000)
    assert (line.unit_price, line.minimum) == (UnitPrice.of("0.012"), Money.of("10"))
    assert (line.unit_of_cycle, line.every, line.timing) == ("month", 3, "in_arrears")
    text = office.get(url("detail", contract.pk)).content.decode()
    assert url("usage_edit", line.pk) in text
    assert "Multifunzione" in text
    assert office.get(url("line_edit", line.pk)).headers["Location"] == url("usage_edit", line.pk)
    fee = make.line(contract)
    assert office.get(url("usage_edit", fee.pk)).headers["Location"] == url("line_edit", fee.pk)


def test_tiers_stand_in_rows_and_come_back(
    office: Client, contract: Contract, meter: Meter
) -> None:
    rows = (("10", "10,00", "2,00"), ("20", "5", "3"), ("", "5", "3"), ("", "", ""))
    answer = office.post(url("usage_new", contract.pk), sent(meter, *rows, unit_price=""))
    assert answer.status_code == 302
    line = Line.objects.get()
    assert [tier["up_to"] for tier in line.tiers] == [10, 20, None]
    assert Money.of(line.tiers[0]["flat"]) == Money.of("2")
    shown = office.get(url("usage_edit", line.pk)).context["tiers"]
    assert [form.initial.get("up_to") for form in shown][:3] == [10, 20, None]
    wrong = (("20", "5", ""), ("10", "4", ""), ("", "3", ""))
    way = url("usage_edit", line.pk)
    refused = office.post(way, sent(meter, *wrong) | kit.seen(office, way))
    assert refused.status_code == 422
    unpriced = office.post(way, sent(meter, ("20", "", "")) | kit.seen(office, way))
    assert unpriced.status_code == 422


def test_packages_need_a_size_and_a_price(office: Client, contract: Contract, meter: Meter) -> None:
    data = sent(meter, pricing="package", unit_price="100")
    assert office.post(url("usage_new", contract.pk), data).status_code == 422
    data |= {"package_size": "10"}
    assert office.post(url("usage_new", contract.pk), data).status_code == 302
    line = Line.objects.get()
    assert [(tier["size"], UnitPrice.of(tier["unit"])) for tier in line.tiers] == [
        (10, UnitPrice.of("100"))
    ]
    form = office.get(url("usage_edit", line.pk)).context["form"]
    assert (form["package_size"].value(), form["unit_price"].value()) == ("10", "100,00")


# docs/algorithms/usage.md, rows 1, 4, 5, 6, 7
@pytest.mark.parametrize(
    ("fields", "tiers", "units", "amounts"),
    [
        ({}, (), "4250", ("15,00",)),
        ({"included": "0", "unit_price": ""},
         (("10", "10", "2"), ("20", "5", "3"), ("", "5", "3")), "21", ("163,00",)),
        ({"included": "0", "unit_price": "", "pricing": "volume"},
         (("100", "2", "10"), ("200", "1", ""), ("", "0,5", "50")), "101", ("101,00",)),
        ({"included": "10", "unit_price": "100", "pricing": "package", "package_size": "10"},
         (), "121", ("1.200,00",)),
        ({"minimum": "10"}, (), "3100", ("1,20", "8,80", "10,00")),
    ],
)  # fmt: skip
def test_what_so_many_units_would_cost_stands_beside_the_form(
    office: Client,
    meter: Meter,
    fields: dict[str, str],
    tiers: tuple[tuple[str, str, str], ...],
    units: str,
    amounts: tuple[str, ...],
) -> None:
    contract = make.contract(meter.asset.customer)
    text = cost(office, contract, sent(meter, *tiers, sample=units, **fields))
    for amount in amounts:
        assert amount in text
    assert not Line.objects.exists()


def test_the_price_says_what_is_wrong_with_the_tiers(
    office: Client, contract: Contract, meter: Meter
) -> None:
    text = cost(office, contract, sent(meter, ("20", "5", ""), ("10", "4", ""), ("", "3", "")))
    assert "€" not in text
    assert "fasce" in text.casefold() or "scaglion" in text.casefold()


def test_a_line_of_usage_goes_on_at_another_price(
    office: Client, contract: Contract, meter: Meter
) -> None:
    line = make.line(contract, "0.012", kind="usage", meter=meter, included=3_000, every=3)
    data = sent(meter, day="01/07/2026", unit_price="0,015")
    del data["start"]
    way = url("usage_revise", line.pk)
    answer = office.post(way, data | kit.seen(office, way))
    assert answer.status_code == 302
    first, second = Line.objects.order_by("pk")
    assert (first.end, second.start) == (date(2026, 7, 1), date(2026, 7, 1))
    assert (second.kind, second.unit_price) == ("usage", UnitPrice.of("0.015"))


def test_meters_of_others_are_not_offered(office: Client, contract: Contract) -> None:
    strange = assets.meter()
    text = office.get(url("usage_new", contract.pk)).content.decode()
    assert strange.name not in text
    assert reverse("assets:list") in text
    assert office.post(url("usage_new", contract.pk), sent(strange)).status_code == 422


def test_a_missing_reading_leads_to_its_form_with_meter_and_day(
    office: Client, contract: Contract, meter: Meter
) -> None:
    office.post(url("usage_new", contract.pk), sent(meter))
    line = Line.objects.get()
    place = origins.mend(f"line:{line.pk}:2026-07-01", "missing_reading")
    assert place is not None
    form = office.get(place.url, follow=True)
    asked, status = form.redirect_chain[-1]
    assert status == 302
    assert asked == f"/machines/{meter.asset_id}/read/?meter={meter.pk}&day=2026-09-30"
    assert form.context["form"]["day"].value() == "30/09/2026"
    text = form.content.decode()
    assert re.search(rf'<input[^>]*name="value_{meter.pk}"[^>]*autofocus', text)
    # nothing else is known of: the form still opens, on today
    assert office.get(f"{url('line_reading', line.pk)}?of=x").headers["Location"] == (
        f"/machines/{meter.asset_id}/read/?meter={meter.pk}"
    )
    assert origins.mend(f"line:{line.pk}:2026-07-01", "suspended") is None
