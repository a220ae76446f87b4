"""The cells of the list: what people typed stays text, and a row asks for no templates."""

from __future__ import annotations

from typing import Any

import pytest
from django.template import base
from django.test import Client
from django.urls import reverse
from tests.make import access, assistance, parties

from canone.base.access.functions import Role

pytestmark = pytest.mark.django_db
TYPED = """<b title="x">O'Neil & figli</b>"""
ESCAPED = "&lt;b title=&quot;x&quot;&gt;O&#x27;Neil &amp; figli&lt;/b&gt;"


@pytest.fixture
def office(client: Client) -> Client:
    client.force_login(access.user(Role.BACK_OFFICE))
    return client


def test_what_was_typed_stays_text_in_every_cell(office: Client) -> None:
    group = parties.group(parties.party(), name=TYPED)
    assistance.session(group, seconds=1200, device_name=TYPED, note=TYPED)
    page = office.get(reverse("assistance:list"), {"group": group.pk}).content.decode()
    assert TYPED not in page
    assert page.count(ESCAPED) >= 6


def test_more_rows_draw_no_more_templates(office: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[Any] = []
    render = base.Template._render

    def counted(self: base.Template, context: Any) -> Any:
        drawn.append(self.name)
        return render(self, context)

    monkeypatch.setattr(base.Template, "_render", counted)
    group = parties.group(parties.party())

    def templates() -> int:
        drawn.clear()
        page = office.get(reverse("assistance:list"), {"group": group.pk})
        assert page.content.count(b"<tr") > 1
        return len(drawn)

    assistance.session(group, seconds=1200, device_key="PC-0")
    first = templates()
    for number in range(1, 6):
        assistance.session(group, seconds=1200, device_key=f"PC-{number}")
    assert templates() == first
