"""From a file to sessions and back, as a person does it."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests import people

from canone.base.access.models import User
from canone.base.tasks import runner
from canone.base.tasks.models import Job
from canone.desks.assistance.models import RemoteSession

pytestmark = pytest.mark.django_db(transaction=True)
FILE = (
    "Tecnico;Computer;Gruppo;Inizio;Fine;Durata;Minuti extra;Note\n"
    "Marco Riva;CAD-PC12;Brambilla;20/11/2026 09:02;20/11/2026 09:44;0:42;;Aggiornamento CAD\n"
    "Marco Riva;SRV-01;Brambilla;20/11/2026 11:00;20/11/2026 11:25;0:25;-5;\n"
    "Luca Ferrario;NB-7;Colombo;20/11/2026 11:00;20/11/2026 10:25;;;\n"
    "Luca Ferrario;NB-7;Colombo;25/10/2026 02:30;25/10/2026 03:10;;;\n"
    "Luca Ferrario;NB-8;Colombo;20/11/2026 15:00;20/11/2026 15:42;;-43;\n"
)


@pytest.fixture(autouse=True)
def _folders(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    settings.FILES = tmp_path / "files"


def work() -> None:
    for job in Job.objects.filter(state=Job.State.WAITING):
        runner.attempt(job.pk)


def step(page: Page, name: str) -> None:
    expect(page).to_have_url(re.compile(name))


def main_button(page: Page) -> None:
    page.locator("main .btn-primary").first.click()


def test_a_file_with_faults_and_its_good_rows(
    tmp_path: Path,
    signed_in: Callable[[User], Page],
    accessible: Callable[[Page], None],
    language: str,
) -> None:
    path = tmp_path / "sessioni-ott-nov.csv"
    path.write_text(FILE)
    page = signed_in(people.people().owner)
    page.goto("/imports/new/sessions/")
    accessible(page)
    page.set_input_files("input[type=file]", path)
    main_button(page)
    step(page, "columns")
    expect(page.locator("#preview table")).to_be_visible()
    page.fill("input[name=source]", "Supremo")
    accessible(page)
    main_button(page)
    step(page, "check")
    expect(page.locator("progress")).to_be_visible()
    work()
    expect(page.locator("tr.is-stop")).to_have_count(3)
    accessible(page)
    assert not RemoteSession.objects.exists()
    main_button(page)
    step(page, r"imports/\d+/$")
    work()
    expect(page.locator(".cn-note.is-done")).to_be_visible()
    accessible(page)
    assert RemoteSession.objects.count() == 2
    page.locator("a[href$='/undo/']").click()
    page.fill("input[name=reason]", "File sbagliato")
    accessible(page)
    main_button(page)
    expect(page.locator(".cn-note.is-idle")).to_contain_text("File sbagliato")
    assert not RemoteSession.objects.exists()
    page.goto("/imports/")
    accessible(page)


def test_the_steps_on_every_screen(
    tmp_path: Path, signed_in: Callable[[User], Page], looked_at: Callable[[Page], None]
) -> None:
    path = tmp_path / "sessioni.csv"
    path.write_text(FILE)
    page = signed_in(people.people().owner)
    page.goto("/imports/")
    looked_at(page)
    page.goto("/imports/new/")
    page.select_option("select[name=kind]", "assistance.sessions")
    page.set_input_files("input[type=file]", path)
    main_button(page)
    expect(page.locator("#preview table")).to_be_visible()
    page.fill("input[name=source]", "Supremo")
    looked_at(page)
    main_button(page)
    step(page, "check")
    work()
    expect(page.locator("tr.is-stop")).to_have_count(3)
    looked_at(page)
