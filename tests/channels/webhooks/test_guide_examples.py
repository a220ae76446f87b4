"""The guide's example of checking a signature, run against what really arrives."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.house import tree
from tests.make import access, webhooks

from canone.base.access.functions import Role
from canone.base.tasks.worker import drain
from canone.channels.webhooks.services import hooks

GUIDES = {"en": "tell-programs.md", "it": "avvisare-programmi.md"}
BLOCK = re.compile(r"```python\n(.*?)```", re.DOTALL)
Check = Callable[[str, dict[str, str], bytes], bool]


def example(language: str) -> str:
    (found,) = BLOCK.findall((tree.ROOT / "docs/guide" / language / GUIDES[language]).read_text())
    return str(found)


def test_both_languages_hold_the_same_example() -> None:
    assert example("it") == example("en")


@pytest.mark.django_db
def test_the_example_knows_what_is_ours() -> None:
    names: dict[str, Any] = {}
    exec(example("en"), names)
    check: Check = names["check"]
    owner = access.user(Role.OWNER)
    with webhooks.receiver() as receiver:
        hook, before = webhooks.hook(receiver.url, by=owner, at=timezone.now())
        _hook, after = hooks.rotate(
            hook_id=hook.pk, overlap=timedelta(hours=1), at=timezone.now(), by=owner
        )
        webhooks.party("Bühler & Søn")
        drain()
        (one,) = receiver.received
    assert check(before, one.headers, one.body)
    assert check(after, one.headers, one.body)
    assert not check("whsec_" + "A" * 43 + "=", one.headers, one.body)
    assert not check(after, one.headers, one.body + b" ")
    assert not check(after, one.headers | {"webhook-id": "msg_1"}, one.body)
    old = one.headers | {"webhook-timestamp": str(int(time.time()) - 301)}
    assert not check(after, old, one.body)
