"""axe finds nothing on any page that the menu leads to, and no page is wider than its screen.

From every page of the menu the walk goes on to its first row and to its "new" form, so a page that
a context adds is walked without a line here.
"""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page
from tests import people
from tests.browser.conftest import SignedIn
from tests.make import allowances, assistance, catalog, connectors, invoicing, parties

from canone.registers.catalog.rules import rating

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
MENU = ".cn-all a, .cn-own a"
ROW = "[data-row] a[href^='/']"
NEW = "a.btn[data-key=n]"


def _firm_at_work() -> None:
    group = assistance.priced_group()
    for seconds in (2520, 90, None):
        assistance.session(group, seconds=seconds)
    catalog.article()
    catalog.price_list()
    connectors.source()
    allowances.pool(granted=600)
    party = parties.party()
    parties.site(party)
    parties.contact(party)
    priced = rating.rate(catalog.terms(), rating.Work(seconds=2520))
    invoicing.charge(party, explanation=rating.text(priced.steps))


def _addresses(page: Page, selector: str) -> list[str]:
    found: list[str] = page.eval_on_selector_all(
        selector, "all => all.map(one => one.getAttribute('href'))"
    )
    return found


@pytest.mark.usefixtures("language")
def test_every_page(signed_in: SignedIn, looked_at: Callable[[Page], None]) -> None:
    _firm_at_work()
    page = signed_in(people.people().owner)
    page.goto("/")
    from_menu = list(dict.fromkeys(_addresses(page, MENU)))
    assert len(from_menu) > 10
    waiting = list(from_menu)
    for address in waiting:
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200, address
        looked_at(page)
        if address in from_menu:
            further = [*_addresses(page, ROW)[:1], *_addresses(page, NEW)[:1]]
            waiting += [one for one in further if one not in waiting]
