from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from tests import kit, people
from tests.make import exchange as make

from canone.base.exchange.models import ImportBatch, MappingProfile
from canone.base.tasks import runner
from canone.base.tasks.models import Job
from canone.desks.assistance.models import RemoteSession

pytestmark = pytest.mark.django_db
State = ImportBatch.State
KEY = "assistance.sessions"
HEAD = "Tecnico;Computer;Inizio;Fine;Minuti extra\n"
GOOD = HEAD + "".join(f"M;PC{i};20/11/2026 09:{i:02d};20/11/2026 10:00;\n" for i in range(20))
BAD = GOOD + "M;<b>x</b>;12/11/2026 11:00;12/11/2026 09:02;\nM;y;20/11/2026 09:00;;=1+1\n"


@pytest.fixture
def folk(client: Client, settings: Any, tmp_path: Path) -> people.People:
    settings.DATA = tmp_path
    settings.FILES = tmp_path / "files"
    made = people.people()
    client.force_login(made.owner)
    return made


def upload(client: Client, content: str, name: str = "sessioni.csv") -> Any:
    file = SimpleUploadedFile(name, content.encode())
    return client.post(reverse("import_new"), {"kind": KEY, "file": file})


def work() -> None:
    for job in Job.objects.filter(state=Job.State.WAITING):
        runner.attempt(job.pk)


def chosen(client: Client, batch: ImportBatch, **more: str) -> dict[str, str]:
    """Return what the page proposes, as a browser would send it."""
    form = client.get(reverse("import_columns", args=[batch.pk])).context["form"]
    sent = {
        name: str(form.get_initial_for_field(form.fields[name], name) or "") for name in form.fields
    }
    return {**sent, "source": "Supremo", **more}


def checked(client: Client, content: str) -> ImportBatch:
    upload(client, content)
    batch = ImportBatch.objects.latest("pk")
    answer = client.post(reverse("import_columns", args=[batch.pk]), chosen(client, batch))
    assert answer.status_code == 302, answer.context["form"].errors
    work()
    batch.refresh_from_db()
    return batch


def page(client: Client, name: str, batch: ImportBatch) -> str:
    answer = client.get(reverse(name, args=[batch.pk]))
    assert answer.status_code == 200
    return str(answer.content.decode())


@pytest.mark.usefixtures("folk")
def test_the_way_of_a_good_file(client: Client) -> None:
    answer = upload(client, GOOD)
    batch = ImportBatch.objects.get()
    assert answer.url == reverse("import_columns", args=[batch.pk])
    sent = chosen(client, batch)
    assert (sent["column_start"], sent["column_end"], sent["column_device"]) == ("2", "3", "1")
    answer = client.post(reverse("import_columns", args=[batch.pk]), sent)
    assert answer.url == reverse("import_check", args=[batch.pk])
    assert "<progress" in page(client, "import_check", batch)
    work()
    assert "<progress" not in page(client, "import_check", batch)
    assert not RemoteSession.objects.exists()
    answer = client.post(reverse("import_write", args=[batch.pk]))
    assert answer.url == reverse("import_result", args=[batch.pk])
    work()
    assert RemoteSession.objects.count() == 20
    assert "20" in page(client, "import_result", batch)
    assert client.get(reverse("import_columns", args=[batch.pk])).status_code == 302
    assert MappingProfile.objects.get().name == "Supremo"


@pytest.mark.usefixtures("folk")
def test_the_way_of_a_bad_file(client: Client) -> None:
    batch = checked(client, BAD)
    shown = page(client, "import_check", batch)
    for words in ("22", "12/11/2026 09:02", "23", "=1+1"):
        assert words in shown
    answer = client.post(reverse("import_write", args=[batch.pk]))
    assert answer.url == reverse("import_check", args=[batch.pk])
    assert not Job.objects.filter(kind="exchange.write").exists()
    report = client.get(reverse("import_problems", args=[batch.pk]))
    assert report.headers["Content-Disposition"].startswith("attachment")
    assert b"'=1+1" in b"".join(report)
    client.post(reverse("import_write", args=[batch.pk]), {"good_only": "1"})
    work()
    assert RemoteSession.objects.count() == 20


@pytest.mark.usefixtures("folk")
def test_the_preview_follows_the_choice(client: Client) -> None:
    upload(client, BAD)
    batch = ImportBatch.objects.get()
    url = reverse("import_preview", args=[batch.pk])
    shown = client.post(url, chosen(client, batch)).content.decode()
    assert "20/11/2026 09:00:00" in shown
    wrong = client.post(url, chosen(client, batch, column_end="4")).content.decode()
    assert "is-stop" not in shown
    assert "20/11/2026 09:00:00" in wrong
    nothing = client.post(url, {}).content.decode()
    assert "<table" not in nothing
    month = client.post(url, chosen(client, batch, date_order="mdy")).content.decode()
    assert "is-stop" in month


@pytest.mark.usefixtures("folk")
def test_the_file_can_be_read_another_way(client: Client) -> None:
    upload(client, "a,b;c\nd,e;f\n")
    batch = ImportBatch.objects.get()
    client.post(reverse("import_look", args=[batch.pk]), {"delimiter": ",", "header": "none"})
    batch.refresh_from_db()
    assert (batch.layout["delimiter"], batch.layout["header"]) == (",", None)


