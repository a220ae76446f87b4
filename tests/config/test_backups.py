from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from tests.people import People, people

from canone.base.backups import queries, tasks
from canone.base.backups.models import Backup
from canone.base.backups.queries import Light
from canone.base.backups.services import keeping, making
from canone.base.history import services as history
from canone.base.tasks import JobError, Work
from canone.base.tasks.models import Job
from canone.config import doctor

pytestmark = pytest.mark.django_db
NIGHT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)  # 02:30 in Rome
PLAN = {"hour": "3", "folder": "", "days": "2", "weeks": "0", "months": "0", "enabled": "on"}
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DATA = tmp_path
    settings.FILES = tmp_path / "files"
    # the copying of the database is tested where one is committed: tests/faults/test_backups.py
    monkeypatch.setattr(making, "_database", lambda _writer, _folder: None)


@pytest.fixture
def who(client: Client) -> People:
    made = people()
    client.force_login(made.owner)
    return made


@pytest.fixture
def night() -> Iterator[None]:
    with time_machine.travel(NIGHT, tick=False):
        yield


def make(at: datetime = NIGHT) -> Backup:
    wanted = keeping.Wanted(at=at)
    return keeping.make(wanted, clock=lambda: at, step=lambda _count: None)


def names() -> list[str]:
    return sorted(path.name for path in queries.folder().iterdir())


@pytest.mark.usefixtures("who", "night")
def test_the_button_makes_one_and_the_name_downloads_it(client: Client) -> None:
    assert "Nessun backup" in client.get("/").content.decode()
    client.post(reverse("backup_now"))
    client.post(reverse("backup_now"))
    job = Job.objects.get(kind=tasks.MAKE)  # the second press found the first at work
    tasks.make(Work({}, user_id=job.user_id))
    made = Backup.objects.get()
    assert (made.outcome, made.files) == ("ok", 0)
    page = client.get(reverse("backups")).content.decode()
    assert "canone-20260302-013000Z.canone" in page
    answer = client.get(reverse("backup_file", args=[made.pk]))
    content = b"".join(answer.streaming_content)
    assert len(content) == made.size
    assert "Nessun backup" not in client.get("/").content.decode()


def test_only_the_owner_reaches_them(client: Client, who: People) -> None:
    made = make()
    for person in (who.colleague, who.technician, who.customer, who.stranger):
        client.force_login(person)
        for url in (
            reverse("backups"), reverse("backup_plan"), reverse("backup_file", args=[made.pk])
        ):  # fmt: skip
            assert client.get(url).status_code == 404
        assert client.post(reverse("backup_now")).status_code == 404
    assert not Job.objects.filter(kind=tasks.MAKE).exists()


@pytest.mark.usefixtures("who")
def test_the_plan_is_kept_and_its_passphrase_never_shown(client: Client) -> None:
    url, phrase = reverse("backup_plan"), "una frase lunga e sicura"
    sealed = PLAN | {"sealed": "on", "passphrase": phrase, "again": phrase}
    assert client.post(url, sealed).status_code == 302
    assert keeping.passphrase() == phrase
    assert phrase not in queries.plan().passphrase
    assert phrase not in client.get(url).content.decode()
    assert client.post(url, PLAN | {"sealed": "on"}).status_code == 302
    assert keeping.passphrase() == phrase, "an empty field keeps it"
    assert make().path.endswith(".canone-sealed")
    assert client.post(url, PLAN).status_code == 302
    assert keeping.passphrase() == ""
    assert queries.plan().hour == 3


