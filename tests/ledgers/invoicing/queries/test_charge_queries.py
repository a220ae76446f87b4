from datetime import date

import pytest
from tests.make import invoicing as make
from tests.make import parties

from canone.base.access.functions import Role
from canone.base.access.models import User
from canone.kernel.money import Money
from canone.ledgers.invoicing.models import Charge
from canone.ledgers.invoicing.queries import charges as queries
from canone.ledgers.invoicing.queries.charges import Total
from canone.ledgers.invoicing.rules.states import Age, State
from canone.ledgers.invoicing.services import claims

pytestmark = pytest.mark.django_db


def _user(*roles: Role) -> User:
    user = User.objects.create_user(f"{'-'.join(roles)}@firm.example", name="Prova")
    for role in roles:
        user.grants.create(role=role)
    return user


def test_states_and_their_filter_agree() -> None:
    make.charge()
    make.reversed_charge()
    taken = make.charge()
    claims.claim(charge_ids=[taken.pk], document="2026/1", at=make.AT, by=None)
    rows = list(queries.with_state())
    assert len(rows) == 4
    for state in State:
        chosen = queries.in_states(queries.with_state(), [state])
        assert [row.pk for row in chosen] == [row.pk for row in rows if row.state == state]
    assert [row.pk for row in queries.to_invoice()] == [
        row.pk for row in rows if row.state == State.TO_INVOICE
    ]


def test_totals_are_by_state() -> None:
    make.charge(amount_minor=1000)
    make.reversed_charge(amount_minor=500)
    assert queries.totals(Charge.objects.all()) == {
        State.TO_INVOICE: Total(1, Money(1000)),
        State.REVERSED: Total(1, Money(500)),
        State.REVERSAL: Total(1, Money(-500)),
    }


def test_what_is_open_by_customer_kind_and_age() -> None:
    first, second = parties.party(), parties.party()
    make.charge(first, amount_minor=100, kind="work", service_start=date(2026, 10, 31))
    make.charge(first, amount_minor=200, kind="prepaid", service_start=date(2026, 7, 1))
    make.charge(second, amount_minor=400, kind="work", service_start=date(2026, 10, 1))
    make.reversed_charge(second, amount_minor=800)
    assert queries.open_by_customer() == {
        first.pk: Total(2, Money(300)),
        second.pk: Total(1, Money(400)),
    }
    assert queries.open_by_kind() == {
        "work": Total(2, Money(500)),
        "prepaid": Total(1, Money(200)),
    }
    assert queries.open_by_age(day=date(2026, 11, 2)) == {
        Age.UP_TO_30: Total(1, Money(100)),
        Age.UP_TO_60: Total(1, Money(400)),
        Age.UP_TO_90: Total(0, Money(0)),
        Age.OLDER: Total(1, Money(200)),
    }
    assert queries.open_total() == Total(3, Money(700))


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (Role.OWNER, 2),
        (Role.BACK_OFFICE, 2),
        (Role.DISPATCHER, 0),
        (Role.TECHNICIAN, 0),
        (Role.CUSTOMER, 1),
    ],
)
def test_the_office_sees_all_and_a_customer_their_own(role: Role, expected: int) -> None:
    user, own = _user(role), parties.party()
    if role == Role.CUSTOMER:
        parties.login(user, own)
    make.charge(own)
    make.charge()
    assert Charge.objects.visible_to(user).count() == expected


def test_charges_of_an_origin_come_with_their_story() -> None:
    charge = make.reversed_charge()
    found = queries.of_origins([charge.origin, "session:none"])
    assert [row.state for row in found[charge.origin]] == ["reversed", "reversal"]
    assert found["session:none"] == []
