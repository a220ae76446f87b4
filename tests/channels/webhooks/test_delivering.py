"""Deliveries against a real server on loopback: well, down, slow, broken, gone, elsewhere."""

from __future__ import annotations

import base64
import hmac
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from tests.make import access, webhooks
from tests.make.webhooks import Answer, Receiver

from canone.base.access.functions import Role
from canone.base.mail.models import OutgoingMail
from canone.base.tasks import Work
from canone.base.tasks.models import Job
from canone.base.tasks.worker import drain
from canone.channels.webhooks import queries, tasks
from canone.channels.webhooks.models import Attempt, Delivery, Hook, Message
from canone.channels.webhooks.services import hooks, replaying

pytestmark = pytest.mark.django_db
AT = webhooks.AT
State = Delivery.State


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with webhooks.receiver() as made:
        yield made


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(AT, tick=True) as made:
        yield made


def tell(count: int = 1) -> None:
    for number in range(count):
        webhooks.party(f"Cliente {number}")


def states() -> list[tuple[str, int]]:
    return list(Delivery.objects.order_by("pk").values_list("state", "failures"))


def is_signed(secret: str, received: webhooks.Received) -> bool:
    """Whether one of the signatures is right, worked out apart from the code."""
    key = base64.b64decode(secret.split("_", 1)[1])
    parts = (received.headers["webhook-id"], received.headers["webhook-timestamp"])
    said = f"{parts[0]}.{parts[1]}.".encode() + received.body
    right = "v1," + base64.b64encode(hmac.new(key, said, "sha256").digest()).decode()
    return right in received.headers["webhook-signature"].split(" ")


def test_facts_arrive_signed_and_in_order(receiver: Receiver) -> None:
    _hook, secret = webhooks.hook(receiver.url)
    tell(20)
    assert drain() == 1
    assert [one.said["data"]["name"] for one in receiver.received] == [
        f"Cliente {number}" for number in range(20)
    ]
    assert receiver.ids == sorted(receiver.ids)
    assert len(set(receiver.ids)) == 20
    assert all(is_signed(secret, one) for one in receiver.received)
    assert not is_signed("whsec_YWJj", receiver.received[0])
    first = receiver.received[0]
    assert first.path == "/told"
    assert first.said["id"] == first.headers["webhook-id"]
    assert first.headers["content-type"] == "application/json"
    assert states() == [(State.DONE, 0)] * 20
    row = Attempt.objects.order_by("pk")[0]
    assert (row.status, row.trouble, row.answer) == (200, "", "ok")
    assert row.milliseconds is not None


def test_a_failure_is_tried_again_and_holds_the_rest_back(
    receiver: Receiver, clock: time_machine.Coordinates
) -> None:
    webhooks.hook(receiver.url)
    receiver.script = [Answer(500, b"broken"), Answer(503)]
    tell(3)
    drain()
    assert states() == [(State.WAITING, 1), (State.WAITING, 0), (State.WAITING, 0)]
    assert Hook.objects.get().failing_since is not None
    clock.shift(timedelta(seconds=6))
    drain()
    assert states()[0] == (State.WAITING, 2)
    clock.shift(timedelta(seconds=31))
    drain()
    assert states() == [(State.DONE, 2), (State.DONE, 0), (State.DONE, 0)]
    first, *_rest = receiver.ids
    assert receiver.ids[:3] == [first] * 3, "the id is the same at every attempt"
    stamps = {one.headers["webhook-timestamp"] for one in receiver.received[:3]}
    assert len(stamps) == 3, "each attempt is signed at its own instant"
    assert {one.body for one in receiver.received[:3]} == {receiver.received[0].body}
    log = Attempt.objects.filter(delivery=Delivery.objects.order_by("pk")[0]).order_by("pk")
    assert [(one.status, one.answer) for one in log] == [(500, "broken"), (503, "ok"), (200, "ok")]
    assert Hook.objects.get().failing_since is None


def test_what_is_never_taken_is_overtaken_and_in_the_end_given_up(
    receiver: Receiver, clock: time_machine.Coordinates
) -> None:
    webhooks.hook(receiver.url)
    tell(2)
    poison = Message.objects.order_by("pk")[0].webhook_id
    receiver.answer = lambda asked: Answer(422 if asked.headers["webhook-id"] == poison else 200)
    for wait in (0, 5, 30, 120, 600):
        clock.shift(timedelta(seconds=wait + 1))
        drain()
    assert states() == [(State.WAITING, 5), (State.DONE, 0)]
    for hours in (1, 1, 2, 5, 10, 14, 20, 24):
        clock.shift(timedelta(hours=hours, seconds=5))
        tell()
        drain()
    assert states()[0] == (State.DEAD, 13)
    assert {state for state, _failures in states()[1:]} == {State.DONE}
    assert Hook.objects.get().is_active, "others were taken meanwhile"


