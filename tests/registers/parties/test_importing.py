from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.make import exchange
from tests.make import parties as make
from tests.people import People, people

from canone.base.exchange import importers, services
from canone.base.exchange.models import ImportBatch
from canone.registers.parties.models import Contact, Group, Party, Site
from canone.registers.parties.services import parties

pytestmark = pytest.mark.django_db
State = ImportBatch.State
HEAD = "Codice;Ragione sociale;Partita IVA;Zona;Pagamento;Indirizzo;CAP;Comune;Telefono;Fornitore\n"
GOOD = (
    HEAD
    + "A1;Rossi Impianti S.r.l.;IT00743110157;Brianza;BB30;Via Milano 12;22100;Como;031 640123;\n"
    + ";Verdi S.p.A.;;;;;;;;sì\n"
)
BAD = (
    HEAD
    + "A1;Rossi;00743110158;Marte;BB99;;221;;12;\n"
    + "A2;Verdi;;;;;;;;\n"
    + "A2;Neri;;;;;;;;\n"
)


@pytest.fixture
def who() -> People:
    return people()


@pytest.fixture
def _settings() -> None:
    make.zone("Brianza")
    make.payment_terms("BB30")


def _checked(content: str | bytes, importer: str = "parties.parties", **more: Any) -> ImportBatch:
    return exchange.checked(content, importer=importer, **more)


def _write(batch: ImportBatch, by: int | None = None, **more: Any) -> ImportBatch:
    return services.write(batch.pk, at=exchange.AT, by=by, **more)


def _undo(batch: ImportBatch, who: People) -> int:
    return services.undo(batch, reason="File errato", at=exchange.AT, by=who.owner.pk)


@pytest.mark.usefixtures("_settings")
def test_a_file_becomes_parties_and_goes_again(who: People) -> None:
    batch = _checked(GOOD)
    assert (batch.good, batch.bad) == (2, 0), batch.problems
    assert not Party.objects.exists()
    batch = _write(batch, who.owner.pk)
    assert (batch.state, batch.new) == (State.DONE, 2)
    party = Party.objects.get(code="A1")
    assert (party.name, party.vat_number, party.phone) == (
        "Rossi Impianti S.r.l.",
        "00743110157",
        "+39031640123",
    )
    assert str(party.zone) == "Brianza"
    assert str(party.payment_terms) == "Bonifico 30 giorni"
    assert Site.objects.get().city == "Como"
    supplier = Party.objects.get(name="Verdi S.p.A.")
    assert (supplier.is_supplier, supplier.is_customer) == (True, False)
    assert party.history.get().history_user == who.owner

    coded = GOOD.replace(";Verdi", "A2;Verdi")
    parties.update(party_id=supplier.pk, at=exchange.AT, by=None, code="A2")
    again = _write(_checked(coded))
    assert (again.new, again.known) == (0, 2)

    assert _undo(batch, who) == 2
    assert not Party.objects.exists()
    assert not Site.objects.exists()
    assert Party.history.filter(history_type="-").count() == 2


@pytest.mark.usefixtures("_settings")
def test_every_fault_names_its_row_and_column(who: People) -> None:
    batch = _checked(BAD)
    told = {(problem["row"], problem["column"]) for problem in batch.problems}
    assert told == {
        (2, "Partita IVA"),
        (2, "Zona"),
        (2, "Pagamento"),
        (2, "CAP"),
        (2, "Telefono"),
        (4, "Codice"),
    }
    assert (batch.good, batch.bad) == (1, 2)
    with pytest.raises(services.ImportRefusedError):
        _write(batch)
    assert not Party.objects.exists()
    assert _write(batch, good_only=True).new == 1
    assert Party.objects.get().name == "Verdi"


@pytest.mark.usefixtures("_settings")
def test_those_who_are_there_are_left_or_reported() -> None:
    make.party("Rossi", vat_number="00743110157")
    left = _write(_checked(GOOD))
    assert (left.new, left.known) == (1, 1)
    reported = _checked(GOOD, existing="refuse")
    assert [problem["row"] for problem in reported.problems] == [2]


