import pytest
from django.test import Client
from tests import people

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("url", ["/", "/search/?q=ab", "/keyboard/", "/accounts/login/"])
def test_the_frame_opens(client: Client, url: str) -> None:
    client.force_login(people.people().owner)
    answer = client.get(url, follow=True)
    assert answer.status_code == 200
    assert "<main" in answer.content.decode()
