import io
from datetime import date, timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook
from tests import kit, people
from tests.make import catalog
from tests.make import invoicing as make

from canone.base.tasks import worker
from canone.base.tasks.models import Job
from canone.ledgers.invoicing.models import BillingRun, Document
from canone.ledgers.invoicing.queries import ports
from canone.ledgers.invoicing.rules.ports import LeftOut
from canone.ledgers.invoicing.services import billing
from canone.ledgers.invoicing.web import cockpit_looks, days, run_looks

pytestmark = pytest.mark.django_db
NEW = "/invoicing/runs/new/"
PREVIEW = "/invoicing/runs/preview/"
START = "/invoicing/runs/start/"
ASKED = urlencode({"through": "30/11/2026", "issue_date": "30/11/2026"})


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("runs", "run_forms", "documents", "document"):
        path = f"canone.ledgers.invoicing.web.{module}.today"
        monkeypatch.setattr(path, lambda: make.DAY)
    assert days.today() >= date(2026, 1, 1)


@pytest.fixture
def office(client: Client) -> Client:
    who = people.people().colleague
    who.language = "en"
    who.save()
    client.force_login(who)
    return client


def charged(name: str, amount: int = 10_000) -> Document | None:
    customer = make.customer(name)
    make.charge(customer, amount_minor=amount, vat_id=catalog.vat().pk)
    return None


def test_the_choice_leads_to_the_preview_and_refuses_a_day_to_come(office: Client) -> None:
    make.customer()
    given = {"through": "30/11/2026", "issue_date": "30/11/2026", "kinds": ["remote_session"]}
    answer = office.post(NEW, given)
    assert answer.status_code == 302
    assert answer["Location"].startswith(PREVIEW)
    assert "kinds=remote_session" in answer["Location"]
    late = office.post(NEW, given | {"issue_date": "01/12/2026"})
    assert late.status_code == 422
    assert "still to come" in late.content.decode()
    old = office.post(NEW, given | {"posting_date": "01/01/1990"})
    assert "more than a year away" in old.content.decode()


def test_the_preview_shows_documents_charges_sums_and_the_first_number(office: Client) -> None:
    charged("Acme S.r.l.")
    charged("Beta S.r.l.", 5_000)
    page = office.get(f"{PREVIEW}?{ASKED}").content.decode()
    assert page.count('<tr class="group"') == 2
    assert "€150.00" in page
    assert "€33.00" in page
    assert "€183.00" in page
    assert "Remote assistance" in page
    assert "FT, from no. 1" in page
    assert "Issue 2 invoices" in page
    assert not Document.objects.exists()
    assert not BillingRun.objects.exists()


def test_what_is_left_out_stands_there_with_its_reason_and_a_way(office: Client) -> None:
    blocked = make.customer("Ferma S.r.l.", is_blocked=True, block_reason="Non paga")
    make.charge(blocked, amount_minor=7_700)
    page = office.get(f"{PREVIEW}?{ASKED}").content.decode()
    assert "The customer is blocked" in page
    assert f'href="/customers/{blocked.pk}/"' in page
    assert "€77.00" in page
    assert "Nothing is to bill with this choice." in page


def test_what_must_be_acted_on_stands_before_what_is_only_not_due() -> None:
    user, customer = people.people().colleague, make.customer()
    found = [
        LeftOut(customer.pk, "not_due", "Nothing is due yet."),
        LeftOut(customer.pk, "no_lines", "It has no line."),
        LeftOut(customer.pk, "blocked", "It is blocked.", origin="line:7:2026-01-01", title="Fee"),
        LeftOut(customer.pk, "missing_reading", "Enter it.", origin="line:7:2026-07-01"),
    ]
    told = run_looks.left_out(found, user)
    assert [one.state.kind for one in told] == ["stop", "warn", "warn", "idle"]
    remedies = [one.remedy.url if one.remedy else "" for one in told]
    assert remedies[0] == f"/customers/{customer.pk}/"
    assert remedies[2] == "/contracts/lines/7/reading/?of=2026-07-01"
    # each of these codes is a choice of the list of what a run left out
    assert {"not_due", "missing_reading", "unticked"} <= dict(cockpit_looks.reasons()).keys()


def test_ticks_leave_documents_out_of_the_run(office: Client) -> None:
    charged("Acme S.r.l.")
    charged("Beta S.r.l.", 5_000)
    page = office.get(f"{PREVIEW}?{ASKED}").content.decode()
    keys = [part.split('"')[0] for part in page.split('name="shown" value="')[1:]]
    given = {"query": ASKED, "shown": keys, "keep": keys[:1]}
    ticked = office.post("/invoicing/runs/tick/", given, headers={"HX-Request": "true"})
    text = ticked.content.decode()
    assert "Issue 1 invoice<" in text
    assert text.count('name="keep"') == 2
    assert text.count(" checked") == 1
    office.post(START, {"query": ASKED})
    worker.drain()
    run = BillingRun.objects.get()
    assert run.state == BillingRun.State.DONE
    assert run.net.minor == 10_000
    assert run.left_out.get().code == "unticked"
    assert Document.objects.get().customer_name == "Acme S.r.l."


