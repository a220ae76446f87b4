"""The papers of many documents: whole, in order, gone on with, and mailed once."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from tests.make import catalog, invoicing, parties
from tests.people import people

from canone.base.backups.services import making
from canone.base.files import queries as files
from canone.base.files.models import StoredFile
from canone.base.mail.models import OutgoingMail
from canone.base.tasks import worker
from canone.base.tasks.models import Job
from canone.ledgers.invoicing.models import BillingRun, Document, Packet
from canone.ledgers.invoicing.queries import packets as queries
from canone.ledgers.invoicing.services import mailing, packets, papers, posting

pytestmark = pytest.mark.django_db
Mailed = posting.Mailed
AT = datetime(2026, 11, 30, 9, tzinfo=UTC)
NAMES = ("Alfa S.r.l.", "Beta S.r.l.", "Gamma S.r.l.")
State = OutgoingMail.State


@pytest.fixture(autouse=True)
def place(settings: Any, tmp_path: Any) -> None:
    settings.DATA = tmp_path
    settings.FILES = tmp_path / "files"


@pytest.fixture
def run() -> BillingRun:
    for number, name in enumerate(NAMES):
        email = f"c{number}@example.com" if number else ""
        who = invoicing.customer(name, email=email)
        invoicing.charge(who, vat_id=catalog.vat().pk)
    return invoicing.bill()


def nobody(_done: int, _total: int) -> None:
    """Hear nothing."""


def start(run: BillingRun, kind: str = "zip") -> Packet:
    return packets.start(kind, run_id=run.pk, at=AT, by=None)


def make(packet: Packet, tell: Any = nobody) -> Packet:
    return packets.make(packet, tell=tell, at=AT, by=None)


def content(packet: Packet) -> bytes:
    assert packet.file is not None
    with files.open_file(packet.file) as file:
        return file.read()


def documents(run: BillingRun) -> list[Document]:
    return list(Document.objects.filter(run=run).order_by("number"))


class StopError(Exception):
    """Somebody stopped it."""


def test_the_zip_holds_every_invoice_as_its_page_gives_it(run: BillingRun) -> None:
    heard: list[tuple[int, int]] = []
    packet = make(start(run), lambda done, total: heard.append((done, total)))
    with zipfile.ZipFile(io.BytesIO(content(packet))) as archive:
        rows = documents(run)
        assert archive.namelist() == [papers.file_name(row) for row in rows]
        for row in rows:
            assert archive.read(papers.file_name(row)) == papers.pdf(row.pk, at=AT)
    assert (packet.state, packet.count) == ("done", 3)
    assert heard[0] == (0, 3)
    assert heard[-1] == (3, 3)
    assert not list(queries.root().glob("*"))


def test_what_was_cut_short_goes_on(run: BillingRun) -> None:
    packet = start(run)

    def stop(done: int, _total: int) -> None:
        if done == 2:
            raise StopError

    with pytest.raises(StopError):
        make(packet, stop)
    folder = queries.folder(packet)
    made = {path.name: path.stat().st_mtime_ns for path in folder.glob("*.pdf")}
    assert len(made) == 2
    assert not list(folder.glob("*.half"))
    Job.objects.update(state="cancelled")
    assert start(run).pk == packet.pk
    heard: list[int] = []
    make(packet, lambda done, _total: heard.append(done))
    assert heard[0] == 2, "two were there"
    assert packet.count == 3


def test_a_file_cut_in_two_is_set_again(run: BillingRun) -> None:
    packet = start(run)
    folder = queries.folder(packet)
    folder.mkdir(parents=True)
    row = documents(run)[0]
    (folder / f"{row.pk}.pdf").touch()
    (folder / "whole.half").write_bytes(b"x")
    make(packet)
    with zipfile.ZipFile(io.BytesIO(content(packet))) as archive:
        assert archive.read(papers.file_name(row)).startswith(b"%PDF")


def test_a_second_zip_takes_the_place_of_the_first(run: BillingRun) -> None:
    first = make(start(run))
    second = make(start(run))
    assert first.pk != second.pk
    assert list(Packet.objects.all()) == [second]
    assert list(StoredFile.objects.all()) == [second.file]
    assert make(second).file == second.file


def test_one_file_to_print_has_all_pages_in_order(run: BillingRun) -> None:
    packet = make(start(run, "print"))
    assert packet.file is not None
    assert packet.file.content_type == "application/pdf"
    with pikepdf.open(io.BytesIO(content(packet))) as whole:
        assert len(whole.pages) == 3
        for page, row in zip(whole.pages, documents(run), strict=True):
            with pikepdf.open(io.BytesIO(papers.pdf(row.pk, at=AT))) as own:
                assert page.Contents.read_bytes() == own.pages[0].Contents.read_bytes()


def test_very_many_are_printed_from_several_files(run: BillingRun, monkeypatch: Any) -> None:
    monkeypatch.setattr(packets, "MERGED", 2)
    packet = make(start(run, "print"))
    with zipfile.ZipFile(io.BytesIO(content(packet))) as archive:
        assert archive.namelist() == ["000001-000002.pdf", "000003-000003.pdf"]
        with pikepdf.open(io.BytesIO(archive.read("000001-000002.pdf"))) as first:
            assert len(first.pages) == 2


def test_more_entries_than_an_upload_may_have_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "many.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(20_100):
            archive.writestr(f"{number}.pdf", b"")
    from canone.base.files import services

    told = {"name": "many.zip", "content_type": "application/zip", "owner": "packet:1"}
    made = services.take_over(path, **told, at=AT, by=None)
    assert not path.exists()
    assert made.size == files.path(made).stat().st_size
    with files.open_file(made) as file, zipfile.ZipFile(file) as archive:
        assert len(archive.namelist()) == 20_100


def test_backups_leave_out_what_is_being_made(run: BillingRun) -> None:
    packet = make(start(run))
    folder = queries.folder(start(run, "print"))
    folder.mkdir(parents=True)
    (folder / "1.pdf").write_bytes(b"%PDF")
    assert packet.file is not None
    root = queries.root().parent
    assert [path.name for path in making._walk(root)] == [packet.file.key]


def test_a_mail_goes_to_everybody_with_an_address_once(run: BillingRun) -> None:
    packet = start(run, "mail")
    assert posting.mail(packet, tell=nobody, at=AT, by=None) == Mailed(2)
    assert sorted(OutgoingMail.objects.values_list("to", flat=True)) == [
        "c1@example.com", "c2@example.com",
    ]  # fmt: skip
    rows = Document.objects.filter(run=run)
    assert queries.mail_counts(rows) == {"no_address": 1, "queued": 2}
    assert posting.mail(start(run, "mail"), tell=nobody, at=AT, by=None) == Mailed(0)
    who = documents(run)[0].customer
    parties.contact(who, "Anna", email="anna@example.com", gets_invoices=True)
    assert posting.mail(start(run, "mail"), tell=nobody, at=AT, by=None) == Mailed(1)
    assert OutgoingMail.objects.count() == 3


def test_mail_that_was_stopped_goes_on_with_the_others(run: BillingRun) -> None:
    packet = start(run, "mail")

    def stop(done: int, _total: int) -> None:
        if done == 1:
            raise StopError

    with pytest.raises(StopError):
        posting.mail(packet, tell=stop, at=AT, by=None)
    assert OutgoingMail.objects.count() == 1
    assert posting.mail(packet, tell=nobody, at=AT, by=None) == Mailed(1)
    assert OutgoingMail.objects.values("to").distinct().count() == 2
    packet.refresh_from_db()
    assert (packet.state, packet.count) == ("done", 2), "both attempts count"


def test_what_was_mailed_by_hand_or_withdrawn_is_not_mailed_again(run: BillingRun) -> None:
    _none, first, second = documents(run)
    mailing.send(first.pk, mailing.Message(["boss@example.com"]), key="x", at=AT, by=None)
    mailing.send(second.pk, mailing.Message(), key="y", at=AT, by=None)
    OutgoingMail.objects.filter(owner=second.key).update(state=State.CANCELLED)
    assert posting.mail(start(run, "mail"), tell=nobody, at=AT, by=None) == Mailed(0)
    counts = queries.mail_counts(Document.objects.filter(run=run))
    assert counts == {"no_address": 1, "queued": 1, "cancelled": 1}


def test_the_worst_of_several_mails_tells(run: BillingRun) -> None:
    row = documents(run)[1]
    message = mailing.Message(["a@example.com", "b@example.com"])
    first, _second = mailing.send(row.pk, message, key="x", at=AT, by=None)
    OutgoingMail.objects.filter(pk=first.pk).update(state=State.SENT)
    assert queries.mail_counts(Document.objects.filter(pk=row.pk)) == {"queued": 1}


def test_nothing_issued_and_a_run_at_work_have_no_papers(run: BillingRun) -> None:
    with pytest.raises(ValidationError):
        packets.start("zip", ids=[invoicing.draft_document().pk], at=AT, by=None)
    with pytest.raises(ValidationError):
        packets.start("zip", ids=range(packets.MOST + 1), at=AT, by=None)
    run.job = Job.objects.create(kind="x", state="running", created_at=AT, due_at=AT)
    run.save()
    with pytest.raises(ValidationError):
        start(run)


def test_old_papers_go_and_what_is_at_work_stays(run: BillingRun) -> None:
    old = make(start(run))
    young = make(packets.start("zip", ids=[documents(run)[0].pk], at=AT, by=None))
    Packet.objects.filter(pk=old.pk).update(finished_at=AT - timedelta(days=31))
    left = start(run, "print")
    Packet.objects.filter(pk=left.pk).update(created_at=AT - timedelta(days=8))
    busy = start(run, "mail")
    Job.objects.exclude(pk=busy.job_id).update(state="failed")
    Packet.objects.filter(pk=busy.pk).update(created_at=AT - timedelta(days=8))
    (queries.root() / "999").mkdir(parents=True)
    assert packets.prune(at=AT) == 2
    assert set(Packet.objects.all()) == {young, busy}
    assert StoredFile.objects.count() == 1
    assert not (queries.root() / "999").exists()


def test_what_mails_carried_long_ago_goes(run: BillingRun) -> None:
    posting.mail(start(run, "mail"), tell=nobody, at=AT, by=None)
    first, second = OutgoingMail.objects.order_by("pk")
    OutgoingMail.objects.filter(pk=first.pk).update(state=State.SENT, sent_at=AT)
    packets.prune(at=AT + timedelta(days=91))
    assert list(first.attachments.all()) == []
    assert second.attachments.count() == 1


def test_from_the_run_to_the_file_on_pages(client: Client, run: BillingRun) -> None:
    client.force_login(people().colleague)
    list_url = f"/invoicing/runs/{run.pk}/documents/"
    assert "Prepara lo ZIP" in client.get(list_url).content.decode()
    address = f"/invoicing/runs/{run.pk}/papers/"
    assert client.post(address, {"kind": "zip"}).status_code == 302
    refused = client.post(address, {"kind": "exe"}, follow=True)
    assert "Scegliere che cosa preparare" in refused.content.decode()
    packet = Packet.objects.get()
    fetch = f"/invoicing/papers/{packet.pk}/"
    assert client.get(fetch).status_code == 404
    worker.drain()
    page = client.get(f"/invoicing/runs/{run.pk}/").content.decode()
    assert fetch in page
    answer = client.get(fetch)
    body = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert len(archive.namelist()) == 3


def test_the_list_tells_how_the_mail_of_each_stands(client: Client, run: BillingRun) -> None:
    client.force_login(people().colleague)
    posting.mail(start(run, "mail"), tell=nobody, at=AT, by=None)
    address = f"/invoicing/runs/{run.pk}/documents/"
    page = client.get(address).content.decode()
    assert "Nessun indirizzo" in page
    found = client.get(f"{address}?mail=no_address").content.decode()
    without, first, _second = documents(run)
    assert without.label in found
    assert first.label not in found


def test_chosen_documents_are_put_together(client: Client, run: BillingRun) -> None:
    client.force_login(people().colleague)
    chosen = [row.pk for row in documents(run)[:2]]
    answer = client.post("/invoicing/documents/zip/", {"ids": chosen})
    assert answer.status_code == 302
    worker.drain()
    packet = Packet.objects.get()
    assert (packet.count, packet.run) == (2, None)
    nothing = client.post("/invoicing/documents/print/", {"ids": [0]}, follow=True)
    assert "nulla è emesso" in nothing.content.decode()


def test_programs_make_papers_and_fetch_them(client: Client, run: BillingRun) -> None:
    client.force_login(people().colleague)
    address = f"/api/v1/billing-runs/{run.pk}/papers"
    sent = {"data": {"kind": "zip"}, "content_type": "application/json"}
    made = client.post(address, **sent)
    assert made.status_code == 202
    told = made.json()
    assert (told["kind"], told["state"]) == ("zip", "open")
    worker.drain()
    packet = client.get(f"/api/v1/papers/{told['id']}").json()
    assert (packet["state"], packet["count"]) == ("done", 3)
    file = client.get(f"/api/v1/papers/{told['id']}/file")
    assert b"".join(file.streaming_content).startswith(b"PK")  # type: ignore[attr-defined]
    asked = {"data": {"kind": "zip", "document_ids": []}, "content_type": "application/json"}
    assert client.post("/api/v1/papers", **asked).status_code == 422
    row = documents(run)[0]
    asked["data"] = {"kind": "print", "document_ids": [row.pk]}
    assert client.post("/api/v1/papers", **asked).status_code == 202


def test_chosen_documents_are_mailed_once_it_is_said(client: Client, run: BillingRun) -> None:
    who = people().colleague
    who.language = "en"
    who.save()
    client.force_login(who)
    rows = documents(run)
    mailing.send(rows[2].pk, mailing.Message(), key="x", at=AT, by=None)
    draft = invoicing.draft_document()
    chosen = [row.pk for row in rows] + [draft.pk]
    asked = client.post("/invoicing/documents/mail/", {"ids": chosen})
    assert asked.status_code == 200
    page = asked.content.decode()
    for words in ("to mail", "without an address", "mailed before", "not issued"):
        assert words in page
    assert (OutgoingMail.objects.count(), Packet.objects.count()) == (1, 0)
    sent = {"chosen": ",".join(map(str, chosen))}
    assert client.post("/invoicing/documents/mail/", sent).status_code == 302
    worker.drain()
    assert sorted(OutgoingMail.objects.values_list("to", flat=True)) == [
        "c1@example.com", "c2@example.com",
    ]  # fmt: skip
    packet = Packet.objects.get()
    assert (packet.kind, packet.state, packet.run) == ("mail", "done", None)
    again = client.post("/invoicing/documents/mail/", sent, follow=True)
    assert "mailed already" in again.content.decode()
    assert OutgoingMail.objects.count() == 2


def test_keys_that_no_document_has_are_passed_over(client: Client, run: BillingRun) -> None:
    client.force_login(people().colleague)
    for sent in ({"chosen": "9" * 30}, {"chosen": "²,x"}, {"ids": ["9" * 30, "²"]}):
        assert client.post("/invoicing/documents/mail/", sent).status_code < 500
    assert not Packet.objects.exists()


def test_programs_mail_chosen_documents(client: Client, run: BillingRun) -> None:
    client.force_login(people().colleague)
    row = documents(run)[1]
    asked = {
        "data": {"kind": "mail", "document_ids": [row.pk]},
        "content_type": "application/json",
    }
    assert client.post("/api/v1/papers", **asked).status_code == 202
    worker.drain()
    assert OutgoingMail.objects.get().to == "c1@example.com"
    assert client.post("/api/v1/papers", **asked).status_code == 422
