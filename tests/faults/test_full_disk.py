"""A disk that is full: everybody is told so, nothing is lost, and work goes on when there is room.

The data folder lies on a small file system in memory, so that every fault is the kernel's own.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from launcher.logs import Log
from tests import people
from tests.desks.assistance.test_importing import big
from tests.faults.conftest import House
from tests.faults.test_account_all import start
from tests.faults.test_imports import prepare, sessions, write
from tests.faults.test_imports import state as imported
from tests.make import assistance, catalog, invoicing

from canone.base import engine
from canone.base.access.models import User
from canone.base.backups import tasks as backups
from canone.base.files import queries as files
from canone.base.tasks import registry
from canone.base.tasks.models import Job, Schedule
from canone.base.tasks.services import rows
from canone.desks.assistance.models import Accounting, RemoteSession
from canone.ledgers.invoicing.models import Charge
from canone.ledgers.invoicing.queries import packets as packet_queries
from canone.ledgers.invoicing.services import packets
from canone.registers.parties.models import Document, Party
from launcher import logs

pytestmark = pytest.mark.slow
SIZE = 48 * 1024 * 1024
PIECE = 64 * 1024
ROWS = 15_000
PAPERS = 60


class Disk:
    """A small disk with ballast on it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.ballast = folder, folder / "ballast"

    def fill(self) -> None:
        """Leave no room at all."""
        with suppress(OSError), self.ballast.open("ab", buffering=0) as file:
            while True:
                file.write(b"x" * PIECE)
        with suppress(OSError), self.ballast.open("ab", buffering=0) as file:
            while True:
                file.write(b"x")

    def leave(self, count: int) -> None:
        """Leave room for so many bytes."""
        self.fill()
        os.truncate(self.ballast, self.ballast.stat().st_size - count)

    def make_room(self) -> None:
        self.ballast.unlink()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)]
    done = shutil.which("mount") and subprocess.run(command, capture_output=True, check=False)
    if not done or done.returncode:
        pytest.skip("this user may not mount a small disk")
    yield Disk(folder)
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def small(disk: Disk, tmp_path: Path, model_house: House) -> Iterator[House]:
    """Return a house whose data lie on the small disk; its logs do not."""
    if model_house.postgres:
        pytest.skip("PostgreSQL keeps its data elsewhere")
    made = House(tmp_path / "house", model_house)
    try:
        shutil.move(tmp_path / "house" / "data", disk.folder / "data")
        (tmp_path / "house" / "data").symlink_to(disk.folder / "data")
        yield made
    finally:
        made.close()


@pytest.fixture
def office(small: House) -> Iterator[Client]:
    """Return an owner who signed in, while the test is in the house."""
    with small.inside():
        client = Client(raise_request_exception=False)
        client.force_login(people.people().owner)
        yield client


def test_pages_say_that_the_disk_is_full_and_work_again_when_there_is_room(
    office: Client, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(disk.folder))
    group = assistance.priced_group()
    assistance.session(group, start=timezone.now())
    user = {"name": "Pia Serra", "email": "pia@example.com", "language": "it", "roles": ["owner"]}
    documents = reverse("parties:documents", args=[group.party_id])
    statement = f"{reverse('assistance:statement')}?group={group.pk}"
    excel = f"{reverse('parties:list')}?format=xlsx"

    def pdf() -> SimpleUploadedFile:
        return SimpleUploadedFile("contratto.pdf", b"%PDF-1.7" + os.urandom(PIECE))

    def add(number: int) -> int:
        sent = user | {"email": f"pia{number}@example.com"}
        return office.post(reverse("person_new"), sent).status_code

    disk.fill()
    refused = office.post(documents, {"file": pdf()})
    assert refused.status_code == 422
    assert "Il disco è pieno" in refused.content.decode()
    for address in (statement, excel):
        answer = office.get(address)
        assert answer.status_code == 507, address
        assert "Il disco è pieno" in answer.content.decode()
    before = User.objects.count()
    answers = [add(number) for number in range(6)]  # the first may fit into what is reserved
    assert answers[-1] == 507
    assert set(answers) <= {302, 507}
    assert User.objects.count() == before + answers.count(302)
    assert not Document.objects.exists()

    disk.make_room()
    assert add(99) == 302
    assert office.post(documents, {"file": pdf()}).status_code == 302
    assert office.get(statement)["Content-Type"] == "application/pdf"
    book = office.get(excel)
    assert book.status_code == 200
    book.close()


def test_the_api_says_it_too(office: Client, disk: Disk) -> None:
    disk.fill()
    answers = []
    for number in range(6):
        sent = {"name": f"Cliente {number}", "notes": "x" * 4000}
        answers.append(office.post("/api/v1/parties", sent, content_type="application/json"))
    assert answers[-1].status_code == 507
    assert answers[-1].json()["error"] == "disk_full"
    made = [answer for answer in answers if answer.status_code == 201]
    assert Party.objects.count() == len(made)


