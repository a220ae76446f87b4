from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from tests import people
from tests.make import assets, parties
from tests.make import contracts as make

from canone.base.files.models import StoredFile
from canone.base.firm.services import revise
from canone.desks.contracts.models import Agent, Contract, ContractType, Cover, Paper
from canone.desks.contracts.services import contracts, lines, parts, types
from canone.kernel.money import UnitPrice

pytestmark = pytest.mark.django_db
OWN = [
    {"key": "plant", "label": "Impianto", "kind": "text", "required": True},
    {"key": "power", "label": "Potenza kW", "kind": "number"},
    {"key": "tested", "label": "Collaudo", "kind": "day"},
    {"key": "roof", "label": "Sul tetto", "kind": "yes"},
    {"key": "class", "label": "Classe", "kind": "choice", "choices": ["A", "B"]},
]


@pytest.fixture
def office(client: Client) -> Client:
    client.force_login(people.people().colleague)
    client.cookies["django_language"] = "it"
    return client


def url(name: str, *args: Any) -> str:
    return reverse(f"contracts:{name}", args=args)


def text_of(client: Client, name: str, *args: Any) -> str:
    answer = client.get(url(name, *args))
    assert answer.status_code == 200
    return answer.content.decode()


def seen(client: Client, name: str, contract: Contract) -> str:
    return str(client.get(url(name, contract.pk)).context["form"]["seen"].value())


def register(client: Client, contract: Contract, **fields: Any) -> Any:
    given = {
        "customer": contract.customer_id,
        "number": contract.number,
        "start": "01/01/2026",
        "seen": seen(client, "edit", contract),
    } | fields
    return client.post(url("edit", contract.pk), given)


def accounting(client: Client, contract: Contract, *rows: tuple[int, str], **fields: Any) -> Any:
    given: dict[str, Any] = {
        "arrears_on": "day_after",
        "seen": seen(client, "accounting", contract),
        "agents-TOTAL_FORMS": len(rows),
        "agents-INITIAL_FORMS": 0,
    }
    for number, (party, share) in enumerate(rows):
        given |= {f"agents-{number}-party": party, f"agents-{number}-share": share}
    return client.post(url("accounting", contract.pk), given | fields)


def test_what_is_typed_on_a_tab_is_saved_when_one_moves_on(office: Client) -> None:
    contract = make.contract()
    answer = register(office, contract, title="Assistenza", go="accounting")
    assert answer.headers["Location"] == url("accounting", contract.pk)
    contract.refresh_from_db()
    assert contract.title == "Assistenza"
    answer = accounting(office, contract, cig="Z1234567AB", go="machines")
    assert answer.headers["Location"] == url("machines", contract.pk)
    contract.refresh_from_db()
    assert (contract.title, contract.cig) == ("Assistenza", "Z1234567AB")
    answer = accounting(office, contract, cig="Z1234567AB", go="situation")
    assert answer.headers["Location"] == url("detail", contract.pk)


def test_a_tab_with_a_fault_stays_and_keeps_what_was_typed(office: Client) -> None:
    contract = make.contract()
    answer = register(office, contract, title="Da tenere", start="31/02/2026", go="conditions")
    assert answer.status_code == 422
    assert "Da tenere" in answer.content.decode()
    contract.refresh_from_db()
    assert contract.title == ""


def test_moving_on_without_typing_changes_nothing(office: Client) -> None:
    contract = make.contract()
    versions = contract.history.count()
    answer = register(office, contract, go="conditions")
    assert answer.headers["Location"] == url("conditions", contract.pk)
    assert contract.history.count() == versions


def test_the_own_fields_of_a_type_stand_on_the_form(office: Client) -> None:
    kind = make.contract_type(fields=OWN)
    contract = make.contract()
    shown = office.get(url("own_fields"), {"type": kind.pk, "custom_plant": "Caldaia 7"})
    text = shown.content.decode()
    assert "Potenza kW" in text
    assert "Caldaia 7" in text
    assert "Potenza kW" not in office.get(url("own_fields"), {"type": ""}).content.decode()
    answer = register(office, contract, type=kind.pk)
    assert answer.status_code == 422
    assert "Impianto" in answer.content.decode()
    given = {"custom_plant": "Caldaia 7", "custom_power": "24,5", "custom_tested": "03/02/2026",
             "custom_roof": "on", "custom_class": "B"}  # fmt: skip
    assert register(office, contract, type=kind.pk, **given).status_code == 302
    contract.refresh_from_db()
    assert contract.custom == {
        "plant": "Caldaia 7", "power": "24.5", "tested": "2026-02-03", "roof": True, "class": "B",
    }  # fmt: skip
    text = text_of(office, "register", contract.pk)
    for word in ("Caldaia 7", "24,5", "03/02/2026", "Sì"):
        assert word in text
    text = text_of(office, "edit", contract.pk)
    assert "24,5" in text
    assert "03/02/2026" in text
    wrong = register(office, contract, type=kind.pk, **(given | {"custom_power": "molti"}))
    assert wrong.status_code == 422
    assert "molti" in wrong.content.decode()


