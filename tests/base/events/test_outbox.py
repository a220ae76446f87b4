from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from canone.base.events import queries, registry, rules, services
from canone.base.events.models import Delivery, Event
from canone.base.firm.models import Firm

pytestmark = pytest.mark.django_db
LATER = datetime(2100, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Rang:
    count: int
    on: datetime


heard: list[tuple[str, Rang, datetime]] = []
broken: list[Exception] = []


def first(event: Rang, *, at: datetime) -> None:
    heard.append(("first", event, at))


def second(event: Rang, *, at: datetime) -> None:
    Firm.objects.create(pk=1, name=f"rang {event.count}")
    if broken:
        raise broken[0]
    heard.append(("second", event, at))


@pytest.fixture(autouse=True)
def _table() -> Iterator[None]:
    heard.clear()
    broken.clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(registry, "_events", {})
        patch.setattr(registry, "_handlers", {})
        registry.bind({Rang: [first, second]})
        yield


EVENT = Rang(3, datetime(2026, 4, 1, tzinfo=UTC))


def test_every_handler_hears_an_event_once() -> None:
    services.publish(EVENT)
    assert heard == []
    assert services.deliver(at=LATER) == 2
    assert services.deliver(at=LATER) == 0
    assert heard == [("first", EVENT, LATER), ("second", EVENT, LATER)]
    assert {d.state for d in Delivery.objects.all()} == {"done"}


def test_a_past_that_is_being_written_is_told_with_its_own_time() -> None:
    services.publish(EVENT)
    assert services.deliver(at=LATER, as_of=EVENT.on) == 2
    assert {at for _name, _event, at in heard} == {EVENT.on}


def test_what_is_undone_was_never_told() -> None:
    with transaction.atomic():
        services.publish(EVENT)
        transaction.set_rollback(True)
    assert services.deliver(at=LATER) == 0


def test_an_event_that_nobody_hears_is_kept_and_costs_nothing() -> None:
    registry.bind({Rang: []})
    services.publish(EVENT)
    assert services.deliver(at=LATER) == 0
    assert Event.objects.get().payload == {"count": 3, "on": "2026-04-01T00:00:00+00:00"}


def test_a_handler_that_fails_is_undone_and_tried_later_the_others_are_not_repeated() -> None:
    broken.append(RuntimeError("no paper"))
    services.publish(EVENT)
    services.deliver(at=LATER)
    assert not Firm.objects.exists()
    delivery = Delivery.objects.get(state="waiting")
    assert (delivery.attempts, delivery.error) == (1, "RuntimeError: no paper")
    assert delivery.due_at == LATER + timedelta(seconds=5)
    assert services.deliver(at=LATER) == 0
    broken.clear()
    assert services.deliver(at=LATER + timedelta(seconds=5)) == 1
    assert [name for name, _event, _at in heard] == ["first", "second"]
    assert Firm.objects.get().name == "rang 3"


def test_what_fails_too_often_is_set_aside_seen_and_tried_again_by_hand() -> None:
    broken.append(RuntimeError("no paper"))
    services.publish(EVENT)
    at = LATER
    for _attempt in range(rules.MAX_ATTEMPTS):
        services.deliver(at=at)
        at += timedelta(hours=1)
    (dead,) = queries.dead()
    assert dead.event.kind.endswith("Rang")
    assert services.deliver(at=at) == 0
    broken.clear()
    services.retry(delivery=dead, at=at)
    assert services.deliver(at=at) == 1
    assert not queries.dead()


def test_a_handler_that_is_gone_is_a_failed_delivery_not_a_lost_one() -> None:
    services.publish(EVENT)
    registry.bind({Rang: [first]})
    services.deliver(at=LATER)
    assert Delivery.objects.get(state="waiting").error.startswith("KeyError")


def test_only_what_all_heard_is_forgotten() -> None:
    services.publish(EVENT)
    services.deliver(at=LATER)
    broken.append(RuntimeError())
    services.publish(Rang(4, LATER))
    services.deliver(at=LATER)
    assert services.prune(before=LATER) == 1
    assert Event.objects.get().payload["count"] == 4
    assert queries.overdue(LATER + timedelta(minutes=1)) == 1
