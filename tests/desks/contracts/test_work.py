"""Lines that price work: written, shown, billed by nobody, copied, on paper, by the API."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from tests import kit, people
from tests.make import assistance, catalog, parties
from tests.make import contracts as make
from tests.make.contracts import AT

from canone.config import wiring
from canone.desks.assistance.services import accounting
from canone.desks.contracts.models import Contract, Line
from canone.desks.contracts.queries import covering, papers, proposing
from canone.desks.contracts.services import contracts, copying, lines
from canone.kernel.money import UnitPrice
from canone.ledgers.allowances.models import Allowance
from canone.ledgers.invoicing.rules.ports import Ask
from canone.registers.catalog.models import Tariff
from canone.registers.parties.models import Group
from canone.registers.parties.services import records

pytestmark = pytest.mark.django_db
HX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def contract() -> Contract:
    return make.contract()


@pytest.fixture
def group(contract: Contract) -> Group:
    return parties.group(contract.customer)


@pytest.fixture
def tariff() -> Tariff:
    return catalog.tariff("Consumo base")


@pytest.fixture
def office(client: Client) -> Client:
    client.force_login(people.people().colleague)
    client.cookies["django_language"] = "it"
    return client


def line(of: Contract, tariff: Tariff | None, **fields: Any) -> Line:
    given: dict[str, Any] = {"kind": "tariff", "tariff": tariff, "unit_of_cycle": ""} | fields
    return lines.add(contract_id=of.pk, at=AT, by=None, **given)


def url(name: str, *args: Any) -> str:
    return reverse(f"contracts:{name}", args=args)


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        ({"tariff": None}, {"tariff"}),
        ({"unit_price": UnitPrice(10)}, {"unit_price"}),
        ({"discount_bp": 100}, {"discount_bp"}),
        ({"grants": "minute", "granted": 60}, {"grants"}),
        ({"kind": "fee", "description": "Canone"}, {"tariff"}),
    ],
)
def test_a_line_for_work_is_looked_at(
    contract: Contract, tariff: Tariff, fields: dict[str, Any], names: set[str]
) -> None:
    with pytest.raises(ValidationError) as caught:
        line(contract, fields.pop("tariff", tariff), **fields)
    assert set(caught.value.message_dict) == names


def test_a_group_of_somebody_else_is_refused(contract: Contract, tariff: Tariff) -> None:
    with pytest.raises(ValidationError) as caught:
        line(contract, tariff, group=parties.group())
    assert set(caught.value.message_dict) == {"group"}


def test_what_contracts_cover(contract: Contract, group: Group, tariff: Tariff) -> None:
    own = line(contract, tariff)
    parties.group()
    [one] = covering.covered()
    assert (one.group_id, one.line_id, one.start, one.end) == (group.pk, own.pk, make.START, None)
    contracts.cancel(
        contract_id=contract.pk,
        last_day=date(2026, 6, 30),
        reason="-",
        on=make.START,
        at=AT,
        by=None,
    )
    assert [one.end for one in covering.covered(groups=[group.pk])] == [date(2026, 7, 1)]
    assert covering.covered(groups=[parties.group().pk]) == []


def test_it_is_charged_by_no_run(contract: Contract, tariff: Tariff) -> None:
    line(contract, tariff)
    ask = Ask(through=date(2026, 12, 31))
    found = proposing.proposer().propose(ask, [contract.customer_id])
    assert found.proposals == []
    assert [one.code for one in found.left_out] == ["only_work"]
    make.line(contract)
    found = proposing.proposer().propose(ask, [contract.customer_id])
    assert len(found.proposals) == 12
    assert found.left_out == []


def test_a_subscription_opens_the_pool_of_the_contract(contract: Contract) -> None:
    line(contract, assistance.subscription())
    pool = Allowance.objects.get()
    assert (pool.owner, pool.customer) == (f"contract:{contract.pk}:minute", contract.customer)
    with pytest.raises(ValidationError) as caught:
        contracts.update(contract_id=contract.pk, customer=parties.party(), at=AT, by=None)
    assert set(caught.value.message_dict) == {"customer"}


def test_a_copy_leaves_behind_what_names_a_group(
    contract: Contract, group: Group, tariff: Tariff
) -> None:
    line(contract, tariff, group=group)
    line(contract, tariff)
    other = parties.party()
    told: dict[str, Any] = {"contract_id": contract.pk, "start": make.START, "at": AT, "by": None}
    new = copying.copy(customer_id=other.pk, **told)
    assert [(one.tariff, one.group) for one in new.lines.all()] == [(tariff, None)]
    same = copying.copy(customer_id=contract.customer_id, **told)
    assert same.lines.count() == 2


def test_a_line_by_which_work_was_accounted_stays(
    office: Client, contract: Contract, group: Group, tariff: Tariff
) -> None:
    own = line(contract, tariff)
    session = assistance.session(group)
    accounting.account_one(session_id=session.pk, day=assistance.DAY, at=assistance.AFTER, by=None)
    answer = office.delete(f"/api/v1/contract-lines/{own.pk}")
    assert answer.status_code == 409
    with pytest.raises(records.InUseError):
        contracts.remove_unused(contract_ids=[contract.pk], reason="-", at=AT, by=None)
    assert Line.objects.get() == own


def test_pages_write_show_and_end_it(
    office: Client, contract: Contract, group: Group, tariff: Tariff
) -> None:
    new = {"tariff": tariff.pk, "group": group.pk, "start": "01/03/2026"}
    form = office.get(url("work_new", contract.pk)).content.decode()
    assert url("work_preview", contract.pk) in form
    assert office.post(url("work_new", contract.pk), {"start": "01/03/2026"}).status_code == 422
    assert office.post(url("work_new", contract.pk), new).status_code == 302
    own = Line.objects.get()
    assert (own.tariff, own.group, own.start) == (tariff, group, date(2026, 3, 1))
    text = office.get(url("detail", contract.pk)).content.decode()
    assert url("work_edit", own.pk) in text
    assert "Profilo Consumo base" in text
    assert group.name in text
    for other in ("line_edit", "usage_edit"):
        assert office.get(url(other, own.pk)).headers["Location"] == url("work_edit", own.pk)
    assert office.get(url("usage_revise", own.pk)).headers["Location"] == url("work_revise", own.pk)
    changed = new | {"group": "", "last_day": "31/12/2026", "of_line": own.pk}
    changed |= kit.seen(office, url("work_edit", own.pk))
    assert office.post(url("work_edit", own.pk), changed).status_code == 302
    own.refresh_from_db()
    assert (own.group, own.end) == (None, date(2027, 1, 1))
    later = {"tariff": catalog.tariff().pk, "day": "01/06/2026"}
    later |= kit.seen(office, url("work_revise", own.pk))
    assert office.post(url("work_revise", own.pk), later).status_code == 302
    following = Line.objects.get(follows=own)
    assert (following.start, following.tariff_id) == (date(2026, 6, 1), later["tariff"])
    assert (
        url("work_end_preview", following.pk)
        in office.get(url("line_end", following.pk)).content.decode()
    )
    history = office.get(url("history", contract.pk)).content.decode()
    assert "Consumo base" in history


def test_forms_say_which_sessions_they_touch(
    office: Client, contract: Contract, group: Group, tariff: Tariff
) -> None:
    wiring.connect()
    assistance.assignment(group, catalog.tariff(step_price=UnitPrice.of(8)))
    assistance.session(group)
    new = {"tariff": tariff.pk, "start": "01/01/2026"}
    text = office.post(url("work_preview", contract.pk), new, **HX).content.decode()
    assert "1 assistenza non ancora contabilizzata cambia prezzo" in text
    assert "68,00" in text
    assert "44,00" in text
    assert "15 minuti" in text
    own = line(contract, tariff)
    text = office.post(url("work_preview", contract.pk), new | {"of_line": own.pk}, **HX)
    assert "Nessuna assistenza da contabilizzare cambia prezzo" in text.content.decode()
    later = {"tariff": tariff.pk, "day": "01/06/2026", "group": parties.group(contract.customer).pk}
    text = office.post(url("work_preview", contract.pk), later | {"of_line": own.pk}, **HX)
    assert "1 assistenza non ancora contabilizzata cambia prezzo" in text.content.decode()
    text = office.post(url("work_end_preview", own.pk), {"last_day": "31/10/2026"}, **HX)
    assert "1 assistenza non ancora contabilizzata cambia prezzo" in text.content.decode()
    text = office.post(url("work_preview", contract.pk), {}, **HX).content.decode()
    assert "Compili il modulo" in text


def test_cancelling_and_suspending_say_which_sessions_they_touch(
    office: Client, contract: Contract, group: Group, tariff: Tariff
) -> None:
    wiring.connect()
    cancel, suspend = url("cancel_preview", contract.pk), url("suspend_preview", contract.pk)
    assert cancel not in office.get(url("cancel", contract.pk)).content.decode(), (
        "no work, no panel"
    )
    assistance.assignment(group, catalog.tariff(step_price=UnitPrice.of(8)))
    assistance.session(group)  # 42 minutes on 16 November 2026
    line(contract, tariff)
    assert cancel in office.get(url("cancel", contract.pk)).content.decode()
    assert suspend in office.get(url("suspend", contract.pk)).content.decode()
    one = "1 assistenza non ancora contabilizzata cambia prezzo"
    # what else the form asks for may still be missing
    text = office.post(cancel, {"last_day": "15/11/2026"}, **HX).content.decode()
    assert one in text
    assert "44,00" in text
    assert "68,00" in text
    assert contract.customer.name in text
    text = office.post(cancel, {"last_day": "16/11/2026"}, **HX).content.decode()
    assert "Nessuna assistenza da contabilizzare cambia prezzo" in text
    text = office.post(suspend, {"day": "16/11/2026"}, **HX).content.decode()
    assert one in text
    text = office.post(suspend, {"day": "17/11/2026"}, **HX).content.decode()
    assert "Nessuna assistenza da contabilizzare cambia prezzo" in text
    for address in (cancel, suspend):
        assert "Compili il modulo" in office.post(address, {}, **HX).content.decode()
    contract.refresh_from_db()
    assert (contract.end, contract.suspended_from) == (None, None), "nothing is written"


def test_cancelling_says_which_sessions_draw_on_the_hours_of_the_contract(
    office: Client, contract: Contract, group: Group
) -> None:
    wiring.connect()
    make.line(contract, grants="minute", granted=600)
    line(contract, assistance.subscription())
    assistance.session(group)
    address = url("cancel_preview", contract.pk)
    text = office.post(address, {"last_day": "31/12/2026"}, **HX).content.decode()
    assert "1 assistenza non ancora contabilizzata attinge alle ore incluse nel contratto" in text
    text = office.post(address, {"last_day": "30/09/2026"}, **HX).content.decode()
    assert "1 assistenza non ancora contabilizzata cambia prezzo" in text


def test_on_paper_it_says_what_work_costs(contract: Contract, group: Group, tariff: Tariff) -> None:
    line(contract, tariff, group=group)
    [row] = papers.data(Contract.objects.get(), day=make.START)["rows"]
    assert row[0] == "Assistenze a consumo"
    assert group.name in row[1]
    assert "20,00" in row[1]


def test_the_api_writes_and_tells_it(
    office: Client, contract: Contract, group: Group, tariff: Tariff
) -> None:
    def send(method: str, path: str, body: dict[str, Any]) -> Any:
        return office.generic(method, f"/api/v1/{path}", json.dumps(body), "application/json")

    root = f"contracts/{contract.pk}/lines"
    assert send("POST", root, {"description": "Canone"}).status_code == 422
    assert send("POST", root, {"kind": "tariff"}).status_code == 422
    wrong = {"kind": "tariff", "tariff_id": tariff.pk, "group_id": parties.group().pk}
    faults = send("POST", root, wrong).json()["fields"]
    assert [fault["field"] for fault in faults] == ["group_id"]
    made = send("POST", root, wrong | {"group_id": group.pk})
    assert made.status_code == 201, made.content
    told = made.json()
    assert (told["kind"], told["tariff_id"], told["group_id"]) == ("tariff", tariff.pk, group.pk)
    kept = send("PATCH", f"contract-lines/{told['id']}", {"group_id": None}).json()
    assert (kept["tariff_id"], kept["group_id"]) == (tariff.pk, None)
    session = assistance.session(group)
    seen = office.get(f"/api/v1/sessions/{session.pk}").json()
    assert (seen["contract_id"], seen["contract_line_id"]) == (contract.pk, told["id"])
    assert seen["price"] == "44.00"


def test_taking_up_again_says_which_sessions_it_touches(
    office: Client, contract: Contract, group: Group, tariff: Tariff
) -> None:
    wiring.connect()
    address = url("resume_preview", contract.pk)
    assistance.assignment(group, catalog.tariff(step_price=UnitPrice.of(8)))
    assistance.session(group)  # 42 minutes on 16 November 2026
    line(contract, tariff)
    line(contract, catalog.tariff(), group=parties.group(contract.customer))
    contracts.suspend(contract_id=contract.pk, day=date(2026, 11, 1), reason="x", at=AT, by=None)
    assert address in office.get(url("resume", contract.pk)).content.decode()
    one = "1 assistenza non ancora contabilizzata cambia prezzo"
    none = "Nessuna assistenza da contabilizzare cambia prezzo"
    text = office.post(address, {"how": "forget"}, **HX).content.decode()
    assert one in text
    assert text.index("68,00") < text.index("44,00")
    assert "riprendono il prezzo di questo contratto" in text
    assert one in office.post(address, {"how": "cut", "day": "16/11/2026"}, **HX).content.decode()
    assert none in office.post(address, {"how": "cut", "day": "17/11/2026"}, **HX).content.decode()
    for sent in ({}, {"how": "cut"}, {"how": "cut", "day": "01/10/2026"}):
        assert "Compili il modulo" in office.post(address, sent, **HX).content.decode()
    contract.refresh_from_db()
    assert contract.suspended_from == date(2026, 11, 1), "nothing is written"
    assert Line.objects.count() == 2


@time_machine.travel("2026-11-20 10:00", tick=False)
def test_taking_up_again_says_what_the_pause_comes_to(office: Client, contract: Contract) -> None:
    make.line(contract, "100", anchor="calendar")
    make.line(contract, "50", anchor="calendar", is_on_request=True)
    contracts.suspend(contract_id=contract.pk, day=date(2026, 9, 10), reason="x", at=AT, by=None)
    text = office.get(url("resume", contract.pk)).content.decode()
    assert "la pausa ammonta a oggi a 200,00" in text