@pytest.mark.usefixtures("folk")
def test_faults_of_the_form_keep_what_was_chosen(client: Client) -> None:
    upload(client, GOOD)
    batch = ImportBatch.objects.get()
    url = reverse("import_columns", args=[batch.pk])
    answer = client.post(url, chosen(client, batch, column_start="", source=""))
    assert answer.status_code == 422
    assert {"column_start", "source"} <= set(answer.context["form"].errors)
    assert client.post(url, chosen(client, batch, column_start="99")).status_code == 422


@pytest.mark.usefixtures("folk")
def test_files_that_are_none_are_refused_with_the_reason(client: Client) -> None:
    for content, name in (("", "a.csv"), ("x", "a.exe"), ("<html>", "a.csv"), ("a;b", "a.xlsx")):
        answer = upload(client, content, name)
        assert answer.status_code == 422
        assert answer.context["form"].errors["file"]
    assert not ImportBatch.objects.exists()


def test_undo_asks_for_a_reason_and_names_what_is_in_use(
    client: Client, folk: people.People
) -> None:
    batch = checked(client, GOOD)
    client.post(reverse("import_write", args=[batch.pk]))
    work()
    url = reverse("import_undo", args=[batch.pk])
    assert client.post(url, {"reason": ""}).status_code == 422
    session = RemoteSession.objects.get(device_name="PC3")
    session.note = "worked on"
    session.save()
    shown = client.post(url, {"reason": "Wrong"}).content.decode()
    assert "PC3" in shown
    assert RemoteSession.objects.count() == 20
    RemoteSession.history.all().delete()
    client.post(url, {"reason": "Wrong"})
    assert not RemoteSession.objects.exists()
    assert "Wrong" in page(client, "import_result", batch)
    assert folk.owner.name in page(client, "import_result", batch)


@pytest.mark.usefixtures("folk")
def test_a_draft_can_be_thrown_away(client: Client) -> None:
    upload(client, GOOD)
    batch = ImportBatch.objects.get()
    client.post(reverse("import_discard", args=[batch.pk]))
    assert not ImportBatch.objects.exists()


@pytest.mark.usefixtures("folk")
def test_the_bar_ends_by_showing_the_page_anew(client: Client) -> None:
    upload(client, GOOD)
    batch = ImportBatch.objects.get()
    client.post(reverse("import_columns", args=[batch.pk]), chosen(client, batch))
    url = reverse("import_progress", args=[batch.pk])
    assert b"<progress" in client.get(url, headers={"HX-Request": "true"}).content
    assert client.get(url).status_code == 302
    work()
    answer = client.get(url, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Refresh"]) == (204, "true")


@pytest.mark.usefixtures("folk")
def test_a_stopped_pass_can_be_started_again(client: Client) -> None:
    upload(client, GOOD)
    batch = ImportBatch.objects.get()
    client.post(reverse("import_columns", args=[batch.pk]), chosen(client, batch))
    client.post(reverse("ui:job_stop", args=[Job.objects.get().pk]))
    assert reverse("import_recheck", args=[batch.pk]) in page(client, "import_check", batch)
    client.post(reverse("import_recheck", args=[batch.pk]))
    work()
    batch.refresh_from_db()
    assert batch.state == State.CHECKED


def test_nobody_reaches_imports_that_are_not_theirs(client: Client, folk: people.People) -> None:
    batch = checked(client, BAD)
    names = [
        "import_columns", "import_check", "import_result", "import_progress", "import_problems",
        "import_undo", "import_preview", "import_look", "import_recheck", "import_write",
        "import_discard",
    ]  # fmt: skip
    for user in (folk.technician, folk.customer, folk.stranger):
        client.force_login(user)
        for name in names:
            url = reverse(name, args=[batch.pk])
            post_only = name in {
                "import_preview",
                "import_look",
                "import_recheck",
                "import_write",
                "import_discard",
            }
            answer = client.post(url) if post_only else client.get(url)
            assert answer.status_code == 404, name
        assert client.get(reverse("imports")).status_code == 404
        assert client.get(reverse("import_new")).status_code == 404
    client.force_login(folk.colleague)
    folk.colleague.switches.create(code="assistance.import", allowed=False)
    assert client.get(reverse("import_check", args=[batch.pk])).status_code == 404
    assert batch.file.name not in client.get(reverse("imports")).content.decode()


@pytest.mark.usefixtures("folk")
def test_the_list_asks_a_fixed_number_of_queries(client: Client) -> None:
    def more() -> None:
        for number in range(6):
            batch = make.upload(GOOD, f"{number}.csv", KEY)
            make.configured(batch, f"Source {number}")

    more()
    kit.assert_fixed_queries(client, reverse("imports"), more)


def test_addresses_that_name_the_kind(client: Client, folk: people.People) -> None:
    for name in ("import_sessions", "import_parties", "import_groups"):
        form = client.get(reverse(name)).context["form"]
        assert form["kind"].initial or form.initial["kind"]
    folk.owner.switches.create(code="assistance.import", allowed=False)
    assert client.get(reverse("import_sessions")).status_code == 404


def test_a_file_that_turns_bad_late_says_so(client: Client, folk: people.People) -> None:
    batch = checked(client, HEAD + "M;x;20/11/2026 09:00;;\n" * 300 + ";".join("x" * 600))
    assert batch.state == State.FAILED
    assert "500" in page(client, "import_check", batch)
