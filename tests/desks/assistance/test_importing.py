import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from tests.make import access, assistance, parties
from tests.make import exchange as make

from canone.base.access.functions import Role
from canone.base.exchange import importers, queries, services
from canone.base.exchange.models import ImportBatch
from canone.base.exchange.rules.durations import DurationUnit
from canone.base.exchange.rules.moments import DateOrder
from canone.base.exchange.rules.rows import Notation
from canone.desks.assistance.models import RemoteSession

pytestmark = pytest.mark.django_db
KEY = "assistance.sessions"
SUPREMO = (
    "sep=;\r\n"
    "Utente;Supremo ID;PC remoto;Gruppo;Inizio;Fine;Durata;Durata extra;Note\r\n"
    "Marco Riva;123 456 789;CAD-PC12;Brambilla;21/11/2026 09:02:11;21/11/2026 09:44:11;0:42:00;"
    "-5;=cmd|' /C calc'!A0\r\n"
    "Nuovo;987;SRV;Sconosciuto;25/10/2026 02:30;25/10/2026 03:10;0:40;;<b>nota</b>\r\n"
    "Marco Riva;55;NB-1;;20/11/2026 10:00;;;;\r\n"
)
SPLASHTOP = (
    "Start Time,End Time,Duration (sec),User,Computer name,Notes\n"
    '11/21/2026 9:02:11 AM,11/21/2026 9:44:11 AM,2520,marco@example.com,CAD-PC12,"a, b"\n'
    "11/20/2026 1:00:00 PM,11/20/2026 2:00:00 PM,3600,luca@example.com,SRV,\n"
)
SCREENCONNECT = (
    "SessionID\tName\tParticipantName\tConnectedTime\tDisconnectedTime\n"
    "6f0a\tCAD-PC12\tMarco Riva\t2026-11-21T08:02:11Z\t2026-11-21T08:44:11Z\n"
)


