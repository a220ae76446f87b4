"""Backups through the API: made, listed, planned; the file only to an owner who named it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.people import People, people

from canone.base.access import services
from canone.base.access.models import User
from canone.base.backups import queries, tasks
from canone.base.backups.models import Backup
from canone.base.backups.permissions import MANAGE
from canone.base.backups.services import keeping, making
from canone.base.tasks import Work
from canone.base.tasks.models import Job

pytestmark = pytest.mark.django_db
NIGHT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DATA = tmp_path
    settings.FILES = tmp_path / "files"
    # the copying of the database is tested where one is committed: tests/faults/test_backups.py
    monkeypatch.setattr(making, "_database", lambda _writer, _folder: None)


@pytest.fixture
def who() -> People:
    return people()


def made() -> Backup:
    return keeping.make(keeping.Wanted(at=NIGHT), clock=lambda: NIGHT, step=lambda _count: None)


def ask(user: User, method: str, path: str, body: Any = None, *scopes: str) -> Any:
    named = scopes or ("*", MANAGE)
    _row, text = services.create_token(user=user, name="Test", scopes=named, at=timezone.now())
    answer: Any = Client(headers={"authorization": f"Bearer {text}"}).generic(
        method, f"/api/v1{path}", json.dumps(body), content_type="application/json"
    )
    answer.whole = whole(answer)
    return answer


def whole(answer: Any) -> bytes:
    """Return all bytes of an answer, a file's too."""
    return b"".join(answer) if answer.streaming else bytes(answer.content)


def test_one_is_made_and_fetched(who: People) -> None:
    first = ask(who.owner, "POST", "/backups")
    again = ask(who.owner, "POST", "/backups")
    assert (first.status_code, again.json()) == (202, first.json())
    job = Job.objects.get(pk=first.json()["job"])
    with time_machine.travel(NIGHT, tick=False):
        tasks.make(Work({}, user_id=job.user_id))
    (listed,) = ask(who.owner, "GET", "/backups").json()["items"]
    assert listed["name"] == "canone-20260302-013000Z.canone"
    assert (listed["outcome"], listed["available"], listed["sealed"]) == ("ok", True, False)
    assert ask(who.owner, "GET", f"/backups/{listed['id']}").json() == listed
    answer = ask(who.owner, "GET", f"/backups/{listed['id']}/file")
    assert answer.whole == Path(Backup.objects.get().path).read_bytes()
    assert listed["name"] in answer["Content-Disposition"]


def test_one_that_was_taken_away_is_not_there(who: People) -> None:
    one = made()
    Path(one.path).unlink()
    assert ask(who.owner, "GET", f"/backups/{one.pk}/file").status_code == 404
    Backup.objects.update(removed_at=NIGHT)
    assert ask(who.owner, "GET", f"/backups/{one.pk}/file").status_code == 404
    assert not ask(who.owner, "GET", f"/backups/{one.pk}").json()["available"]


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/backups/{}/file"), ("PATCH", "/backups/plan")]
)
def test_only_an_owner_who_named_it_gets_at_the_copies(who: People, method: str, path: str) -> None:
    path = path.format(made().pk)
    refused = ask(who.owner, method, path, {}, "*")
    assert (refused.status_code, refused.json()["error"]) == (403, "not_named")
    assert ask(who.owner, method, path, {}, MANAGE).status_code == 200
    who.colleague.switches.create(code=MANAGE, allowed=True)
    lent = ask(who.colleague, method, path, {}, MANAGE)
    assert (lent.status_code, lent.json()["error"]) == (403, "not_named")
    assert ask(who.colleague, "GET", "/backups", None, MANAGE).status_code == 200
    assert ask(who.technician, method, path, {}, "*").status_code == 403


def test_a_session_shows_once_more_who_it_is(client: Client, who: People) -> None:
    one = made()
    who.owner.set_password("una parola lunga e sicura")
    who.owner.save()
    url = f"/api/v1/backups/{one.pk}/file"
    now = timezone.now()
    client.post(
        reverse("account_login"),
        {"login": who.owner.email, "password": "una parola lunga e sicura"},
    )
    fetched = client.get(url)
    assert (fetched.status_code, whole(fetched)) == (200, Path(one.path).read_bytes())
    with time_machine.travel(now.timestamp() + 3600):
        later = client.get(url)
        assert (later.status_code, later.json()["error"]) == (403, "not_fresh")
        assert client.get("/api/v1/backups").status_code == 200


def test_the_plan_is_read_and_changed_in_part(who: People, tmp_path: Path) -> None:
    before = ask(who.owner, "GET", "/backups/plan").json()
    assert (before["light"], before["hour"], before["sealed"]) == ("never", 2, False)
    phrase = "una frase lunga e sicura"
    change = {"hour": 3, "passphrase": phrase, "folder": str(tmp_path / "usb")}
    answer = ask(who.owner, "PATCH", "/backups/plan", change)
    assert phrase not in answer.content.decode()
    wanted = {"hour": 3, "sealed": True, "folder": str(tmp_path / "usb")}
    assert answer.json() == before | wanted
    assert keeping.passphrase() == phrase
    assert ask(who.owner, "PATCH", "/backups/plan", {"days": 3}).json()["sealed"]
    assert not ask(who.owner, "PATCH", "/backups/plan", {"passphrase": ""}).json()["sealed"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"hour": 24}, "hour"),
        ({"days": 0}, "days"),
        ({"passphrase": "short"}, "passphrase"),
        ({"folder": "/dev/null/there"}, "folder"),
        ({"folder": "beside"}, "folder"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(who: People, change: Any, field: str) -> None:
    answer = ask(who.owner, "PATCH", "/backups/plan", change)
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["fields"]] == [field]
    assert queries.plan().pk is None or not queries.plan().history.exists()
