"""The second half of the story: prepaid hours, a tariff that changes, an accounting undone."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect
from tests import people
from tests.browser.conftest import SignedIn
from tests.browser.walker import Walker, work
from tests.make import assistance as make
from tests.make import catalog, parties

from canone.base.access.models import User
from canone.desks.assistance.services import accounting
from canone.ledgers.invoicing.models import Charge
from canone.registers.catalog.models import Tariff
from canone.registers.parties.models import Group

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.parametrize("language", ["it", "fr"], indirect=True),
]
FIRST = datetime(2026, 3, 10, 8, 0, tzinfo=UTC)
SECOND = datetime(2026, 3, 11, 8, 0, tzinfo=UTC)
NAME = "Abbonamento 10 ore"
HOURS = {
    "Name of the profile": NAME,
    "Shortest connection to account": "2",
    "Prepaid hours|of a subscription": "10:00",
    "Amount|of a subscription": "500,00",
    "Steps|of a subscription": "15",
}


@pytest.fixture
def walker(signed_in: SignedIn, language: str, accessible: Callable[[Page], None]) -> Walker:
    """Return an office user before the sessions of two groups."""
    folk = people.people()
    User.objects.filter(pk=folk.colleague.pk).update(theme="system")
    for name in ("Brambilla", "Ferrari"):
        parties.group(parties.party(f"{name} S.r.l."), name)
    return Walker(signed_in(folk.colleague), language, accessible, is_watched=True)


def group(name: str) -> Group:
    return Group.objects.get(name=name)


def sessions(walker: Walker, name: str) -> None:
    walker.go(f"{reverse('assistance:list')}?group={group(name).pk}")


def aside(walker: Walker, label: str) -> Locator:
    """Return the figure beside its label in the panel of the hours."""
    terms = walker.page.locator("#aside dt, #aside th").filter(
        has_text=re.compile(f"^{re.escape(walker.say(label))}$")
    )
    return terms.first.locator("xpath=following-sibling::*[1]")


def test_prepaid_hours_from_the_contract_to_the_top_up(walker: Walker) -> None:
    make.session(group("Ferrari"), start=FIRST, seconds=260 * 60)
    make.session(group("Ferrari"), start=SECOND, seconds=430 * 60)
    _a_subscription(walker)
    _one_customer_only(walker)
    _the_balance_before_and_after(walker)
    _a_top_up(walker)
    walker.go(reverse("invoicing:charges"))
    expect(walker.row(walker.euro("500.00"))).to_be_visible()
    expect(walker.row(walker.euro("250.00"))).to_be_visible()


def _a_subscription(walker: Walker) -> None:
    walker.page.goto(reverse("catalog:profile_new"))
    walker.page.locator("[name=kind][value=subscription]").check()
    walker.fill(HOURS)
    preview = walker.page.locator("#preview tbody tr")
    for number, minutes in enumerate(["0:15", "0:15", "0:45", "2:00"]):
        expect(preview.nth(number)).to_contain_text(minutes)
    walker.see()
    walker.press("Save the profile")
    expect(walker.page.locator("h1")).to_have_text(NAME)


def _assign(walker: Walker, name: str) -> None:
    walker.page.goto(reverse("assistance:assign"))
    walker.field("Profile").select_option(label=NAME)
    walker.page.get_by_label(name, exact=True).check()
    walker.press("Assign")


def _one_customer_only(walker: Walker) -> None:
    _assign(walker, "Ferrari")
    walker.reported("1")
    assert Charge.objects.get().amount.decimal == 500
    _assign(walker, "Brambilla")
    faults = walker.page.locator("[data-faults]")
    expect(faults).to_be_focused()
    offer = walker.say("Duplicate it for this group")
    expect(faults.get_by_role("link", name=offer).or_(walker.link(offer)).first).to_be_visible()
    walker.see()
    walker.link(offer).first.click()
    walker.press("Duplicate")
    expect(walker.page.locator("[data-report]")).to_be_visible()
    walker.press_like("Save as version")
    assert Tariff.objects.count() == 2


def _the_balance_before_and_after(walker: Walker) -> None:
    sessions(walker, "Ferrari")
    expect(walker.page.locator("#aside")).to_contain_text(walker.say("Subscription"))
    for label, figure in (
        ("Granted", "10:00"),
        ("Balance", "10:00"),
        ("To account in the filter", "11:45"),
        ("Balance after that", "−1:45"),
    ):
        expect(aside(walker, label)).to_have_text(figure)
    walker.page.locator(".cn-bar button.btn-primary").click()
    expect(walker.page.locator("progress")).to_be_visible()
    work()
    # the page comes anew at the end: the report has the focus once that is done
    expect(walker.page.locator("[data-ended]")).to_be_focused()
    sessions(walker, "Ferrari")
    expect(aside(walker, "Balance")).to_have_text("−1:45")
    expect(walker.page.locator("#aside")).to_contain_text(
        walker.say("Over by %(time)s", time="1:45")
    )
    foot = walker.page.locator("tfoot tr").filter(has_text=walker.say("Accounted"))
    expect(foot).to_contain_text("11:30")


def _a_top_up(walker: Walker) -> None:
    walker.page.locator("#aside").get_by_role("link", name=walker.say("Top-up")).click()
    walker.fill({"Hours": "5:00", "Amount": "250,00"})
    walker.see()
    walker.press("Top up")
    said = walker.say(
        "%(hours)s hours added. The balance is %(balance)s.", hours="5:00", balance="3:15"
    )
    walker.reported(said)
    walker.see()
    sessions(walker, "Ferrari")
    expect(aside(walker, "Topped up")).to_have_text("5:00")
    expect(aside(walker, "Balance")).to_have_text("3:15")


def _change(walker: Walker, tariff: Tariff, price: str) -> None:
    walker.page.goto(reverse("catalog:profile_edit", args=[tariff.pk]))
    walker.fill({"Price of further steps": price})
    touched = walker.page.locator("#consequences")
    expect(touched).to_contain_text(walker.euro("44.00"))
    expect(touched).to_contain_text(walker.euro("50.00"))
    expect(touched.get_by_role("link").first).to_have_text(re.compile("^1 "))
    walker.see()
    walker.press_like("Save as version")
    walker.reported("2")


def test_a_new_price_holds_for_what_is_accounted_later(walker: Walker) -> None:
    tariff = catalog.tariff("Standard a scatti")
    make.assignment(group("Brambilla"), tariff)
    old = make.session(group("Brambilla"), start=FIRST)
    make.session(group("Brambilla"), start=SECOND)
    office = User.objects.get(email="office@example.com")
    accounting.account_one(
        session_id=old.pk, day=date(2026, 3, 12), at=SECOND, by=office.pk, user=office
    )
    _change(walker, tariff, "5,00")
    sessions(walker, "Brambilla")
    expect(walker.row("10/03/2026")).to_contain_text(walker.euro("44.00"))
    expect(walker.row("11/03/2026")).to_contain_text(walker.euro("50.00"))
    _undo(walker, "10/03/2026")
    sessions(walker, "Brambilla")
    expect(walker.row("10/03/2026")).to_contain_text(walker.say("To account"))
    expect(walker.row("10/03/2026")).to_contain_text(walker.euro("50.00"))


def _undo(walker: Walker, day: str) -> None:
    walker.row(day).locator("a.cn-lock").click()
    walker.see()
    walker.follow("Undo the accounting")
    walker.press("Undo the accounting")
    expect(walker.page.locator("[data-faults]")).to_be_focused()
    walker.field("Reason").fill("Contratto scontato, tariffa nuova")
    walker.see()
    walker.press("Undo the accounting")
    expect(walker.page.locator("#main")).to_contain_text("Contratto scontato, tariffa nuova")
    amounts: list[Any] = [charge.amount.decimal for charge in Charge.objects.order_by("pk")]
    assert amounts == [44, -44]