@pytest.fixture(autouse=True)
def _folders(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    settings.FILES = tmp_path / "files"


def checked(content: str | bytes, name: str = "sessioni.csv", **more: Any) -> ImportBatch:
    return make.checked(content, name, importer=KEY, **more)


def imported(content: str | bytes, name: str = "sessioni.csv", **more: Any) -> ImportBatch:
    batch = checked(content, name, **more)
    assert batch.problems == []
    return services.write(batch.pk, at=make.AT, by=None)


def test_a_list_of_supremo() -> None:
    marco = access.user(Role.TECHNICIAN, name="Marco Riva")
    group = parties.group(name="Brambilla")
    batch = imported(SUPREMO.encode("utf-16"), source="Supremo")
    assert (batch.new, batch.known) == (3, 0)
    first = RemoteSession.objects.get(device_key="123 456 789")
    assert first.source == "file:Supremo"
    assert first.started_at == datetime(2026, 11, 21, 8, 2, 11, tzinfo=UTC)
    assert (first.seconds, first.extra_minutes) == (2520, -5)
    assert (first.technician, first.group, first.device_name) == (marco, group, "CAD-PC12")
    assert first.note == "=cmd|' /C calc'!A0"
    night = RemoteSession.objects.get(device_key="987")
    assert night.started_at == datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "the second 02:30"
    assert (night.technician, night.group, night.group_hint) == (None, None, "Sconosciuto")
    running = RemoteSession.objects.get(device_key="55")
    assert (running.ended_at, running.seconds) == (None, None)


def test_the_same_file_twice_adds_nothing() -> None:
    imported(SUPREMO)
    again = imported(SUPREMO)
    assert (again.new, again.changed, again.known) == (0, 0, 3)
    assert RemoteSession.objects.count() == 3


def test_a_list_of_splashtop() -> None:
    batch = checked(SPLASHTOP, source="Splashtop")
    assert batch.notation["date_order"] == DateOrder.MONTH_FIRST
    assert batch.notation["duration_unit"] == DurationUnit.SECONDS
    assert batch.columns["technician"] == [3]
    services.write(batch.pk, at=make.AT, by=None)
    found = RemoteSession.objects.order_by("-started_at").values_list("seconds", "note")
    assert list(found) == [(2520, "a, b"), (3600, "")]


def test_a_list_of_screenconnect_in_utc() -> None:
    batch = make.upload(SCREENCONNECT, "export.txt", KEY)
    rows, _ = queries.sample(batch)
    proposal = queries.propose(batch, importers.get(KEY), rows, language="en")
    columns = {
        **proposal.columns,
        "id": [0],
        "device": [1],
        "technician": [2],
        "start": [3],
        "end": [4],
    }
    choice = services.Choice("ScreenConnect", columns, proposal.notation)
    services.configure(batch, choice, at=make.AT, by=None)
    services.check(batch.pk, at=make.AT, by=None)
    services.write(batch.pk, at=make.AT, by=None)
    session = RemoteSession.objects.get()
    assert session.external_id == "6f0a"
    assert session.started_at == datetime(2026, 11, 21, 8, 2, 11, tzinfo=UTC)


def test_a_spreadsheet_with_real_dates(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        shape = book.add_format({"num_format": "dd/mm/yyyy hh:mm:ss"})
        length = book.add_format({"num_format": "[h]:mm:ss"})
        sheet.write_row(0, 0, ["Technicien", "Début", "Fin", "Durée", "Poste"])
        sheet.write_string(1, 0, "Marco")
        sheet.write_datetime(1, 1, datetime(2026, 11, 21, 9, 2, 11), shape)
        sheet.write_datetime(1, 2, datetime(2026, 11, 21, 9, 44, 11), shape)
        sheet.write_number(1, 3, 42 / 1440, length)
        sheet.write_number(1, 4, 12)
    imported(path.read_bytes(), "a.xlsx")
    session = RemoteSession.objects.get()
    assert (session.seconds, session.device_name) == (2520, "12")
    assert session.started_at == datetime(2026, 11, 21, 8, 2, 11, tzinfo=UTC)


BAD = (
    "Tecnico;PC;Inizio;Fine;Durata;Minuti extra\n"
    "M;A;21/11/2026 09:00;21/11/2026 09:42;;\n"
    "M;A;12/11/2026 11:00;12/11/2026 09:02;;\n"
    "M;A;25/10/2026 02:30;25/10/2026 03:10;;\n"
    "M;A;21/11/2026 09:00;21/11/2026 09:42;;-43\n"
    "M;A;29/03/2026 02:30;29/03/2026 03:10;;\n"
    "M;A;01/01/2025 09:00;05/02/2026 09:42;;\n"
    "M;A;21/11/2027 09:00;21/11/2027 09:42;;\n"
    "M;A;21/11/2026 09:00;21/11/2026 09:42;90 min;\n"
    "M;A;;;;\n"
)


def test_every_bad_row_is_named_with_the_cell_of_the_file() -> None:
    batch = checked(BAD)
    assert (batch.good, batch.bad) == (1, 8)
    found = [(problem["row"], problem["column"], problem["value"]) for problem in batch.problems]
    assert found == [
        (3, "Fine", "12/11/2026 09:02"),
        (4, "Inizio", "25/10/2026 02:30"),
        (5, "Minuti extra", "-43"),
        (6, "Inizio", "29/03/2026 02:30"),
        (7, "Fine", "05/02/2026 09:42"),
        (8, "Inizio", "21/11/2027 09:00"),
        (9, "Durata", "90 min"),
        (10, "Inizio", ""),
    ]
    assert "−42" in str(batch.problems[2]["text"])
    assert "0:42" in str(batch.problems[6]["text"])
    assert not RemoteSession.objects.exists()


def test_one_date_column_and_two_of_time() -> None:
    batch = make.upload("Data;Dalle;Alle;PC\n21/11/2026;23:50;00:20;A\n", importer=KEY)
    choice = services.Choice("Foglio", {"start": [0, 1], "end": [0, 2], "device": [3]}, Notation())
    services.configure(batch, choice, at=make.AT, by=None)
    batch = services.check(batch.pk, at=make.AT, by=None)
    assert batch.problems == []
    services.write(batch.pk, at=make.AT, by=None)
    assert RemoteSession.objects.get().seconds == 1800


def test_a_file_of_one_customer() -> None:
    group = parties.group(name="Brambilla")
    imported("PC;Inizio;Fine\nA;21/11/2026 09:00;21/11/2026 09:42\n", group="Brambilla")
    assert RemoteSession.objects.get().group == group


def test_an_end_that_arrives_later_closes_the_session() -> None:
    head = "ID;PC;Inizio;Fine\n"
    imported(head + "7;A;21/11/2026 09:00;\n")
    batch = imported(head + "7;A;21/11/2026 09:00;21/11/2026 09:42\n")
    assert (batch.new, batch.changed, batch.known) == (0, 1, 0)
    assert RemoteSession.objects.get().seconds == 2520


def test_an_end_finds_its_session_without_a_number_too() -> None:
    head = "PC;Inizio;Fine\n"
    running = head + "A;21/11/2026 09:00;\nB;21/11/2026 09:00;21/11/2026 09:10\n"
    ended = head + "A;21/11/2026 09:00;21/11/2026 09:42\nB;21/11/2026 09:00;21/11/2026 09:10\n"
    assert imported(running).new == 2
    batch = imported(ended)
    assert (batch.new, batch.changed, batch.known) == (0, 1, 1)
    again = imported(ended)
    assert (again.new, again.changed, again.known) == (0, 0, 2)
    assert imported(running).known == 2
    assert sorted(RemoteSession.objects.values_list("seconds", flat=True)) == [600, 2520]


def test_undo_takes_back_what_nobody_used() -> None:
    user = access.user(Role.OWNER)
    other = assistance.session()
    batch = imported(SUPREMO)
    assert services.undo(batch, reason="Wrong month", at=make.AT, by=user.pk) == 3
    assert list(RemoteSession.objects.all()) == [other]
    assert imported(SUPREMO).new == 3


def test_undo_names_the_sessions_in_use() -> None:
    user = access.user(Role.OWNER)
    batch = imported(SUPREMO)
    session = RemoteSession.objects.get(device_key="55")
    session.note = "worked on"
    session.save()
    with pytest.raises(importers.UndoRefusedError) as caught:
        services.undo(batch, reason="x", at=make.AT, by=user.pk)
    assert caught.value.count == 1
    assert caught.value.refused[0].subject.startswith("NB-1")
    assert RemoteSession.objects.count() == 3


def big(rows: int) -> bytes:
    """Return a file with that many sessions, a minute apart, none in a changing hour."""
    out = io.StringIO()
    out.write("Utente;PC remoto;Gruppo;Inizio;Fine;Durata;Note\r\n")
    for number in range(rows):
        day, minute = divmod(number, 1_000)
        hour, minute = divmod(minute, 60)
        date = f"{day % 28 + 1:02d}/{day // 28 % 12 + 1:02d}/{2015 + day // 336}"
        start, end = f"{hour + 4:02d}:{minute:02d}:07", f"{hour + 5:02d}:{minute:02d}:07"
        out.write(f"Tecnico {number % 9};PC-{number % 900};G{number % 60};{date} {start};")
        out.write(f"{date} {end};1:00:00;nota\r\n")
    return out.getvalue().encode()


def test_many_rows_come_through_whole() -> None:
    batch = imported(big(12_000))
    assert (batch.total, batch.new) == (12_000, 12_000)
    assert imported(big(12_000)).known == 12_000