def test_a_type_that_changed_its_fields_does_not_stand_in_the_way(office: Client) -> None:
    kind = make.contract_type(fields=[OWN[0]])
    contract = make.contract(type=kind, custom={"plant": "Caldaia 7"})
    other = [{"key": "other", "label": "Altro", "kind": "text", "required": True}]
    types.update(type_id=kind.pk, at=make.AT, by=None, fields=other)
    assert accounting(office, contract, cig="Z1234567AB").status_code == 302
    contract.refresh_from_db()
    assert (contract.cig, contract.custom) == ("Z1234567AB", {"plant": "Caldaia 7"})


def test_the_parts_of_agents_are_at_most_the_whole(office: Client) -> None:
    contract = make.contract()
    one, two = parties.party("Agente Uno"), parties.party("Agente Due")
    answer = accounting(office, contract, (one.pk, "60"), (two.pk, "40,5"))
    assert answer.status_code == 422
    assert "100" in answer.content.decode()
    assert not Agent.objects.exists()
    assert accounting(office, contract, (one.pk, "60"), (one.pk, "10")).status_code == 422
    assert accounting(office, contract, (one.pk, "")).status_code == 422
    assert accounting(office, contract, (one.pk, "60"), (two.pk, "40")).status_code == 302
    assert dict(Agent.objects.values_list("party_id", "share_bp")) == {one.pk: 6_000, two.pk: 4_000}
    assert "Agente Due" in text_of(office, "register", contract.pk)
    assert accounting(office, contract, (two.pk, "12,5")).status_code == 302
    assert dict(Agent.objects.values_list("party_id", "share_bp")) == {two.pk: 1_250}


def test_a_direct_debit_asks_for_a_mandate_of_the_customer(office: Client) -> None:
    contract = make.contract()
    answer = accounting(office, contract, method="direct_debit")
    assert answer.status_code == 422
    mandate = make.mandate(contract.customer)
    strange = make.mandate(parties.party())
    assert accounting(office, contract, mandate=strange.pk).status_code == 422
    fine = accounting(office, contract, method="direct_debit", mandate=mandate.pk)
    assert fine.status_code == 302
    contract.refresh_from_db()
    assert contract.mandate == mandate


def test_machines_are_covered_and_no_longer(office: Client) -> None:
    contract = make.contract()
    machine = assets.asset(contract.customer, name="Caldaia", serial="SN-77")
    strange = assets.asset(name="Altrui")
    text = text_of(office, "machines", contract.pk)
    assert "SN-77" in text
    assert "Altrui" not in text
    page = url("machines", contract.pk)
    assert office.post(page, {"asset": strange.pk}).status_code == 422
    answer = office.post(page, {"asset": machine.pk, "start": "01/03/2026", "go": "machines"})
    assert answer.headers["Location"] == page
    cover = Cover.objects.get()
    assert (cover.asset, cover.start, cover.end) == (machine, date(2026, 3, 1), None)
    wrong = office.post(page, {f"until_{cover.pk}": "01/02/2026"})
    assert wrong.status_code == 422
    assert office.post(page, {f"until_{cover.pk}": "30/06/2026"}).status_code == 302
    cover.refresh_from_db()
    assert cover.end == date(2026, 7, 1)
    assert office.post(page, {f"until_{cover.pk}": ""}).status_code == 302
    cover.refresh_from_db()
    assert cover.end is None
    assert "SN-77" in text_of(office, "register", contract.pk)
    assert office.post(url("cover_remove", cover.pk)).status_code == 302
    assert not Cover.objects.exists()


