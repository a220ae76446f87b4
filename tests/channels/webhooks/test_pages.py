"""The pages: register, the secret once, the log, again, off and on, who may allow what."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests import people
from tests.make import webhooks

from canone.base.access.models import User
from canone.base.tasks.worker import drain
from canone.channels.webhooks.models import Delivery, Hook
from canone.channels.webhooks.permissions import MANAGE
from canone.channels.webhooks.services import replaying

pytestmark = pytest.mark.django_db
AT = webhooks.AT


@pytest.fixture
def folk() -> people.People:
    return people.people()


@pytest.fixture
def owner(client: Client, folk: people.People) -> Client:
    client.force_login(folk.owner)
    return client


def typed(**changes: Any) -> dict[str, Any]:
    return {
        "name": "Gestionale",
        "url": "https://erp.example.com/canone",
        "facts": ["party.created"],
        **changes,
    }


def allowed(user: User) -> None:
    user.switches.create(code=MANAGE, allowed=True)


def test_a_new_webhook_shows_its_secret_once(owner: Client) -> None:
    page = owner.post(reverse("webhooks:new"), typed())
    secret = page.context["secret"]
    assert secret.startswith("whsec_")
    assert secret in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    hook = Hook.objects.get()
    assert secret not in str(vars(hook))
    assert secret not in str(list(hook.history.values()))
    shown = owner.get(reverse("webhooks:show", args=[hook.pk])).content.decode()
    assert secret not in shown
    assert hook.url in owner.get(reverse("webhooks:list")).content.decode()


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("name", {"name": ""}),
        ("url", {"url": "erp.example.com"}),
        ("url", {"url": "http://erp.example.com/"}),
        ("url", {"url": "https://10.0.0.7/"}),
        ("url", {"url": "http://127.0.0.1:6379/"}),
        ("facts", {"facts": []}),
        ("facts", {"facts": ["no.such"]}),
    ],
)
def test_what_is_wrong_registers_nothing(
    owner: Client, field: str, changes: dict[str, Any]
) -> None:
    page = owner.post(reverse("webhooks:new"), typed(**changes))
    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]
    assert not Hook.objects.exists()


def test_an_owner_lets_it_lie_inside(owner: Client) -> None:
    inside = typed(url="http://127.0.0.1:8999/told", is_inside_allowed="on")
    assert owner.post(reverse("webhooks:new"), inside).status_code == 200
    assert Hook.objects.get().is_inside_allowed


def test_somebody_else_chooses_what_they_see_and_never_inside(
    client: Client, folk: people.People
) -> None:
    allowed(folk.technician)
    client.force_login(folk.technician)
    page = client.get(reverse("webhooks:new"))
    offered = {code for code, _title in page.context["form"].fields["facts"].choices}
    assert "charge.posted" not in offered
    url = reverse("webhooks:new")
    seen = sorted(offered)[:1]
    assert client.post(url, typed(facts=["charge.posted"])).status_code == 422
    inside = typed(url="https://10.0.0.7/", facts=seen, is_inside_allowed="on")
    assert client.post(url, inside).status_code == 422
    assert client.post(url, typed(facts=seen)).status_code == (200 if seen else 422)


def test_moving_it_to_another_host_takes_the_leave_away(
    client: Client, folk: people.People
) -> None:
    hook, _secret = webhooks.hook("https://10.0.0.7/a", by=folk.owner)
    allowed(folk.colleague)
    client.force_login(folk.colleague)
    url = reverse("webhooks:edit", args=[hook.pk])
    chosen = {"facts": hook.facts}
    assert client.post(url, typed(url="https://10.0.0.7/b", **chosen)).status_code == 302
    assert client.post(url, typed(url="https://10.0.0.8/", **chosen)).status_code == 422
    assert client.post(url, typed(url="https://erp.example.org/", **chosen)).status_code == 302
    assert not Hook.objects.get().is_inside_allowed


def test_a_test_shows_what_was_answered(owner: Client, folk: people.People) -> None:
    with webhooks.receiver() as receiver:
        hook, _secret = webhooks.hook(receiver.url, by=folk.owner)
        page = owner.post(reverse("webhooks:test", args=[hook.pk]), follow=True)
        assert page.context["is_soon"]
        drain()
    row = Delivery.objects.get()
    url = reverse("webhooks:attempts", args=[hook.pk, row.pk])
    part = owner.get(url, headers={"HX-Request": "true"})
    assert not part.context["is_soon"]
    assert "(200)" in part.content.decode()


def test_the_log_filters_sends_again_and_withdraws(owner: Client, folk: people.People) -> None:
    hook, _secret = webhooks.hook(by=folk.owner)
    for name in ("Uno", "Due", "Tre"):
        webhooks.party(name)
    first, second, third = Delivery.objects.order_by("pk")
    owner.post(reverse("webhooks:withdraw", args=[hook.pk, first.pk]))
    log = reverse("webhooks:log", args=[hook.pk])
    shown = owner.get(log, {"state": "withdrawn"}).content.decode()
    assert first.message.webhook_id in shown
    assert second.message.webhook_id not in shown
    owner.post(reverse("webhooks:again", args=[hook.pk]), {"ids": [first.pk]})
    assert [row.state for row in Delivery.objects.order_by("pk")] == ["waiting"] * 3
    owner.post(reverse("webhooks:withdraw_all", args=[hook.pk]))
    owner.post(reverse("webhooks:again_one", args=[hook.pk, third.pk]))
    states = Delivery.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["withdrawn", "withdrawn", "waiting"]
    period = {"first": "20/11/2026", "last": "20/11/2026", "which": "undelivered"}
    answer = owner.post(reverse("webhooks:period", args=[hook.pk]), period)
    assert answer.status_code == 302
    assert set(Delivery.objects.values_list("state", flat=True)) == {"waiting"}
    upside_down = {**period, "first": "21/11/2026"}
    assert owner.post(reverse("webhooks:period", args=[hook.pk]), upside_down).status_code == 422


def test_off_on_and_away(owner: Client, folk: people.People) -> None:
    hook, _secret = webhooks.hook(by=folk.owner)
    owner.post(reverse("webhooks:switch_off", args=[hook.pk]))
    assert not Hook.objects.get().is_active
    owner.post(reverse("webhooks:switch_on", args=[hook.pk]))
    assert Hook.objects.get().is_active
    assert owner.get(reverse("webhooks:remove", args=[hook.pk])).status_code == 200
    assert Hook.objects.exists(), "it asks first"
    owner.post(reverse("webhooks:remove", args=[hook.pk]))
    assert not Hook.objects.exists()


def test_a_new_secret_is_shown_once_too(owner: Client, folk: people.People) -> None:
    hook, before = webhooks.hook(by=folk.owner)
    page = owner.post(reverse("webhooks:secret", args=[hook.pk]), {"overlap": "24"})
    assert page.context["secret"] not in (before, "")
    assert Hook.objects.get().previous_until is not None
    owner.post(reverse("webhooks:secret", args=[hook.pk]), {"overlap": "0"})
    assert Hook.objects.get().previous_secret == ""


def test_one_that_switched_itself_off_stands_on_the_start_page(
    owner: Client, folk: people.People
) -> None:
    hook, _secret = webhooks.hook(by=folk.owner)
    assert "Gestionale" not in owner.get("/").content.decode()
    Hook.objects.filter(pk=hook.pk).update(is_active=False, off_reason="gone")
    assert "Gestionale" in owner.get("/").content.decode()


def test_a_delivery_of_another_webhook_is_not_here(owner: Client, folk: people.People) -> None:
    one, _secret = webhooks.hook(by=folk.owner)
    two, _secret = webhooks.hook(by=folk.owner)
    row = replaying.test(hook_id=one.pk, at=AT)
    assert owner.get(reverse("webhooks:delivery", args=[two.pk, row.pk])).status_code == 404
