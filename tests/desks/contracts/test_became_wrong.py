"""What became wrong by itself keeps nobody from ending or changing a contract."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from tests.make import assets, parties
from tests.make import contracts as make

from canone.desks.contracts.models import Contract
from canone.desks.contracts.services import contracts, lines, types
from canone.registers.assets.services import assets as machines
from canone.registers.parties.models import Mandate
from canone.registers.parties.services import mandates

pytestmark = pytest.mark.django_db
BY: dict[str, Any] = {"at": make.AT, "by": None}
DAY = date(2026, 6, 30)


def revoked(mandate: Mandate) -> Mandate:
    return mandates.revoke(mandate_id=mandate.pk, on=date(2026, 5, 1), **BY)


def debited() -> Contract:
    """Return a contract by a direct debit, the mandate of which was revoked afterwards."""
    customer = parties.party()
    mandate = make.mandate(customer)
    contract = make.contract(customer, method="direct_debit", mandate=mandate)
    make.line(contract)
    revoked(mandate)
    return contract


def asking() -> Contract:
    """Return a contract of a type that asks for a field by now which it did not have."""
    kind = make.contract_type()
    contract = make.contract(type=kind)
    make.line(contract)
    field = {"key": "level", "label": "Livello", "required": True}
    types.update(type_id=kind.pk, fields=[field], **BY)
    return contract


@pytest.mark.parametrize("made", [debited, asking])
def test_a_contract_is_suspended_resumed_and_cancelled(made: Callable[[], Contract]) -> None:
    key = made().pk
    suspended = contracts.suspend(contract_id=key, day=DAY, reason="Pausa", **BY)
    assert suspended.suspended_from == DAY
    assert contracts.unsuspend(contract_id=key, **BY).suspended_from is None
    contracts.suspend(contract_id=key, day=DAY, reason="Pausa", **BY)
    assert lines.resume(contract_id=key, day=date(2026, 9, 1), **BY).suspended_from is None
    ended = contracts.cancel(contract_id=key, last_day=DAY, reason="Disdetta", on=DAY, **BY)
    assert ended.end == date(2026, 7, 1)


def test_what_is_wrong_with_the_cancellation_itself_is_told() -> None:
    contract = debited()
    with pytest.raises(ValidationError) as caught:
        contracts.cancel(contract_id=contract.pk, last_day=DAY, reason="x" * 201, on=DAY, **BY)
    assert set(caught.value.message_dict) == {"cancel_reason"}
    with pytest.raises(ValidationError) as caught:
        contracts.suspend(contract_id=contract.pk, day=DAY, reason=" ", **BY)
    assert caught.value.messages


@pytest.mark.parametrize("made", [debited, asking])
def test_other_values_change(made: Callable[[], Contract]) -> None:
    contract = contracts.update(contract_id=made().pk, title="Server", notes="n", **BY)
    assert (contract.title, contract.notes) == ("Server", "n")


def test_a_revoked_mandate_is_left_for_another_way_but_not_chosen() -> None:
    contract = debited()
    old = contract.mandate
    assert contracts.update(contract_id=contract.pk, method="transfer", **BY).mandate == old
    with pytest.raises(ValidationError) as caught:
        contracts.update(contract_id=contract.pk, method="direct_debit", **BY)
    assert set(caught.value.message_dict) == {"mandate"}
    other = revoked(make.mandate(contract.customer))
    with pytest.raises(ValidationError) as caught:
        contracts.update(contract_id=contract.pk, mandate=other, **BY)
    assert set(caught.value.message_dict) == {"mandate"}
    with pytest.raises(ValidationError) as caught:
        contracts.update(contract_id=contract.pk, customer=parties.party(), **BY)
    assert set(caught.value.message_dict) == {"mandate"}


def test_a_line_ends_when_its_meter_has_gone_to_another_customer() -> None:
    contract = make.contract()
    meter = assets.meter(assets.asset(contract.customer))
    line = make.line(contract, kind="usage", meter=meter, timing="in_arrears")
    machines.update(asset_id=meter.asset_id, customer=parties.party(), **BY)
    assert lines.end(line_id=line.pk, last_day=DAY, **BY).end == date(2026, 7, 1)
    with pytest.raises(ValidationError) as caught:
        lines.end(line_id=line.pk, last_day=date(2025, 12, 1), **BY)
    assert set(caught.value.message_dict) == {"end"}
