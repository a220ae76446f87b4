from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests import people

from canone.base.access import functions, services
from canone.base.access.models import ApiToken

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.fixture
def folk(client: Client) -> people.People:
    made = people.people()
    client.force_login(made.technician)
    return made


def sent(**changes: Any) -> dict[str, Any]:
    return {"name": "Import", "lasts": "90", "scopes": [functions.SIGNED_IN], **changes}


def test_a_new_token_is_shown_once_and_opens(client: Client, folk: people.People) -> None:
    page = client.post(reverse("token_new"), sent())
    text = page.context["text"]
    assert text in page.content.decode()
    assert page["Cache-Control"] == "no-store"
    asked = Client().get("/api/v1/me", headers={"authorization": f"Bearer {text}"}).json()
    assert (asked["email"], asked["functions"]) == (folk.technician.email, [functions.SIGNED_IN])
    secret = text.split("_", 2)[2]
    assert secret not in client.get(reverse("tokens")).content.decode()
    lasts = ApiToken.objects.get().expires_at - timezone.now()
    assert timedelta(days=89) < lasts <= timedelta(days=90)


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"scopes": []}, {"scopes": [functions.SETTINGS]}, {"lasts": "9"}]
)
@pytest.mark.usefixtures("folk")
def test_what_is_wrong_makes_no_token(client: Client, wrong: dict[str, Any]) -> None:
    assert client.post(reverse("token_new"), sent(**wrong)).status_code == 422
    assert not ApiToken.objects.exists()


@pytest.mark.usefixtures("folk")
def test_a_token_without_end_for_everything(client: Client) -> None:
    assert client.post(reverse("token_new"), sent(lasts="", scopes=["*"])).status_code == 200
    token = ApiToken.objects.get()
    assert (token.expires_at, token.scopes) == (None, ["*"])


def test_nobody_sees_or_takes_back_the_token_of_another(
    client: Client, folk: people.People
) -> None:
    theirs, text = services.create_token(user=folk.owner, name="Boss", scopes=["*"], at=AT)
    mine, _text = services.create_token(user=folk.technician, name="Mine", scopes=["*"], at=AT)
    shown = client.get(reverse("tokens")).content.decode()
    assert mine.prefix in shown
    assert theirs.prefix not in shown
    client.post(reverse("token_revoke"), {"ids": [theirs.pk, mine.pk]})
    mine.refresh_from_db()
    assert mine.revoked_at is not None
    assert services.authenticate_token(text, at=AT) is not None


def test_the_page_of_the_api_shows_every_operation(client: Client, folk: people.People) -> None:
    shown = client.get(reverse("api_page")).content.decode()
    schema = client.get("/api/v1/openapi.json").json()
    for path in schema["paths"]:
        assert path in shown
    client.logout()
    assert client.get(reverse("api_page")).status_code == 302
