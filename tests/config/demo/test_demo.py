"""The demo firm as a whole: every state is there, the sums agree, a second load adds nothing."""

from __future__ import annotations

from collections import Counter
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from canone.base.access.models import User
from canone.base.history import services as history
from canone.config.demo import people
from canone.desks.assistance.models import Accounting, RemoteSession
from canone.desks.assistance.queries.scope import Scope
from canone.desks.assistance.queries.totals import totals
from canone.desks.assistance.rules.states import State
from canone.ledgers.invoicing.models import Charge


@pytest.mark.django_db
@pytest.mark.slow
def test_the_demo_firm_is_whole() -> None:
    out = StringIO()
    call_command("demo_load", stdout=out)
    assert people.PASSWORD in out.getvalue()
    sara = User.objects.get(email=f"sara@{people.DOMAIN}")
    assert sara.check_password(people.PASSWORD)
    now = timezone.now()
    sums = totals(Scope(), user=sara, day=now.date(), now=now)
    assert set(sums.lines) == set(State)
    assert sums.whole.count == RemoteSession.objects.count() > 3000
    charged = sum(c.amount.minor for c in Charge.objects.filter(kind="remote_session"))
    priced = RemoteSession.objects.filter(accounting__isnull=False)
    assert charged == sum(s.price.minor for s in priced if s.price is not None)
    kinds = Counter(Accounting.objects.values_list("version__tariff__kind", flat=True))
    assert kinds["subscription"] > 300
    assert kinds["pay_per_use"] > 1500
    assert history.verify() == []
    before = RemoteSession.objects.count()
    call_command("demo_load", stdout=StringIO())
    assert RemoteSession.objects.count() == before