def test_a_receiver_that_is_down_does_not_touch_the_others(receiver: Receiver) -> None:
    owner = access.user(Role.OWNER)
    with webhooks.receiver() as gone:
        down = gone.url
    webhooks.hook(down, by=owner)
    webhooks.hook(receiver.url, by=owner)
    tell(5)
    drain()
    assert len(receiver.received) == 5
    (row,) = Attempt.objects.filter(url=down)
    assert (row.status, row.trouble) == (None, "unreachable")


def test_a_slow_receiver_does_not_slow_the_others_down(receiver: Receiver) -> None:
    owner = access.user(Role.OWNER)
    with webhooks.receiver() as slow:
        slow.answer = lambda _asked: Answer(wait=1.0)
        webhooks.hook(slow.url, by=owner)
        webhooks.hook(receiver.url, by=owner)
        tell(30)
        ends: list[float] = []
        receiver.answer = lambda _asked: ends.append(time.monotonic()) or Answer()  # type: ignore[func-returns-value]
        started = time.monotonic()
        tasks.TURN, turn = 5.0, tasks.TURN
        try:
            tasks.deliver(Work({}))
        finally:
            tasks.TURN = turn
        assert len(ends) == 30
        assert ends[-1] - started < 5
        assert 1 <= len(slow.received) <= 6
        assert time.monotonic() - started < 9, "a turn ends, whoever is slow"