def test_the_signed_contract_is_kept_fetched_and_removed(office: Client) -> None:
    contract = make.contract()
    page = url("conditions", contract.pk)
    given = {
        "conditions": "Intervento entro 8 ore.",
        "seen": seen(office, "conditions", contract),
        "file": SimpleUploadedFile("firmato.pdf", b"%PDF-1.4\n%%EOF\n"),
        "paper_title": "Contratto firmato",
        "is_signed": "on",
        "go": "conditions",
    }
    assert office.post(page, given).headers["Location"] == page
    paper = Paper.objects.get()
    contract.refresh_from_db()
    assert (paper.title, paper.is_signed) == ("Contratto firmato", True)
    assert contract.conditions == "Intervento entro 8 ore."
    assert "Contratto firmato" in text_of(office, "register", contract.pk)
    sent = office.get(url("paper", paper.pk))
    assert b"".join(sent) == b"%PDF-1.4\n%%EOF\n"  # type: ignore[call-overload]
    assert "firmato.pdf" in sent.headers["Content-Disposition"]
    bad = {
        "conditions": "Altro testo",
        "seen": seen(office, "conditions", contract),
        "file": SimpleUploadedFile("x.exe", b"MZ\x00\x00"),
    }
    assert office.post(page, bad).status_code == 422
    contract.refresh_from_db()
    assert contract.conditions == "Intervento entro 8 ore."
    assert office.post(url("paper_remove", paper.pk)).status_code == 302
    assert not Paper.objects.exists()
    assert not StoredFile.objects.filter(owner=contract.bundle).exists()


def test_the_history_tells_of_lines_agents_and_papers_too(office: Client) -> None:
    contract = make.contract()
    line = make.line(contract, description="Canone rete")
    lines.update(line_id=line.pk, at=make.AT, by=None, unit_price=UnitPrice.of("120"))
    agent = parties.party("Agente Uno")
    shares = {agent.pk: 500}
    parts.set_agents(contract_id=contract.pk, shares=shares, at=make.AT, by=None)
    parts.set_agents(contract_id=contract.pk, shares={}, at=make.AT, by=None)
    contracts.update(contract_id=contract.pk, at=make.AT, by=None, title="Nuovo titolo")
    text = text_of(office, "history", contract.pk)
    for word in ("Riga: Canone rete", "Agente: Agente Uno · eliminazione", "Nuovo titolo"):
        assert word in text


def own_rows(*rows: dict[str, Any]) -> dict[str, Any]:
    given: dict[str, Any] = {"own-TOTAL_FORMS": len(rows), "own-INITIAL_FORMS": 0}
    for number, row in enumerate(rows):
        given |= {f"own-{number}-{name}": value for name, value in row.items()}
    return given


def test_a_type_is_made_with_its_fields(office: Client) -> None:
    rows = own_rows(
        {"label": "Numero impianto", "kind": "text", "required": "on"},
        {"label": "Fascia", "kind": "choice", "choices": "Oro, Argento"},
        {"label": ""},
    )
    given = {"code": "IMP", "name": "Impianti", "conditions": "Testo", "is_active": "on"}
    assert office.post(url("type_new"), given | rows).status_code == 302
    kind = ContractType.objects.get()
    assert kind.fields == [
        {"key": "numero_impianto", "label": "Numero impianto", "kind": "text", "required": True},
        {"key": "fascia", "label": "Fascia", "kind": "choice", "choices": ["Oro", "Argento"],
         "required": False},
    ]  # fmt: skip
    assert make.contract(type=kind, custom={"numero_impianto": "7"}).conditions == "Testo"
    assert "Impianti" in text_of(office, "types")
    assert "Oro, Argento" in text_of(office, "type_edit", kind.pk)


def test_the_fields_of_a_type_are_checked(office: Client) -> None:
    given = {"code": "IMP", "name": "Impianti", "is_active": "on"}
    for rows in (
        own_rows({"label": "Fascia", "kind": "choice", "choices": " , "}),
        own_rows({"label": "Uno", "key": "a", "kind": "text"}, {"label": "Due", "key": "a"}),
        own_rows({"label": "Uno", "key": "1 2", "kind": "text"}),
    ):
        answer = office.post(url("type_new"), given | rows)
        assert answer.status_code == 422
        assert "Impianti" in answer.content.decode()
    assert not ContractType.objects.exists()


def test_a_french_firm_is_not_asked_for_italian_references(office: Client) -> None:
    contract = make.contract()
    assert 'name="cig"' in text_of(office, "accounting", contract.pk)
    assert ">CIG<" in text_of(office, "register", contract.pk)
    revise(name="Semnotech", city="Annecy", country="fr")
    assert 'name="cig"' not in text_of(office, "accounting", contract.pk)
    assert ">CIG<" not in text_of(office, "register", contract.pk)
    assert accounting(office, contract, order_number="EJ-7").status_code == 302
    contract.refresh_from_db()
    assert (contract.order_number, contract.cig) == ("EJ-7", "")
