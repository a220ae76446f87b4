"""The demo firms as a whole: every state is there, the sums agree, a second load adds nothing."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F
from django.utils import timezone
from tests.make import access

from canone.base.access.functions import Role
from canone.base.access.models import User
from canone.base.events.models import Delivery
from canone.base.firm.queries import firm
from canone.base.firm.services import revise
from canone.base.history import services as history
from canone.base.mail.models import OutgoingMail
from canone.config.demo import people
from canone.config.demo.land import Land
from canone.config.demo.lands import LANDS
from canone.desks.assistance.models import Accounting, RemoteSession
from canone.desks.assistance.queries.scope import Scope
from canone.desks.assistance.queries.totals import totals
from canone.desks.assistance.rules.states import State
from canone.desks.contracts.models import Contract, Line
from canone.ledgers.invoicing.models import Charge, DueItem, Settlement
from canone.ledgers.invoicing.queries import preview
from canone.ledgers.invoicing.rules.orders import Order
from canone.registers.assets.models import Asset


@pytest.mark.django_db
@pytest.mark.slow
@pytest.mark.parametrize("land", LANDS.values(), ids=list(LANDS))
def test_the_demo_firm_is_whole(land: Land) -> None:
    out = StringIO()
    call_command("demo_load", country=land.country, stdout=out)
    house = land.house
    assert house.password in out.getvalue()
    office = User.objects.get(email=people.address(house, house.staff[1][0]))
    assert office.check_password(house.password)
    assert {user.language for user in User.objects.all()} == {land.language}
    assert (firm().country, firm().language) == (land.country, land.language)
    now = timezone.now()
    sums = totals(Scope(), user=office, day=now.date(), now=now)
    assert set(sums.lines) == set(State)
    assert sums.whole.count == RemoteSession.objects.count() > 3000
    charged = sum(c.amount.minor for c in Charge.objects.filter(kind="remote_session"))
    priced = RemoteSession.objects.filter(accounting__isnull=False)
    assert charged == sum(s.price.minor for s in priced if s.price is not None)
    kinds = Counter(Accounting.objects.values_list("version__tariff__kind", flat=True))
    assert kinds["subscription"] > 300
    assert kinds["pay_per_use"] > 1500
    assert history.verify() == []
    assert not Delivery.objects.exclude(state=Delivery.State.DONE).exists()
    mails = OutgoingMail.objects.order_by("sent_at")
    assert {mail.state for mail in mails} == {OutgoingMail.State.SENT}
    assert all(mail.sent_at == mail.created_at for mail in mails)
    first, last = (one.sent_at for one in (mails[0], mails[len(mails) - 1]))
    assert first is not None
    assert last is not None
    assert (last - first).days > 365
    assert {mail.language for mail in mails} == {land.language}
    contracts_are_whole(now.astimezone(land.zone).date())
    some_is_settled_in_part()
    before = RemoteSession.objects.count()
    call_command("demo_load", stdout=StringIO())
    call_command("demo_load", country=land.country, stdout=StringIO())
    assert RemoteSession.objects.count() == before
    (other,) = set(LANDS) - {land.country}
    with pytest.raises(CommandError, match=rf"{house.firm['name']} \({land.country}\)"):
        call_command("demo_load", country=other, stdout=StringIO())
    assert RemoteSession.objects.count() == before


def some_is_settled_in_part() -> None:
    """Fail unless there are items paid in part, one written off, and payments say how."""
    (off,) = Settlement.objects.filter(kind=Settlement.Kind.WRITE_OFF)
    assert off.reason
    parts = DueItem.objects.filter(settled__gt=0).exclude(amount=F("settled"))
    assert parts.count() == 3
    assert all(0 <= one.amount.minor - 2 * one.settled.minor < 200 for one in parts)
    paid = Settlement.objects.filter(kind=Settlement.Kind.PAYMENT)
    assert paid.exclude(method="").count() > 0.9 * paid.count()


def contracts_are_whole(day: date) -> None:
    """Fail unless there are contracts of all kinds, billed in the past and due today."""
    assert Contract.objects.count() >= 70
    lines = Line.objects.filter(is_on_request=False)
    shapes = set(lines.values_list("unit_of_cycle", "every", "timing", "anchor"))
    assert len(shapes) >= 8
    assert {"", "week", "month"} <= {unit for unit, *_rest in shapes}
    assert lines.filter(kind="usage").count() >= 8
    fees = Line.objects.filter(kind="fee")
    assert not fees.filter(article=None).exists(), "every fee is for a service"
    counted = fees.exclude(quantity_micros=1_000_000).values_list("article__unit__code", flat=True)
    assert set(counted) <= {"nr", "GB", "u", "Go"}, "what there are several of is no month"
    assert Asset.objects.count() >= 40
    assert Contract.objects.filter(cancelled_on__isnull=False).count() == 3
    assert Contract.objects.filter(suspended_from__isnull=False).count() == 2
    soon = day + timedelta(days=50)
    assert Contract.objects.filter(end__gt=day, end__lte=soon).count() >= 3
    billed = Charge.objects.filter(kind__in=("contract", "contract_usage"))
    assert billed.exclude(document="").count() > 500
    found = preview.sums(Order(through=day, issue_date=day))
    assert 35 <= found.documents <= 75
    assert {"suspended", "missing_reading"} <= set(found.left_out)
    # what lacks a number lacks it today: nothing has been lying there for years
    old = preview.sums(Order(through=day - timedelta(days=100), issue_date=day))
    assert "no_siren" not in old.left_out


@pytest.mark.django_db
def test_a_firm_that_works_is_left_alone() -> None:
    revise(name="Officina Vera", city="Como")
    access.user(Role.OWNER)
    with pytest.raises(CommandError, match="Officina Vera"):
        call_command("demo_load", stdout=StringIO())
    assert firm().name == "Officina Vera"
    assert User.objects.count() == 1
