"""The settings of mail and paper, on every screen."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from tests import people
from tests.config.test_letters import queue

from canone.base.access.models import User

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.usefixtures("language")
def test_mail_and_paper(
    signed_in: Callable[[User], Page], looked_at: Callable[[Page], None]
) -> None:
    mail = queue()
    page = signed_in(people.people().owner)
    for url in (
        "/settings/mail/",
        f"/settings/mail/{mail.pk}/",
        "/settings/texts/",
        "/settings/documents/",
        "/settings/documents/assistance/statement/",
        "/settings/letterhead/",
    ):
        page.goto(url)
        looked_at(page)
    page.goto("/settings/texts/allowances/low/it/")
    expect(page.locator("#preview .cn-letter")).to_contain_text("Officine Brambilla")
    looked_at(page)