def test_the_figures_of_the_preview_are_those_of_the_run(office: Client) -> None:
    for number in range(5):
        charged(f"Cliente {number}", 3_333 + number)
    before = office.get(f"{PREVIEW}?{ASKED}").content.decode()
    office.post(START, {"query": ASKED})
    worker.drain()
    run = BillingRun.objects.get()
    assert make.Money(run.gross.minor).decimal
    assert f"€{run.gross.decimal}" in before
    page = office.get(f"/invoicing/runs/{run.pk}/").content.decode()
    assert f"€{run.gross.decimal}" in page
    listed = office.get(f"/invoicing/runs/{run.pk}/documents/").content.decode()
    assert listed.count("data-row") == 5


def test_a_run_shows_its_progress_and_goes_on_when_it_was_stopped(office: Client) -> None:
    charged("Acme S.r.l.")
    office.post(START, {"query": ASKED})
    run = BillingRun.objects.get()
    page = office.get(f"/invoicing/runs/{run.pk}/").content.decode()
    assert 'hx-trigger="every 1s"' in page
    Job.objects.update(state=Job.State.CANCELLED)
    page = office.get(f"/invoicing/runs/{run.pk}/").content.decode()
    assert "nothing twice" in page
    office.post(f"/invoicing/runs/{run.pk}/resume/")
    worker.drain()
    run.refresh_from_db()
    assert run.state == BillingRun.State.DONE
    assert Document.objects.count() == 1


def test_only_the_differences(office: Client) -> None:
    first, second = make.customer("Acme"), make.customer("Beta")
    desk = make.Desk(
        make.proposal(first), make.proposal(second, bundle="contract:2", origin="line:2:2026-11-01")
    )
    with ports.bound(proposers=[desk]):
        make.bill()
        more = make.proposal(first, amount_minor=12_500)
        third = make.proposal(second, bundle="contract:2", origin="line:2:2026-11-02")
        desk.proposals = [more, desk.proposals[1], third]
        page = office.get(f"{PREVIEW}?{ASKED}").content.decode()
        assert page.count('<tr class="group"') == 2
        assert "Differences" in page
        only = office.get(f"{PREVIEW}?{ASKED}&only=differences").content.decode()
    assert only.count('<tr class="group"') == 1
    assert "+€25.00" in only


def test_excel_has_every_charge_and_what_is_left_out(office: Client) -> None:
    charged("Acme S.r.l.")
    make.charge(make.customer("Ferma", is_blocked=True), amount_minor=7_700)
    answer = office.get(f"{PREVIEW}?{ASKED}&format=xlsx")
    content = b"".join(answer)  # type: ignore[call-overload]
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert [row[2] for row in rows[1:]] == ["Acme S.r.l.", "Ferma"]
    assert rows[1][10] == 100
    assert "blocked" in str(rows[2][13])


def test_pages_hold_fifty_and_sum_the_rest(office: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("canone.ledgers.invoicing.web.runs.SIZE", 2)
    for number in range(3):
        charged(f"Cliente {number}")
    page = office.get(f"{PREVIEW}?{ASKED}&page=2").content.decode()
    assert page.count('<tr class="group"') == 1
    assert "On this page · 1 document" in page
    assert "2 other documents" in page
    assert "Total of the run · 3 documents" in page


def test_runs_are_listed_with_their_sums(office: Client) -> None:
    charged("Acme S.r.l.")
    make.charge(make.customer("Ferma", is_blocked=True))
    run = make.bill()
    page = office.get("/invoicing/runs/").content.decode()
    assert "€122.00" in page
    left = office.get(f"/invoicing/runs/{run.pk}/left-out/").content.decode()
    assert "Ferma" in left
    assert "Acme" not in left
    kit.assert_fixed_queries(office, "/invoicing/runs/", make.bill)


def test_a_day_before_the_last_document_is_refused(office: Client) -> None:
    charged("Acme S.r.l.")
    make.bill()
    asked = {"through": "30/11/2026", "issue_date": "01/11/2026"}
    answer = office.post(NEW, asked)
    assert "has a document of 30/11/2026 already" in answer.content.decode()
    again = billing.order_of(BillingRun.objects.get())
    assert again.issue_date - timedelta(days=29) == date(2026, 11, 1)
