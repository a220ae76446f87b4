from typing import Any

import pytest
from django.test import Client
from tests import people
from tests.ledgers.invoicing.test_documents_api import send
from tests.make import catalog
from tests.make import invoicing as make

from canone.base.tasks import services as jobs
from canone.ledgers.invoicing.models import BillingRun, Document

pytestmark = pytest.mark.django_db
RUNS, PREVIEW = "/api/v1/billing-runs", "/api/v1/billing-preview"


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("canone.ledgers.invoicing.api.shared.today", lambda: make.DAY)


@pytest.fixture
def office(client: Client) -> Client:
    client.force_login(people.people().colleague)
    return client


def work(run: dict[str, Any]) -> None:
    """Let the job of a run do its work."""
    while not make.billing.advance(run["id"], at=make.AT, by=None).is_last:
        pass


def test_the_preview_says_what_the_run_issues(office: Client) -> None:
    one, two = make.customer("Acme"), make.customer("Beta")
    make.charge(one, vat_id=catalog.vat().pk)
    make.charge(two, vat_id=catalog.vat().pk)
    make.charge(make.parties.party("Senza indirizzo"), vat_id=catalog.vat().pk)
    seen = send(office, "POST", PREVIEW, {"limit": 1}).json()
    assert (seen["documents"], seen["charges"], seen["total"]) == (2, 2, "107.36")
    assert (seen["left_out"], len(seen["shown"])) == (1, 1)
    assert seen["left_out_shown"][0]["reason"]
    first = seen["shown"][0]
    assert (first["customer"], first["first_day"], first["last_day"]) == (
        "Acme",
        "2026-10-01",
        "2026-10-01",
    )
    second = send(office, "POST", PREVIEW, {"limit": 1, "start": 1}).json()["shown"][0]
    assert second["customer"] == "Beta"
    without = send(office, "POST", PREVIEW, {"without": [first["key"]]}).json()
    assert (without["documents"], without["left_out"]) == (1, 2)
    assert not Document.objects.exists()
    run = send(office, "POST", RUNS, {"without": [first["key"]]}).json()
    assert (run["is_at_work"], run["documents"]) == (True, 0)
    work(run)
    done = office.get(f"{RUNS}/{run['id']}").json()
    assert (done["state"], done["documents"], done["total"]) == ("done", 1, without["total"])
    left = office.get(f"{RUNS}/{run['id']}/left-out").json()["items"]
    assert len(left) == without["left_out"]
    listed = office.get(f"/api/v1/documents?run_id={run['id']}").json()["items"]
    assert [item["customer"] for item in listed] == ["Beta"]


def test_a_run_is_started_once_under_its_key(office: Client) -> None:
    for _time in range(2):
        answer = send(office, "POST", RUNS, {}, **{"Idempotency-Key": "r"})
        assert answer.status_code == 201
    assert BillingRun.objects.count() == 1


def test_a_run_is_stopped_and_taken_up_again(office: Client) -> None:
    run = send(office, "POST", RUNS, {}).json()
    url = f"{RUNS}/{run['id']}"
    stopped = send(office, "POST", f"{url}/stop").json()
    assert stopped["is_at_work"] is False
    assert send(office, "POST", f"{url}/stop").status_code == 409
    again = send(office, "POST", f"{url}/resume").json()
    assert (again["is_at_work"], again["state"]) == (True, "open")
    work(run)
    jobs.cancel(job=BillingRun.objects.get().job, at=make.AT)  # type: ignore[arg-type]
    assert send(office, "POST", f"{url}/resume").status_code == 409


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"issue_date": "2026-12-01"}, "issue_date"),
        ({"posting_date": "1990-01-01"}, "posting_date"),
        ({"posting_date": "2027-12-02"}, "posting_date"),
        ({"customer_ids": [10**9]}, "customer_ids"),
        ({"zone_id": 10**9}, "zone_id"),
        ({"series": "NOPE"}, "series"),
        ({"kinds": ["nothing"]}, "kinds"),
        ({"through": "someday"}, "through"),
    ],
)
def test_what_cannot_be_names_its_field(office: Client, wrong: dict[str, Any], field: str) -> None:
    answer = send(office, "POST", RUNS, wrong)
    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.json()["fields"]] == [field]
    assert not BillingRun.objects.exists()


def test_runs_are_the_offices(client: Client) -> None:
    who = people.people()
    client.force_login(who.technician)
    assert client.get(RUNS).status_code == 403
    assert send(client, "POST", PREVIEW, {}).status_code == 403
