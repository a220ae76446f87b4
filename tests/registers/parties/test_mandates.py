from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from tests.make import contracts as make
from tests.make import parties

from canone.registers.parties.models import Mandate
from canone.registers.parties.services import mandates

pytestmark = pytest.mark.django_db


def test_a_mandate_keeps_its_account_canonical_and_its_history() -> None:
    mandate = make.mandate(parties.party(), iban="it60 x054 2811 1010 0000 0123 456")
    assert mandate.iban == make.IBAN
    mandates.update(mandate_id=mandate.pk, at=make.AT, by=None, holder="Rossi")
    assert Mandate.objects.get().history.count() == 2


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("iban", "IT60X0542811101000000123457"),
        ("iban", ""),
        ("reference", "perché no"),
        ("reference", "x" * 36),
        ("scheme", "cor1"),
    ],
)
def test_what_a_bank_would_refuse_is_refused(field: str, value: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        make.mandate(parties.party(), **{field: value})
    assert field in caught.value.message_dict


def test_a_reference_is_used_once() -> None:
    make.mandate(parties.party(), reference="A1")
    with pytest.raises(ValidationError) as caught:
        make.mandate(parties.party(), reference="A1")
    assert "reference" in caught.value.message_dict


def test_a_revoked_mandate_stays_as_it_was() -> None:
    mandate = make.mandate(parties.party())
    with pytest.raises(ValidationError):
        mandates.revoke(mandate_id=mandate.pk, on=date(2025, 11, 30), at=make.AT, by=None)
    done = mandates.revoke(mandate_id=mandate.pk, on=date(2026, 5, 1), at=make.AT, by=None)
    assert done.revoked_on == date(2026, 5, 1)
    again = mandates.revoke(mandate_id=mandate.pk, on=date(2026, 6, 1), at=make.AT, by=None)
    assert again.revoked_on == date(2026, 5, 1)
    with pytest.raises(ValidationError, match="2026-05-01"):
        mandates.update(mandate_id=mandate.pk, at=make.AT, by=None, iban=make.IBAN)
