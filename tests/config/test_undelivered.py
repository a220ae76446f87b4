import pytest
from django.test import Client
from django.urls import reverse
from tests import people

from canone.base.events.models import Delivery, Event

pytestmark = pytest.mark.django_db


def test_owners_see_what_was_set_aside_and_deliver_it_again(client: Client) -> None:
    who = people.people()
    event = Event.objects.create(kind="allowances.AllowanceLow", payload={})
    dead = Delivery.objects.create(
        event=event, handler="x.y", state="dead", attempts=12, error="RuntimeError: no paper"
    )
    client.force_login(who.colleague)
    assert client.get(reverse("undelivered")).status_code == 404
    client.force_login(who.owner)
    assert "no paper" in client.get(reverse("undelivered")).content.decode()
    client.post(reverse("undelivered_retry"), {"ids": [dead.pk]})
    dead.refresh_from_db()
    assert (dead.state, dead.attempts) == ("waiting", 0)
    assert "no paper" not in client.get(reverse("undelivered")).content.decode()
