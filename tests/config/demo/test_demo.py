"""The demo firm as a whole: every state is there, the sums agree, a second load adds nothing."""

from __future__ import annotations

from collections import Counter
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from canone.base.access.models import User
from canone.base.events.models import Delivery
from canone.base.history import services as history
from canone.base.mail.models import OutgoingMail
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
    assert not Delivery.objects.exclude(state=Delivery.State.DONE).exists()
    mails = OutgoingMail.objects.order_by("sent_at")
    assert {mail.state for mail in mails} == {OutgoingMail.State.SENT}
    assert all(mail.sent_at == mail.created_at for mail in mails)
    first, last = (one.sent_at for one in (mails[0], mails[len(mails) - 1]))
    assert first is not None
    assert last is not None
    assert (last - first).days > 365
    before = RemoteSession.objects.count()
    call_command("demo_load", stdout=StringIO())
    assert RemoteSession.objects.count() == before