def test_silence_is_cut_off(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    from canone.base import outgoing

    kept = outgoing.post
    monkeypatch.setattr(outgoing, "post", lambda url, **more: kept(url, longest=0.5, **more))
    webhooks.hook(receiver.url)
    receiver.answer = lambda _asked: Answer(wait=2)
    tell()
    drain()
    assert Attempt.objects.get().trouble == "silent"


@pytest.mark.parametrize(
    ("answer", "status", "trouble"),
    [
        (Answer(302, headers={"Location": "http://127.0.0.1:1/elsewhere"}), 302, ""),
        (Answer(404), 404, ""),
        (Answer(broken=True), None, "broken_off"),
    ],
)
def test_what_else_a_receiver_may_do(
    receiver: Receiver, answer: Answer, status: int | None, trouble: str
) -> None:
    webhooks.hook(receiver.url)
    receiver.script = [answer]
    tell()
    drain()
    row = Attempt.objects.get()
    assert (row.status, row.trouble) == (status, trouble)
    assert states() == [(State.WAITING, 1)]
    assert len(receiver.received) == 1


def test_of_a_huge_answer_the_beginning_is_kept(receiver: Receiver) -> None:
    webhooks.hook(receiver.url)
    receiver.script = [Answer(200, b"\0" + b"x" * 5_000_000)]
    tell()
    drain()
    row = Attempt.objects.get()
    assert row.answer == "�" + "x" * 1999
    assert states() == [(State.DONE, 0)]


def test_gone_switches_off_at_once_and_the_owner_is_told(receiver: Receiver) -> None:
    webhooks.hook(receiver.url)
    receiver.script = [Answer(410)]
    tell(2)
    drain()
    hook = Hook.objects.get()
    assert (hook.is_active, hook.off_reason) == (False, Hook.Off.GONE)
    (letter,) = OutgoingMail.objects.filter(template="webhooks/off")
    assert hook.name in letter.subject
    assert "410" in letter.text
    tell()
    drain()
    assert len(receiver.received) == 1
    assert len(states()) == 3, "what happens meanwhile is kept"
    hooks.switch_on(hook_id=hook.pk, at=hook.off_at or AT, by=access.user(Role.OWNER))
    drain()
    assert states() == [(State.DONE, 0)] * 3


def test_days_of_failure_switch_off_and_nothing_is_lost(
    receiver: Receiver, clock: time_machine.Coordinates
) -> None:
    webhooks.hook(receiver.url)
    receiver.answer = lambda _asked: Answer(500)
    tell(2)
    for _hour in range(80):
        drain()
        clock.shift(timedelta(hours=1))
    hook = Hook.objects.get()
    assert (hook.is_active, hook.off_reason) == (False, Hook.Off.FAILING)
    assert hook.off_at is not None
    assert timedelta(days=2) <= hook.off_at - AT < timedelta(days=3)
    assert OutgoingMail.objects.filter(template="webhooks/off").count() == 1
    receiver.answer = lambda _asked: Answer()
    assert {state for state, _failures in states()} == {State.WAITING}
    hooks.switch_on(hook_id=hook.pk, at=hook.off_at, by=access.user(Role.OWNER))
    drain()
    assert {state for state, _failures in states()} == {State.DONE}


def test_a_hook_that_was_switched_off_collects_nothing(receiver: Receiver) -> None:
    owner = access.user(Role.OWNER)
    hook, _secret = webhooks.hook(receiver.url, by=owner)
    tell()
    hooks.switch_off(hook_id=hook.pk, at=AT, by=owner)
    tell()
    drain()
    assert (receiver.received, len(states())) == ([], 1)


def test_a_test_goes_out_even_when_off_and_is_tried_once(receiver: Receiver) -> None:
    owner = access.user(Role.OWNER)
    hook, secret = webhooks.hook(receiver.url, by=owner)
    hooks.switch_off(hook_id=hook.pk, at=AT, by=owner)
    receiver.script = [Answer(500)]
    replaying.test(hook_id=hook.pk, at=AT)
    drain()
    assert states() == [(State.DEAD, 1)]
    assert Hook.objects.get().failing_since is None
    (one,) = receiver.received
    assert one.said["type"] == "webhook.test"
    assert is_signed(secret, one)


def test_both_secrets_sign_while_they_overlap(
    receiver: Receiver, clock: time_machine.Coordinates
) -> None:
    owner = access.user(Role.OWNER)
    hook, before = webhooks.hook(receiver.url, by=owner)
    _hook, after = hooks.rotate(hook_id=hook.pk, overlap=timedelta(hours=24), at=AT, by=owner)
    assert before not in str(vars(Hook.objects.get()))
    tell()
    drain()
    clock.shift(timedelta(hours=25))
    tell()
    drain()
    signed = [(is_signed(before, one), is_signed(after, one)) for one in receiver.received]
    assert signed == [(True, True), (False, True)]


def test_one_is_sent_again_before_what_waits_under_its_id(receiver: Receiver) -> None:
    webhooks.hook(receiver.url)
    tell()
    drain()
    row = Delivery.objects.get()
    tell(2)
    replaying.again(delivery_id=row.pk, at=AT)
    drain()
    first, again, *rest = receiver.ids
    assert first == again
    assert len(set(rest)) == 2


def test_a_period_is_sent_again_in_order(
    receiver: Receiver, clock: time_machine.Coordinates
) -> None:
    hook, _secret = webhooks.hook(receiver.url)
    webhooks.party("before", at=AT - timedelta(days=2))
    webhooks.party("one", at=AT - timedelta(days=1))
    webhooks.party("two", at=AT - timedelta(hours=1))
    drain()
    receiver.received.clear()
    again = replaying.again_of_period
    start = AT - timedelta(days=1)
    assert again(hook_id=hook.pk, start=start, end=AT, undelivered_only=True, at=AT) == 0
    assert again(hook_id=hook.pk, start=start, end=AT, undelivered_only=False, at=AT) == 2
    drain()
    assert [one.said["data"]["name"] for one in receiver.received] == ["one", "two"]
    assert receiver.received[0].said["timestamp"] == "2026-11-19T09:00:00Z"


def test_what_is_withdrawn_is_not_sent(receiver: Receiver) -> None:
    hook, _secret = webhooks.hook(receiver.url)
    tell(3)
    first = Delivery.objects.order_by("pk")[0]
    replaying.withdraw(delivery_id=first.pk)
    with pytest.raises(replaying.NotPossibleError):
        replaying.withdraw(delivery_id=first.pk)
    drain()
    assert len(receiver.received) == 2
    assert replaying.withdraw_all(hook_id=hook.pk) == 0


def test_the_log_is_forgotten_by_age(receiver: Receiver) -> None:
    webhooks.hook(receiver.url)
    tell(3)
    drain()
    old = Message.objects.order_by("pk")[:2].values_list("pk", flat=True)
    Message.objects.filter(pk__in=list(old)).update(told_at=AT - timedelta(days=31))
    tasks.prune(Work({}))
    counts = (Message, Delivery, Attempt)
    assert [kind.objects.count() for kind in counts] == [1, 1, 1]


def test_nothing_due_starts_no_work(receiver: Receiver) -> None:
    webhooks.hook(receiver.url)
    assert not queries.is_due(AT)
    drain()
    assert not Job.objects.exists()


def test_a_secret_of_another_installation_is_said(receiver: Receiver) -> None:
    hook, _secret = webhooks.hook(receiver.url)
    Hook.objects.filter(pk=hook.pk).update(secret="gAAAAA")
    tell()
    drain()
    assert (Attempt.objects.get().trouble, receiver.received) == ("secret", [])