@pytest.mark.usefixtures("_settings")
def test_an_undo_is_refused_when_somebody_is_used_and_names_them(who: People) -> None:
    batch = _write(_checked(GOOD))
    make.login(who.customer, Party.objects.get(code="A1"))
    with pytest.raises(importers.UndoRefusedError) as refused:
        _undo(batch, who)
    batch.refresh_from_db()
    assert batch.state == State.DONE
    assert [record.subject for record in refused.value.refused] == ["Rossi Impianti S.r.l."]
    assert Party.objects.count() == 2


@pytest.mark.usefixtures("_settings")
def test_what_was_added_meanwhile_goes_with_the_party(who: People) -> None:
    batch = _write(_checked(GOOD))
    party = Party.objects.get(code="A1")
    make.contact(party)
    make.group(party)
    _undo(batch, who)
    assert not Party.objects.exists()
    assert not Contact.objects.exists()
    assert not Group.objects.exists()


@pytest.mark.parametrize("language", ["it", "fr", "en"])
def test_an_exported_list_can_be_imported_again(client: Client, who: People, language: str) -> None:
    who.owner.language = language
    who.owner.save()
    party = parties.create(
        at=exchange.AT,
        by=None,
        name="=Rossi & “Figli”; S.r.l.",
        vat_number="00743110157",
        iban="IT60X0542811101000000123456",
        reliability="slow",
        is_supplier=True,
        language="fr",
        notes="Prima riga",
        zone=make.zone("Brianza"),
        payment_terms=make.payment_terms("BB30"),
        office={"street": "Via 1", "postcode": "22100", "city": "Cantù", "province": "CO"},
    )
    names = [field.name for field in Party._meta.fields if field.name not in ("id", "search_text")]
    before = {name: getattr(party, name) for name in names}
    client.force_login(who.owner)
    answer = client.get(
        reverse("parties:list") + "?format=csv", headers={"accept-language": language}
    )
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    parties.remove_unused(party_ids=[party.pk], reason="Prova", at=exchange.AT, by=None)
    batch = _checked(content)
    assert not batch.problems
    _write(batch)
    again = Party.objects.get()
    assert {name: getattr(again, name) for name in names} == before
    site = again.sites.get()
    assert (site.street, site.city, site.province) == ("Via 1", "Cantù", "CO")


def test_groups_find_their_customers_by_code_number_or_name(who: People) -> None:
    one = make.party("Rossi", code="A1", vat_number="00743110157")
    other = make.party("Caffè Lario", code="A2")
    make.party("Doppia", code="A3")
    make.party("DOPPIA", code="A4")
    make.group(one, "Già presente")
    good = "Gruppo;Cliente\nG1;A1\nG2;00743110157\nG3;CAFFE LARIO\nGia presente;A1\n"
    batch = _write(_checked(good, "parties.groups"))
    assert (batch.new, batch.known) == (3, 1)
    assert {(g.name, g.party_id) for g in Group.objects.exclude(name="Già presente")} == {
        ("G1", one.pk),
        ("G2", one.pk),
        ("G3", other.pk),
    }
    bad = _checked("Gruppo;Cliente\nG4;Nessuno\nG5;Doppia\nG6;A1\ng6;A1\n", "parties.groups")
    assert [(p["row"], p["column"]) for p in bad.problems] == [
        (2, "Cliente"),
        (3, "Cliente"),
        (5, "Gruppo"),
    ]
    assert _undo(batch, who) == 3
    assert Group.objects.get().name == "Già presente"


def test_a_file_asks_the_database_as_often_for_many_rows() -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def asked(rows: int) -> int:
        lines = "".join(f"C{rows}-{n};Cliente {n};;;;Via {n};22100;Como;;\n" for n in range(rows))
        batch = exchange.configured(exchange.upload(HEAD + lines, importer="parties.parties"))
        with CaptureQueriesContext(connection) as captured:
            checked = services.check(batch.pk, at=exchange.AT, by=None)
        assert checked.good == rows, checked.problems
        return len(captured)

    assert asked(200) <= asked(20) + 2
