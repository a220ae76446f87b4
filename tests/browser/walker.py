"""Somebody who uses the pages in a language: finds things by the words that stand on them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.utils import translation
from playwright.sync_api import Locator, Page, expect
from tests.browser.conftest import LOOKS, look_at, settled

from canone.base.tasks import runner
from canone.base.tasks.models import Job
from canone.kernel.money import Money
from canone.ui import formats

MOST_TABS = 90


@dataclass
class Walker:
    """A page, its language, and what is asked of every page that is passed."""

    page: Page
    language: str
    accessible: Callable[[Page], None]
    is_watched: bool = False

    def say(self, text: str, context: str = "", **given: object) -> str:
        """Return `text` as the pages say it."""
        with translation.override(self.language):
            said = translation.pgettext(context, text) if context else translation.gettext(text)
        return said % given if given else said

    def many(self, one: str, more: str, count: int, **given: object) -> str:
        """Return the plural form for `count`, with its values."""
        with translation.override(self.language):
            return translation.ngettext(one, more, count) % {"count": count, **given}

    def euro(self, amount: str) -> str:
        """Return an amount as pages write it."""
        return formats.money(Money.of(amount), self.language)

    def typed(self, amount: str) -> str:
        """Return an amount as people of the language type it."""
        return amount.replace(".", ",")

    def go(self, address: str) -> None:
        """Open an address and look at it."""
        self.page.goto(address)
        self.see()

    def see(self) -> None:
        """Look at the page: axe finds nothing, and nothing is wider than the screen."""
        settled(self.page)
        if self.is_watched:
            look_at(self.page, LOOKS[self.language])

    def field(self, label: str, context: str = "") -> Locator:
        """Return the field with that label."""
        return self.page.get_by_label(self.say(label, context), exact=True)

    def fill(self, values: Mapping[str, str]) -> None:
        """Type values into the fields with these labels, written `label` or `label|context`."""
        for label, value in values.items():
            name = self.say(*label.split("|"))
            # by its accessible name: a label may hold a word that this kind of contract hides
            box = self.page.get_by_role("textbox", name=re.compile(f"^{re.escape(name)}( \\(.*)?$"))
            box.fill(value)

    def press(self, name: str, **given: object) -> None:
        """Click the button of that name."""
        self.page.get_by_role("button", name=self.say(name, **given), exact=True).click()

    def press_in(self, name: str, context: str) -> None:
        """Click the button of a name that has a context."""
        self.page.get_by_role("button", name=self.say(name, context), exact=True).click()

    def press_like(self, start: str) -> None:
        """Click the button whose name starts so, before a number."""
        with translation.override(self.language):
            name = translation.gettext(f"{start} %(number)s").partition("%")[0]
        self.page.get_by_role("button", name=re.compile(f"^{re.escape(name)}")).click()

    def link(self, name: str) -> Locator:
        """Return the links of a name inside the page."""
        return self.page.locator("#main").get_by_role("link", name=name)

    def accounted(self, count: int, amount: str) -> str:
        """Return the report of an accounting."""
        one, more = (f"%(count)s {word} accounted, %(amount)s." for word in ("session", "sessions"))
        return self.many(one, more, count, amount=self.euro(amount))

    def follow(self, name: str) -> None:
        """Click the link of that name inside the page."""
        self.page.locator("#main").get_by_role("link", name=self.say(name), exact=True).click()

    def reported(self, text: str) -> None:
        """Wait for the report of what was done."""
        expect(self.page.locator("[data-report]").first).to_contain_text(text)

    def row(self, text: str) -> Locator:
        """Return the row of the list that holds the text."""
        return self.page.locator("[data-row]").filter(has_text=text)

    def download(self, name: str) -> bytes:
        """Return the file behind the link of that name."""
        with self.page.expect_download() as waiting:
            self.page.get_by_role("link", name=self.say(name), exact=True).click()
        return Path(waiting.value.path()).read_bytes()

    def tab_to(self, target: Locator) -> None:
        """Reach a part of the page with the Tab key alone, once the page stands."""
        settled(self.page)
        for _ in range(MOST_TABS):
            if target.evaluate("node => document.activeElement === node"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"not reached in {MOST_TABS} steps: {target}")


def work() -> None:
    """Do what waits in the background."""
    for job in Job.objects.filter(state=Job.State.WAITING).order_by("pk"):
        runner.attempt(job.pk)
