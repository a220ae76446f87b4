"""Zones and payment terms through the API: what their pages can do."""

from __future__ import annotations

from typing import Any

import pytest
from tests.make import parties as make
from tests.people import People, people
from tests.registers.parties.test_api import Caller

from canone.registers.parties.models import PaymentTerms, Zone

pytestmark = pytest.mark.django_db


@pytest.fixture
def who() -> People:
    return people()


def faults(answer: Any) -> list[str]:
    assert answer.status_code == 422
    return sorted(fault["field"] for fault in answer.json()["fields"])


def test_a_zone_is_added_and_changed(who: People) -> None:
    call = Caller(who.owner)
    made = call("post", "/zones", name="Alto lago")
    assert (made.status_code, made.json()["is_active"]) == (201, True)
    path = f"/zones/{made.json()['id']}"
    assert call("patch", path, is_active=False).json() == made.json() | {"is_active": False}
    assert faults(call("post", "/zones", name="Alto lago")) == ["name"]
    assert faults(call("patch", path, name="")) == ["name"]
    assert call("patch", "/zones/999", name="X").status_code == 404
    assert Zone.objects.count() == 1


def test_payment_terms_are_added_and_changed(who: People) -> None:
    call = Caller(who.owner)
    sent = {"code": "RB60", "names": {"it": "Ri.Ba. 60 gg"}, "method": "riba", "first_days": 60}
    made = call("post", "/payment-terms", **sent, month_end=True, skipped_months=[8, 12])
    assert made.status_code == 201
    assert made.json().items() >= (sent | {"instalments": 1, "interval_days": 30}).items()
    path = f"/payment-terms/{made.json()['id']}"
    names = {"it": "Ri.Ba. 60 giorni", "fr": "LCR 60 jours"}
    changed = call("patch", path, names=names, skipped_months=[]).json()
    assert changed == made.json() | {"names": names, "skipped_months": []}
    end = {"month_end": False, "from_month_end": True, "instalments": 3}
    assert call("patch", path, **end).json() == changed | end
    assert faults(call("patch", path, month_end=True)) == ["from_month_end"]
    assert PaymentTerms.objects.get().history.count() == 3  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"code": "T30"}, "code"),
        ({"names": {}}, "names"),
        ({"names": {"de": "x"}}, "names.de.[key]"),
        ({"method": "barter"}, "method"),
        ({"instalments": 0}, "instalments"),
        ({"first_days": 3651}, "first_days"),
        ({"fixed_day": 32}, "fixed_day"),
        ({"skip_day": 0}, "skip_day"),
        ({"skipped_months": [13]}, "skipped_months.0"),
        ({"skipped_months": [1, 1]}, "skipped_months"),
        ({"skipped_months": list(range(1, 13))}, "skipped_months"),
    ],
)
def test_terms_that_cannot_be_are_told(who: People, wrong: dict[str, Any], field: str) -> None:
    make.payment_terms(code="T30")
    sent = {"code": "X", "names": {"it": "X"}}
    assert faults(Caller(who.owner)("post", "/payment-terms", **(sent | wrong))) == [field]
    assert PaymentTerms.objects.count() == 1


def test_who_may_not_set_up_changes_neither(who: People) -> None:
    zone, terms = make.zone(), make.payment_terms()
    call = Caller(who.technician)
    assert call("post", "/zones", name="X").status_code == 403
    assert call("patch", f"/zones/{zone.pk}", name="X").status_code == 403
    assert call("post", "/payment-terms", code="X", names={"it": "X"}).status_code == 403
    assert call("patch", f"/payment-terms/{terms.pk}", code="X").status_code == 403
