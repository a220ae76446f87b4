from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from tests import people

from canone.base.access.models import User
from canone.base.tasks.models import Job
from canone.ui import jobs

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def _job(user: User, **values: object) -> Job:
    given = {"kind": "tasks.prune", "created_at": AT, "due_at": AT, "user": user, "total": 812}
    return Job.objects.create(**(given | values))


def test_a_running_job_tells_what_is_left(client: Client) -> None:
    folk = people.people()
    job = _job(folk.owner, state="running", done=203, started_at=AT)
    told = jobs.progress(job, at=AT + timedelta(seconds=10))
    assert (told.share, told.seconds_left, told.running) == (25, 30, True)
    with translation.override("en"):
        assert told.left == "about 30 seconds"
        assert told.count == "203 of 812"


def test_a_backup_tells_its_progress_in_megabytes(client: Client) -> None:
    folk = people.people()
    client.force_login(folk.owner)
    job = _job(folk.owner, kind="backups.make", state="running", done=8_400_000, total=16_778_474)
    with translation.override("en"):
        assert (
            jobs.progress(job, at=AT).count == "8.4\N{NO-BREAK SPACE}MB of 17\N{NO-BREAK SPACE}MB"
        )
    listed = client.get(reverse("ui:jobs")).content.decode()
    assert "17\N{NO-BREAK SPACE}MB" in listed
    assert "16.778.474" not in listed


def test_the_bar_asks_again_only_while_the_work_runs(client: Client) -> None:
    folk = people.people()
    client.force_login(folk.owner)
    running = _job(folk.owner, state="running")
    ended = _job(folk.owner, state="done", done=812, report={"lines": [["Read", 812]]})
    alone = {"HX-Request": "true"}
    asked = client.get(reverse("ui:job_progress", args=[running.pk]), headers=alone)
    assert "every 1s" in asked.content.decode()
    over = client.get(reverse("ui:job_progress", args=[ended.pk]), headers=alone).content.decode()
    assert "every 1s" not in over
    assert "<dt>Read</dt>" in over


def test_what_is_not_theirs_is_not_there(client: Client) -> None:
    folk = people.people()
    job = _job(folk.owner, state="waiting")
    client.force_login(folk.technician)
    assert client.get(reverse("ui:job", args=[job.pk])).status_code == 404
    assert client.post(reverse("ui:job_stop", args=[job.pk])).status_code == 404
    assert "data-row" not in client.get(reverse("ui:jobs")).content.decode()


def test_a_job_is_stopped_and_started_again(client: Client) -> None:
    folk = people.people()
    job = _job(folk.owner, state="waiting")
    client.force_login(folk.owner)
    client.post(reverse("ui:job_stop", args=[job.pk]))
    assert Job.objects.get(pk=job.pk).state == "cancelled"
    client.post(reverse("ui:job_retry", args=[job.pk]))
    assert Job.objects.get(pk=job.pk).state == "waiting"
