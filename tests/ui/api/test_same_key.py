"""The same write, sent several times at once, is done once."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from tests.make import access

from canone.base.access import services
from canone.base.access.functions import SETTINGS, Role
from canone.base.access.models import User

pytestmark = pytest.mark.django_db(transaction=True)
TIMES = 4


def test_one_of_them_writes_and_all_get_its_answer() -> None:
    owner = access.user(Role.OWNER)
    _token, text = services.create_token(user=owner, name="T", scopes=[SETTINGS], at=timezone.now())
    body = {"email": "new@example.com", "name": "Pia Serra", "roles": ["technician"]}
    begin = Barrier(TIMES)

    def send(_number: int) -> tuple[int, Any]:
        try:
            begin.wait(timeout=30)
            answer = Client().post(
                "/api/v1/users",
                json.dumps(body),
                content_type="application/json",
                headers={"authorization": f"Bearer {text}", "idempotency-key": "k"},
            )
            return answer.status_code, answer.json()
        finally:
            connection.close()

    with ThreadPoolExecutor(TIMES) as pool:
        answers = list(pool.map(send, range(TIMES)))
    assert {status for status, _said in answers} == {201}
    assert len({said["id"] for _status, said in answers}) == 1
    assert User.objects.filter(email="new@example.com").count() == 1
