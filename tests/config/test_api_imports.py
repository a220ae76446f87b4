from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from tests.config.test_imports import BAD, GOOD, work
from tests.people import People, people

from canone.base.access import services as access
from canone.base.access.models import User
from canone.base.exchange.models import ImportBatch
from canone.desks.assistance.models import RemoteSession

pytestmark = pytest.mark.django_db
URL = "/api/v1/imports"
KEY = "assistance.sessions"


@pytest.fixture
def who(settings: Any, tmp_path: Path) -> People:
    settings.DATA = tmp_path
    settings.FILES = tmp_path / "files"
    return people()


def client(user: User, *scopes: str) -> Client:
    _token, text = access.create_token(
        user=user, name="Test", scopes=scopes or ["*"], at=timezone.now()
    )
    return Client(headers={"authorization": f"Bearer {text}"})


def upload(caller: Client, content: str = GOOD, kind: str = KEY, **more: Any) -> Any:
    file = SimpleUploadedFile("s.csv", content.encode())
    return caller.post(URL, {"kind": kind, "file": file}, **more)


def send(caller: Client, url: str, body: dict[str, Any], method: str = "post") -> Any:
    return getattr(caller, method)(f"{URL}/{url}", body, content_type="application/json")


def test_a_file_comes_in_and_goes_back(who: People) -> None:
    caller = client(who.owner)
    said = upload(caller).json()
    assert said["titles"][2] == "Inizio"
    assert said["columns"]["start"] == [2]
    body = {"source": "Supremo", "columns": said["columns"], "notation": said["notation"]}
    checking = send(caller, f"{said['id']}/columns", body, "put").json()
    assert checking["job"]
    work()
    checked = caller.get(f"{URL}/{said['id']}").json()
    assert (checked["state"], checked["good"], checked["bad"]) == ("checked", 20, 0)
    assert send(caller, f"{said['id']}/write", {}).status_code == 200
    work()
    assert caller.get(f"{URL}/{said['id']}").json()["new"] == 20
    undone = send(caller, f"{said['id']}/undo", {"reason": "Wrong file"}).json()
    assert undone["state"] == "undone"
    assert not RemoteSession.objects.exists()


def test_faults_are_named_and_refuse_the_file(who: People) -> None:
    caller = client(who.owner)
    said = upload(caller, BAD).json()
    body = {"source": "Supremo", "columns": said["columns"]}
    send(caller, f"{said['id']}/columns", body, "put")
    work()
    checked = caller.get(f"{URL}/{said['id']}").json()
    assert [problem["row"] for problem in checked["problems"]] == [22, 23]
    assert send(caller, f"{said['id']}/write", {}).status_code == 409
    assert send(caller, f"{said['id']}/write", {"good_only": True}).status_code == 200
    work()
    assert RemoteSession.objects.count() == 20
    assert caller.delete(f"{URL}/{said['id']}").status_code == 409


def test_a_file_is_checked_again_once_its_columns_are_chosen(who: People) -> None:
    caller = client(who.owner)
    said = upload(caller).json()
    again = f"{said['id']}/check"
    assert send(caller, again, {}).status_code == 409
    body = {"source": "Supremo", "columns": said["columns"]}
    first = send(caller, f"{said['id']}/columns", body, "put").json()["job"]
    work()
    assert send(caller, again, {}).json()["job"] != first
    work()
    assert caller.get(f"{URL}/{said['id']}").json()["state"] == "checked"


def test_a_repeated_upload_is_one_import(who: People) -> None:
    caller = client(who.owner)
    first = upload(caller, headers={"idempotency-key": "k1"}).json()
    again = upload(caller, headers={"idempotency-key": "k1"}).json()
    assert first["id"] == again["id"]
    assert ImportBatch.objects.count() == 1


def test_what_is_not_valid_is_a_422(who: People) -> None:
    caller = client(who.owner)
    assert upload(caller, kind="nothing").status_code == 422
    assert upload(caller, "<html>").json()["fields"][0]["field"] == "file"
    said = upload(caller).json()
    for body in (
        {"source": "x", "columns": {"unknown": [0]}},
        {"source": "x", "columns": said["columns"], "notation": {"zone": "Mars/Base"}},
        {"source": "x", "columns": said["columns"], "options": {"group": "nobody"}},
        {"source": "", "columns": said["columns"]},
    ):
        assert send(caller, f"{said['id']}/columns", body, "put").status_code == 422, body
    for columns in ({"start": [99]}, {"end": [3]}, {"start": [-1]}):
        body = {"source": "x", "columns": columns}
        assert send(caller, f"{said['id']}/columns", body, "put").status_code == 409, body
    assert send(caller, f"{said['id']}/write", {}).status_code == 409
    assert send(caller, f"{said['id']}/undo", {"reason": "x"}).status_code == 409
    assert caller.delete(f"{URL}/{said['id']}").status_code == 204


def test_kinds_and_imports_follow_the_permissions(who: People) -> None:
    upload(client(who.owner))
    pk = ImportBatch.objects.get().pk
    assert client(who.technician).get(URL).status_code == 403
    narrow = client(who.owner, "exchange.import", "parties.import")
    assert KEY not in {kind["kind"] for kind in narrow.get(f"{URL}/kinds").json()["items"]}
    assert narrow.get(URL).json()["items"] == []
    assert narrow.get(f"{URL}/{pk}").status_code == 404
    assert upload(narrow).status_code == 422
    wide = client(who.owner)
    kinds = {kind["kind"]: kind for kind in wide.get(f"{URL}/kinds").json()["items"]}
    assert "group" in kinds[KEY]["options"]
    assert {field["name"] for field in kinds[KEY]["fields"] if field["required"]} == {"start"}