def test_accounting_goes_on_where_the_room_ended(small: House, disk: Disk) -> None:
    job_id = start(small)
    small.worker()
    counts = "SELECT count(*) FROM assistance_accounting"
    small.wait(lambda: small.ask(counts)[0][0] > 0)
    disk.fill()
    log = small.folder / "worker-0.log"
    small.wait(lambda: "disk" in log.read_text())
    disk.make_room()
    small.wait(lambda: small.job(job_id)[0] != "running")
    soon(small, job_id)
    small.wait(lambda: small.job(job_id)[0] == "done")
    with small.inside():
        pending = RemoteSession.objects.filter(accounting=None).count()
        accounted = RemoteSession.objects.count() - pending
        assert pending < accounted
        assert Accounting.objects.count() == Charge.objects.count() == accounted
    assert small.faults() == []


def begin_backup(house: House) -> int:
    with house.inside():
        return backups.start(by=None)


def soon(house: House, job_id: int) -> None:
    """Let a job that waits for its next try be tried now."""
    if house.job(job_id)[0] == "waiting":
        with house.inside(), transaction.atomic():
            rows.wait(Job.objects.select_for_update().get(pk=job_id), timezone.now())


def error(house: House, job_id: int) -> str:
    return str(house.ask(f"SELECT error FROM tasks_job WHERE id = {job_id}")[0][0])


def put_off_the_schedule(house: House) -> None:
    """Let nothing be due: what it writes would take the little room there is."""
    with house.inside():
        later = timezone.now() + timedelta(days=30)
        for rhythm in registry.rhythms():
            Schedule.objects.create(name=rhythm.name, next_due=later)


def test_imports_and_backups_say_it_and_go_on(small: House, disk: Disk, tmp_path: Path) -> None:
    path = tmp_path / "big.csv"
    path.write_bytes(big(ROWS))
    put_off_the_schedule(small)
    check, backup = prepare(small, path), begin_backup(small)
    disk.leave(1024 * 1024)  # enough to say so
    small.worker(DJANGO_SETTINGS_MODULE="canone.config.settings")
    small.wait(lambda: small.job(backup)[0] == "failed" and bool(error(small, check)))
    small.wait(lambda: small.job(check)[0] == "waiting")  # it is tried again by itself
    assert "disco" in error(small, check)
    assert "disco" in error(small, backup)
    assert imported(small)[0] == "draft"
    halves = [*disk.folder.rglob(".*.part"), *disk.folder.rglob("*.half")]
    assert halves == []

    disk.make_room()
    soon(small, check)
    backup = begin_backup(small)
    small.wait(lambda: {small.job(check)[0], small.job(backup)[0]} == {"done"})
    assert len(list((disk.folder / "data" / "backups").glob("canone-*.canone"))) == 1

    disk.leave(1024 * 1024)
    write_job = write(small)
    log = small.folder / "worker-0.log"
    small.wait(
        lambda: small.job(write_job)[0] != "running" and f"job {write_job} " in log.read_text()
    )
    assert sessions(small) == imported(small)[3], "counts move with the rows"
    disk.make_room()
    soon(small, write_job)
    small.wait(lambda: small.job(write_job)[0] == "done")
    assert sessions(small) == imported(small)[3] == ROWS


def test_a_log_that_filled_the_disk_makes_room_to_say_so(small: House, disk: Disk) -> None:
    with small.inside(), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE signs (number INTEGER)")
        cursor.execute("INSERT INTO signs VALUES (0)")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")

        def sign(times: int = 1) -> None:
            for _ in range(times):  # each takes a page of the log, and none of the file
                cursor.execute("UPDATE signs SET number = number + 1")

        disk.leave(256 * 1024)
        with pytest.raises(OperationalError) as failed:
            sign(1000)
        with pytest.raises(OperationalError):
            sign()
        engine.reclaim(failed.value)
        sign()


def test_papers_go_on_where_the_room_ended(small: House, disk: Disk) -> None:
    with small.inside():
        vat = catalog.vat().pk
        for number in range(PAPERS):
            invoicing.charge(invoicing.customer(f"Cliente {number}"), vat_id=vat)
        run = invoicing.bill()
        packet = packets.start("zip", run_id=run.pk, at=timezone.now(), by=None)
        job_id, folder = packet.job_id or 0, packet_queries.folder(packet)
    put_off_the_schedule(small)
    disk.leave(1024 * 1024)
    small.worker()
    log = small.folder / "worker-0.log"
    small.wait(lambda: "No space left" in log.read_text())
    small.wait(lambda: not list(folder.glob("*.half")))
    made = len(list(folder.glob("*.pdf")))
    assert 0 < made < PAPERS
    disk.make_room()
    small.wait(lambda: small.job(job_id)[0] != "running")
    soon(small, job_id)
    small.wait(lambda: small.job(job_id)[0] == "done")
    with small.inside():
        packet.refresh_from_db()
        assert packet.file is not None
        with zipfile.ZipFile(files.path(packet.file)) as archive:
            assert len(archive.namelist()) == PAPERS
            assert archive.testzip() is None
        assert not folder.exists()


def test_the_log_goes_on(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "BIGGEST", 3 * PIECE)
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    log = Log(disk.folder / "logs")
    disk.fill()
    log.path.unlink()  # nor can the file be made anew
    for _number in range(5_000):
        log.line("web", "x" * 1000)
    disk.make_room()
    for number in range(400):
        log.line("web", f"{number} " + "y" * 1000)
    log.line("web", "at last")
    log.close()
    assert log.path.read_text().splitlines()[-1].endswith("at last")
    assert log.path.with_suffix(".log.1").exists()