@pytest.mark.usefixtures("who")
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"hour": "24"}, "hour"),
        ({"days": "0"}, "days"),
        ({"sealed": "on"}, "passphrase"),
        ({"sealed": "on", "passphrase": "short", "again": "short"}, "passphrase"),
        ({"sealed": "on", "passphrase": "a long one, really", "again": "another"}, "again"),
        ({"folder": "/dev/null/there"}, "folder"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(
    client: Client, change: dict[str, str], field: str
) -> None:
    answer = client.post(reverse("backup_plan"), PLAN | change)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert queries.plan().pk is None or not queries.plan().history.exists()


def test_it_is_due_once_a_day_from_the_planned_hour_of_the_firms_clock() -> None:
    zone = keeping.firm.zone()
    before = NIGHT - timedelta(minutes=31)  # 01:59 in Rome
    assert [queries.is_due(at, zone) for at in (before, NIGHT)] == [False, True]
    make()
    assert not queries.is_due(NIGHT + timedelta(hours=20), zone)
    assert queries.is_due(NIGHT + DAY, zone)
    keeping.set_plan(said={"enabled": False})
    assert not queries.is_due(NIGHT + DAY, zone)


@pytest.mark.usefixtures("night")
def test_the_schedule_starts_one_job() -> None:
    tasks.due(Work({}))
    tasks.due(Work({}))
    assert Job.objects.filter(kind=tasks.MAKE).count() == 1


def test_the_rotation_takes_only_what_lies_in_the_plans_folder(tmp_path: Path) -> None:
    keeping.set_plan(said={"days": 2, "weeks": 0, "months": 0})
    elsewhere = keeping.make(
        keeping.Wanted(at=NIGHT - 9 * DAY, folder=tmp_path / "usb"),
        clock=lambda: NIGHT, step=lambda _count: None,
    )  # fmt: skip
    queries.folder().mkdir(exist_ok=True)
    (queries.folder() / "mine.txt").write_text("x")
    for number in range(4):
        make(NIGHT + number * DAY)
    assert names() == [
        "canone-20260304-013000Z.canone", "canone-20260305-013000Z.canone", "mine.txt"
    ]  # fmt: skip
    assert Path(elsewhere.path).exists()
    assert Backup.objects.exclude(removed_at=None).count() == 2


def test_what_failed_says_why_and_the_light_turns_red(tmp_path: Path) -> None:
    assert queries.light(NIGHT) is Light.NEVER
    make()
    assert queries.light(NIGHT + DAY) is Light.GREEN
    assert queries.light(NIGHT + 2 * DAY) is Light.OLD
    good = tmp_path / "backups"
    good.rename(tmp_path / "moved")
    good.write_text("a file where the folder was")
    with pytest.raises(JobError, match="backups"):
        tasks.make(Work({}))
    log = Backup.objects.order_by("pk").last()
    assert log is not None
    assert (log.outcome, str(good) in log.trouble) == ("failed", True)
    assert queries.light(NIGHT + DAY) is Light.FAILED


def test_a_stopped_backup_leaves_nothing() -> None:
    def stop(_count: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        keeping.make(keeping.Wanted(at=NIGHT), clock=lambda: NIGHT, step=stop)
    assert names() == []
    assert Backup.objects.get().outcome == "failed"


def test_halves_of_a_dead_worker_are_cleared_away() -> None:
    Backup.objects.create(made_at=NIGHT)
    queries.folder().mkdir()
    (queries.folder() / ".canone-20260302-013000Z.canone.part").write_text("half")
    keeping.settle(at=NIGHT)
    assert names() == []
    assert Backup.objects.get().outcome == "failed"


@pytest.mark.parametrize("name", ["canone.sqlite3", "files", "backups"])
@pytest.mark.usefixtures("who")
def test_the_doctor_names_what_every_user_of_the_machine_can_read(settings: Any, name: str) -> None:
    place = settings.DATA / name
    place.mkdir(mode=0o755)
    place.chmod(0o755)
    settings.DATA.chmod(0o755)
    assert folder_seen() == (
        "warning",
        f"every user of this machine can read {place}: chmod o-rwx {place}",
    )
    place.chmod(0o750)
    assert folder_seen()[0] == "ok"
    place.chmod(0o755)
    settings.DATA.chmod(0o700)
    assert folder_seen()[0] == "ok", "nobody else comes as far"


def folder_seen() -> tuple[str, str]:
    found = {one.part: (one.grade, one.text) for one in doctor.examine(datetime.now(UTC))}
    return found["data folder"]


@pytest.mark.usefixtures("who")
def test_the_doctor_names_what_is_at_fault(settings: Any, capsys: Any) -> None:
    found = {one.part: one.grade for one in doctor.examine(datetime.now(UTC))}
    assert found["database"] == found["tables"] == found["disk"] == found["clock"] == "ok"
    assert found["backups"] == "warning"
    assert found["mail"] == "warning"
    (settings.DATA / "secret").write_text("x")
    (settings.DATA / "secret").chmod(0o644)
    settings.MAIL_SERVER = {"host": "127.0.0.1", "port": 1}
    fact = history.Fact("k", "s", "{}")
    history.append([fact], at=datetime.now(UTC) + timedelta(hours=1), by=None)
    bad = {one.part for one in doctor.examine(datetime.now(UTC)) if one.grade == "fault"}
    assert bad == {"data folder", "mail", "clock"}
    with pytest.raises(CommandError, match="3 at fault"):
        call_command("doctor")
    assert "chmod 600" in capsys.readouterr().out
