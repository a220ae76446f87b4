"""From an empty folder to a firm at work, and back from a dead disk: one day, as people live it.

The launcher runs as it does for everybody, with its server and its worker; mails arrive on
loopback.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import IO

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser.conftest import LOCALES, PATIENCE
from tests.browser.test_access import code
from tests.browser.test_imports import FILE
from tests.faults import sums
from tests.faults.serving import free_port
from tests.make import smtp

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 240
LIST = "/sessions/?start=2026-10-01&end=2026-11-30"
OWNER, CLERK, PASSWORD = "sara@example.com", "pia@example.com", "tre cavalli blu"
AT_WORK = frozenset(
    {
        "backups_backup",
        "django_tasks_database_dbtaskresult",
        "tasks_job",
        "tasks_schedule",
        "tasks_workersign",
        "usersessions_usersession",
    }
)
"""What is written by the passing of time itself, also after the backup."""


def environment(data: Path) -> dict[str, str]:
    """Return the variables of somebody who has set none."""
    ours = ("CANONE_", "DJANGO_", "PYTEST", "DATABASE_URL", "PYTHONPATH")
    plain = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return plain | {
        "CANONE_ASSETS": str(Path(os.environ["CANONE_ASSETS"]).resolve()),
        # packed files are the same pages, and cost the test half a minute
        "CANONE_STATIC_STORAGE": os.environ["CANONE_STATIC_STORAGE"],
        "CANONE_DATA": str(data),
    }


def canone(data: Path, *command: str) -> list[str]:
    return [sys.executable, str(ROOT / "canone"), command[0], "--data", str(data), *command[1:]]


class Running:
    """`./canone serve` on a folder; `said` is what it told the person at the keyboard."""

    def __init__(self, data: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.said = ""
        self.process = subprocess.Popen(
            canone(data, "serve", "--port", str(self.port)),
            env=environment(data),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self.process.stdout
        self.reader = threading.Thread(target=self._read, args=(self.process.stdout,), daemon=True)
        self.reader.start()

    def _read(self, pipe: IO[str]) -> None:
        for line in pipe:
            self.said += line

    def __enter__(self) -> Running:
        wait(lambda: "Ctrl-C stops it" in self.said, lambda: self.said, self.process)
        return self

    def __exit__(self, *_trouble: object) -> None:
        self.process.send_signal(signal.SIGINT)
        try:
            assert self.process.wait(30) == 0
        finally:
            self.process.kill()
            self.process.wait()
            self.reader.join(10)
            assert self.process.stdout
            self.process.stdout.close()


def wait(
    until: Callable[[], bool],
    words: Callable[[], str],
    process: subprocess.Popen[str] | None = None,
) -> None:
    end = time.monotonic() + LONGEST
    while not until():
        assert time.monotonic() < end, words()
        assert process is None or process.poll() is None, words()
        time.sleep(0.1)


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[[str], Page]]:
    """Return a function that gives somebody a browser of their own."""
    opened = []

    def open_one(url: str) -> Page:
        context = browser.new_context(base_url=url, locale=LOCALES["it"], reduced_motion="reduce")
        context.set_default_timeout(PATIENCE)
        opened.append(context)
        return context.new_page()

    yield open_one
    for context in opened:
        context.close()


def save(page: Page) -> None:
    page.click("[data-save]")


def set_up(page: Page, url: str, mails: smtp.Server) -> None:
    """Answer the questions behind the one-time address."""
    page.goto(url)
    page.fill("[name=name]", "Assistenza Lario")
    page.fill("[name=vat_number]", "12345670017")
    page.check("[name=country][value=it]")
    save(page)
    page.wait_for_url("**/owner/")
    page.fill("[name=name]", "Sara Conti")
    page.fill("[name=email]", OWNER)
    page.fill("[name=password]", PASSWORD)
    save(page)
    page.wait_for_url("**/set-up/mail/")
    page.fill("[name=host]", str(mails.server_address[0]))
    page.fill("[name=port]", str(mails.server_address[1]))
    page.select_option("[name=security]", "none")
    page.click("[name=try]")
    page.wait_for_selector(".cn-note.is-done")
    save(page)
    page.wait_for_url("**/set-up/numbers/")
    save(page)
    page.wait_for_url("**/set-up/logo/")
    page.click(".cn-save a")
    page.wait_for_selector("#first-steps")


def invite(page: Page, mails: smtp.Server) -> str:
    """Return the link that a new clerk finds in the mail."""
    page.goto("/settings/users/new/")
    page.fill("[name=name]", "Pia Serra")
    page.fill("[name=email]", CLERK)
    page.check("[name=roles][value=owner]")
    page.check("[name=by_mail]")
    save(page)

    def letters() -> list[str]:
        return [str(mail.get_body(("plain",))) for to, mail in mails.received if to == CLERK]

    wait(lambda: bool(letters()), lambda: str(mails.received))
    found = re.search(r"http://\S+/invitation/\S+/", letters()[0])
    assert found, letters()
    return found[0]


def enter_and_guard(page: Page, link: str) -> str:
    """Return the shared secret of the second factor that the invited switches on."""
    page.goto(link)
    page.fill("[name=password]", PASSWORD)
    save(page)
    page.wait_for_selector("#main h1")
    page.goto("/accounts/2fa/totp/activate/")
    shared = page.input_value("#totp-secret")
    page.fill("[name=code]", code(shared))
    save(page)
    page.wait_for_selector("#recovery-codes")
    return shared


def bring_in(page: Page, path: Path) -> None:
    """Import the good rows of a file."""
    page.goto("/imports/new/sessions/")
    page.set_input_files("input[type=file]", path)
    button = page.locator("main .btn-primary").first
    button.click()
    page.wait_for_url("**/columns/")
    page.fill("input[name=source]", "Supremo")
    button.click()
    expect(page.locator("tr.is-stop")).to_have_count(3)
    button.click()
    page.wait_for_url(re.compile(r"imports/\d+/$"))
    expect(page.locator(".cn-note.is-done")).to_be_visible()


def back_up(page: Page, data: Path) -> Path:
    """Return the archive that the button made."""
    folder = data / "backups"
    page.goto("/settings/backups/")
    wait(lambda: not list(folder.glob(".*")), lambda: "the night's backup does not end")
    before = set(folder.glob("canone-*.canone"))
    page.locator("main .btn-primary").first.click()
    wait(lambda: len(set(folder.glob("canone-*.canone")) - before) == 1, page.content)
    (made,) = set(folder.glob("canone-*.canone")) - before
    return made


def totals(page: Page) -> str:
    """Return the foot of the list of all sessions of the file, whichever month it is."""
    page.goto(LIST)
    return page.locator("tfoot").inner_text()


def stored(data: Path) -> sums.Sums:
    with closing(sqlite3.connect(data / "canone.sqlite3")) as seen:
        return sums.read(lambda sql: seen.execute(sql).fetchall(), without=AT_WORK)


def test_from_an_empty_folder_to_the_same_totals(
    visit: Callable[[str], Page], tmp_path: Path
) -> None:
    data, kept = tmp_path / "data", tmp_path / "elsewhere"
    path = tmp_path / "sessioni.csv"
    path.write_text(FILE)
    with smtp.server() as mails:
        with Running(data) as house:
            address = re.search(r"http://\S+/set-up/\S+/", house.said)
            assert address, house.said
            owner = visit(house.url)
            set_up(owner, address[0], mails)
            assert [to for to, _message in mails.received] == [OWNER]
            clerk = visit(house.url)
            shared = enter_and_guard(clerk, invite(owner, mails))
            bring_in(clerk, path)
            before = totals(clerk)
            assert "1:02" in before, "0:42 and 0:20"
            archive = back_up(owner, data)
        kept.mkdir()
        archive = Path(shutil.copy(archive, kept))
        rows = stored(data)
        shutil.rmtree(data)

        subprocess.run(canone(data, "restore", str(archive)), env=environment(data), check=True)
        assert stored(data) == rows
        with Running(data) as house:
            assert "/set-up/" not in house.said, "there is a firm"
            clerk = visit(house.url)
            clerk.goto(LIST)
            clerk.fill("#id_login", CLERK)
            clerk.fill("#id_password", PASSWORD)
            save(clerk)
            clerk.wait_for_url("**/2fa/authenticate/**")
            clerk.fill("[name=code]", code(shared))
            save(clerk)
            expect(clerk.locator("tfoot")).to_be_visible()
            assert totals(clerk) == before
