"""Every kind of fact: documented, shown by an example that fits, and told where it happens."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest
from django.core.exceptions import ValidationError
from tests.make import access, invoicing, webhooks

from canone.base.access import functions
from canone.base.access.functions import Role
from canone.base.events import facts
from canone.base.events import services as events
from canone.base.tasks import services as jobs
from canone.base.tasks.models import Job
from canone.base.tasks.services import attempts
from canone.channels.webhooks.models import Delivery, Message
from canone.channels.webhooks.rules import payloads
from canone.config import api
from canone.ledgers.allowances.events import AllowanceLow
from canone.registers.parties.services import parties as services

pytestmark = pytest.mark.django_db
AT = webhooks.AT
CODES = [fact.code for fact in facts.every()]


def told(code: str) -> list[dict[str, Any]]:
    return [row.data for row in Message.objects.filter(fact=code).order_by("pk")]


@pytest.mark.parametrize("code", CODES)
def test_an_example_fits_what_the_api_describes(code: str) -> None:
    fact = facts.get(code)
    said = payloads.data(fact.example())
    whole = {
        "id": "msg_1",
        "type": code,
        "version": fact.version,
        "timestamp": "2026-11-20T09:00:00Z",
        "data": said,
    }
    described = api.schema()["webhooks"][code]["post"]["requestBody"]["content"]
    schema = described["application/json"]["schema"]
    jsonschema_rs.validate(schema, whole)
    assert not jsonschema_rs.is_valid(schema, whole | {"data": {}})
    assert functions.get(fact.sees)
    assert str(fact.title)


def test_there_are_the_facts_that_were_promised() -> None:
    assert set(CODES) >= {
        *("charge.posted", "charge.reversed", "session.accounted", "session.undone"),
        *("allowance.low", "party.created", "party.changed", "import.finished", "job.failed"),
        "tariff.revised",
    }


def test_nothing_is_kept_while_nobody_asks() -> None:
    webhooks.party()
    invoicing.charge()
    assert not Message.objects.exists()


def test_a_customer_is_told_new_and_changed() -> None:
    webhooks.hook()
    party = webhooks.party()
    services.update(party_id=party.pk, at=AT, by=None, email="a@example.com")
    services.update(party_id=party.pk, at=AT, by=None, email="a@example.com")
    changed = told("party.changed")
    assert [one["name"] for one in told("party.created")] == ["Officine Brambilla"]
    assert [one["changed"] for one in changed] == [["email"]]
    assert {row.told_at for row in Message.objects.filter(fact="party.changed")} == {AT}


def test_what_is_rolled_back_is_not_told() -> None:
    webhooks.hook()
    with pytest.raises(ValidationError):
        services.create(at=AT, by=None, name="", is_customer=True)
    assert not Message.objects.exists()


def test_charges_are_told_posted_and_reversed() -> None:
    webhooks.hook(facts=["charge.posted", "charge.reversed"])
    row = invoicing.reversed_charge()
    (posted,) = told("charge.posted")
    assert (posted["charge_id"], posted["origin"], posted["amount"]) == (
        row.pk,
        row.origin,
        "44.00",
    )
    assert (posted["first_day"], posted["last_day"]) == ("2026-10-01", "2026-10-01")
    (reversed_,) = told("charge.reversed")
    assert (reversed_["charge_id"], reversed_["amount"]) == (row.pk, "-44.00")
    assert reversed_["reason"] == "Sbagliata"


def test_every_published_event_that_is_a_fact_is_told() -> None:
    webhooks.hook(facts=["allowance.low"])
    events.publish(AllowanceLow("tariff:1", 12, 90, "20%", 3))
    assert told("allowance.low") == [
        {
            "owner": "tariff:1",
            "customer_id": 12,
            "balance": 90,
            "threshold": "20%",
            "allowance_id": 3,
        }
    ]


def test_a_job_that_fails_for_good_is_told() -> None:
    webhooks.hook(facts=["job.failed"])
    job = jobs.start("webhooks.prune", params={}, by=None, at=AT)
    for again in (True, False):
        Job.objects.filter(pk=job.pk).update(state="waiting")
        assert attempts.take(job.pk, at=AT) is not None
        number = Job.objects.get(pk=job.pk).attempts
        attempts.fail(job_id=job.pk, attempt=number, error="No", reference="ab", again=again, at=AT)
    assert [(one["job_id"], one["error"]) for one in told("job.failed")] == [(job.pk, "No")]


def test_each_hook_gets_what_it_chose_and_one_message_serves_all() -> None:
    owner = access.user(Role.OWNER)
    one, _secret = webhooks.hook(facts=["party.created"], by=owner)
    two, _secret = webhooks.hook(facts=["party.created", "party.changed"], by=owner)
    webhooks.hook(facts=["job.failed"], by=owner)
    party = webhooks.party()
    services.update(party_id=party.pk, at=AT, by=None, name="Altro")
    found = Delivery.objects.order_by("pk").values_list("hook_id", "message__fact")
    assert list(found) == [
        (one.pk, "party.created"),
        (two.pk, "party.created"),
        (two.pk, "party.changed"),
    ]
    assert Message.objects.count() == 2
