"""A firm comes back sum by sum: from a copy made while people worked, on the other engine too."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from tests.faults import sums
from tests.faults.conftest import ROOT, House

SESSIONS = 300
SEED = f"""
from datetime import UTC, datetime
from canone.config.bench import seed
from canone.base.files import services as files
from canone.desks.assistance.models import RemoteSession
from canone.desks.assistance.services import accounting
user = seed.owner()
seed.sessions({SESSIONS}, [group.name for group in seed.groups(user)])
for session in RemoteSession.objects.order_by("pk")[:20]:
    accounting.account_one(session_id=session.pk, day=seed.DAY, at=seed.AT, by=user.pk)
at = datetime(2026, 3, 1, tzinfo=UTC)
files.store(b"%PDF-1.7 contract", name="c.pdf", owner="x:1", at=at, by=user.pk)
files.store(b"%PDF-1.7 report", name="r.pdf", owner="x:2", at=at, by=user.pk)
"""
ROWS = "SELECT count(*), count(DISTINCT external_id) FROM assistance_remotesession"
PEOPLE = "SELECT count(*) FROM access_user"
NEXT = """
from canone.base.access.models import User
User.objects.create_user("next@example.com", "secret", name="Next")
"""
CONTENTS = """
from canone.base.files.models import StoredFile
from canone.base.files import queries
print(sorted(queries.open_file(f).read().decode() for f in StoredFile.objects.all()))
"""


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory: pytest.TempPathFactory, model_house: House) -> House:
    made = House(tmp_path_factory.mktemp("lived"), model_house)
    made.run("shell", "-v0", "-c", SEED)
    return made


@pytest.fixture
def empty(tmp_path: Path, model_house: House) -> House:
    """Return a house without a folder, or, on PostgreSQL, with tables that hold nobody."""
    made = House(tmp_path / "new", model_house)
    shutil.rmtree(tmp_path / "new" / "data", ignore_errors=True)
    return made


def compared(house: House) -> sums.Sums:
    """Return rows and sums of every table, but for the log of the backups themselves."""
    found = sums.of(house, without={"backups_backup"})
    assert found["assistance_remotesession"][0] == SESSIONS
    assert found["assistance_accounting"][0] > 0
    assert found["invoicing_charge"][0] > 0
    assert found["files_storedfile"][0] == 2
    return found


def backed_up(house: House, place: Path, *options: str) -> Path:
    house.run("backup", "--to", str(place), *options)
    (found,) = place.glob("canone-*")
    return found


def refused(house: House, *command: str, **env: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "django", *command],
        env=house.env | env,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 1, done.stdout
    return done.stderr


def test_the_firm_comes_back_whole(lived_in: House, empty: House, tmp_path: Path) -> None:
    archive = backed_up(lived_in, tmp_path)
    assert (archive.stat().st_mode & 0o777) == 0o600
    lived_in.run("backup", "--check", str(archive))
    said = empty.run("restore", str(archive))
    assert "2 stored files" in said
    assert compared(empty) == compared(lived_in)
    assert empty.run("shell", "-v0", "-c", CONTENTS) == lived_in.run("shell", "-v0", "-c", CONTENTS)
    assert not empty.ask("SELECT * FROM backups_backup WHERE outcome = 'running'")
    assert "sound" in empty.run("verify")
    empty.run("shell", "-v0", "-c", NEXT)  # writing goes on
    assert "There is a firm here already" in refused(empty, "restore", str(archive))
    assert compared(empty) != compared(lived_in), "the next one is there, too"


def test_an_older_backup_is_brought_up_to_date(
    model_house: House, empty: House, tmp_path: Path
) -> None:
    old = House(tmp_path / "old", model_house)
    try:
        old.run("shell", "-v0", "-c", SEED)
        old.run("migrate", "assistance", "0002", "-v0")
        archive = backed_up(old, tmp_path)
        before = old.ask(ROWS)
    finally:
        old.close()
    empty.run("restore", str(archive))
    assert empty.ask(ROWS) == before
    assert empty.run("migrate", "--check", "-v0") == ""


def test_a_sealed_backup_needs_its_passphrase(
    lived_in: House, empty: House, tmp_path: Path
) -> None:
    phrase = "una frase lunga e sicura"
    lived_in.env["CANONE_BACKUP_PASSPHRASE"] = phrase
    try:
        archive = backed_up(lived_in, tmp_path, "--sealed")
    finally:
        del lived_in.env["CANONE_BACKUP_PASSPHRASE"]
    assert b"SQLite format" not in archive.read_bytes()
    command = ("restore", str(archive))
    assert "is taken from CANONE_BACKUP_PASSPHRASE" in refused(empty, *command)
    wrong = refused(empty, *command, CANONE_BACKUP_PASSPHRASE="another one, also long")
    assert "not the one of this backup" in wrong
    empty.env["CANONE_BACKUP_PASSPHRASE"] = phrase
    empty.run(*command)
    assert compared(empty) == compared(lived_in)


def test_a_damaged_backup_leaves_the_place_empty(
    lived_in: House, empty: House, tmp_path: Path
) -> None:
    archive = backed_up(lived_in, tmp_path)
    whole = bytearray(archive.read_bytes())
    archive.write_bytes(whole[: len(whole) // 2])
    assert "ends too early" in refused(empty, "restore", str(archive))
    whole[len(whole) // 2] ^= 1
    archive.write_bytes(whole)
    assert "damaged" in refused(empty, "restore", str(archive))
    whole[len(whole) // 2] ^= 1
    head = whole.index(b"ustar", whole.index(b"ustar") + 5)
    whole[head] ^= 1
    archive.write_bytes(whole)
    assert "damaged" in refused(empty, "restore", str(archive))
    data = Path(empty.env["CANONE_DATA"])
    assert not (data / "canone.sqlite3").exists()
    assert not (data / "files").exists()
    assert not list(data.glob(".restore"))


def test_a_full_disk_leaves_no_half_backup(lived_in: House, tmp_path: Path) -> None:
    limited = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000));"
        "from django.core.management import execute_from_command_line as run;"
        f"run(['', 'backup', '--to', {str(tmp_path / 'to')!r}])"
    )
    done = subprocess.run(
        [sys.executable, "-c", limited],
        env=lived_in.env,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "disco" in done.stderr or "disk" in done.stderr, done.stderr
    assert list((tmp_path / "to").iterdir()) == []


def test_sqlite_moves_to_postgresql_with_equal_sums(empty: House, tmp_path: Path) -> None:
    if not empty.postgres:
        pytest.skip("needs a PostgreSQL to move to")
    small = empty.env | {"CANONE_DATA": str(tmp_path / "small")}
    del small["DATABASE_URL"]
    for command in (("migrate", "-v0"), ("shell", "-v0", "-c", SEED)):
        subprocess.run([sys.executable, "-m", "django", *command], env=small, cwd=ROOT, check=True)
    empty.env["CANONE_DATA"] = str(tmp_path / "small")
    said = empty.run("move_to_postgres")
    assert "equal on both sides" in said
    with closing(sqlite3.connect(tmp_path / "small" / "canone.sqlite3")) as seen:
        there = sums.read(lambda sql: seen.execute(sql).fetchall(), without={"backups_backup"})
    assert compared(empty) == there
    assert "holds a firm already" in refused(empty, "move_to_postgres")
    # what is written next gets a number of its own
    empty.run("shell", "-v0", "-c", NEXT)
    assert empty.ask(PEOPLE) == [(2,)]
