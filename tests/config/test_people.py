from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse
from tests import kit, people
from tests.make import access

from canone.base.access.functions import Role
from canone.base.access.models import User

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.fixture
def folk(client: Client) -> people.People:
    made = people.people()
    client.force_login(made.owner)
    kit.confirm(client)
    return made


def test_only_owners_reach_the_users(client: Client, folk: people.People) -> None:
    for user in (folk.colleague, folk.technician, folk.customer, folk.stranger):
        client.force_login(user)
        assert client.get(reverse("people")).status_code == 404
        assert client.get(reverse("firm")).status_code == 404


@pytest.mark.usefixtures("folk")
def test_the_list_asks_a_fixed_number_of_queries(client: Client) -> None:
    def more() -> None:
        for number in range(15):
            access.user(Role.TECHNICIAN, email=f"t{number}@example.com")

    kit.assert_fixed_queries(client, reverse("people"), more)


@pytest.mark.usefixtures("folk")
def test_a_new_user_gets_a_link_that_works_once(client: Client) -> None:
    sent = {"name": "Pia Serra", "email": "Pia@Example.com", "language": "it", "roles": ["owner"]}
    page = client.post(reverse("person_new"), sent, follow=True)
    user = User.objects.get(email="pia@example.com")
    assert user.roles == {Role.OWNER}
    link = page.context["link"]
    assert link.startswith("http://testserver/invitation/")
    assert client.get(page.request["PATH_INFO"]).context["link"] == ""
    client.logout()
    assert "pia@example.com" in client.get(link).content.decode()
    assert client.post(link, {"password": "montagna-lago-7"})["Location"] == "/"
    assert User.objects.get(pk=user.pk).check_password("montagna-lago-7")
    assert client.get("/").context["user"] == user
    assert client.get(link).status_code == 404


@pytest.mark.usefixtures("folk")
def test_all_faults_stand_at_once_and_input_is_kept(client: Client) -> None:
    sent = {"name": "", "email": "owner@example.com", "language": "xx", "roles": ["owner"]}
    page = client.post(reverse("person_new"), sent)
    assert page.status_code == 422
    assert len(page.context["form"].faults) == 3
    assert 'value="owner@example.com"' in page.content.decode()


def test_a_function_is_switched_for_one_user(client: Client, folk: people.People) -> None:
    url = reverse("person_switch", args=[folk.technician.pk])
    client.post(url, {"access.settings": "allowed", "access.signed_in": "default"})
    assert User.objects.get(pk=folk.technician.pk).may("access.settings")
    client.post(url, {"access.settings": "default"})
    assert not User.objects.get(pk=folk.technician.pk).may("access.settings")


def test_nobody_locks_themselves_out(client: Client, folk: people.People) -> None:
    me = folk.owner.pk
    client.post(reverse("person_switch", args=[me]), {"access.settings": "denied"})
    client.post(reverse("person_turn", args=[me]))
    sent = {"name": "Olga", "email": "owner@example.com", "language": "it", "roles": ["customer"]}
    assert client.post(reverse("person_edit", args=[me]), sent).status_code == 422
    owner = User.objects.get(pk=me)
    assert owner.is_active
    assert owner.may("access.settings")


def test_who_is_switched_off_is_out(client: Client, folk: people.People) -> None:
    client.post(reverse("person_turn", args=[folk.technician.pk]))
    assert not User.objects.get(pk=folk.technician.pk).is_active
    client.force_login(folk.technician)
    assert client.get("/").status_code == 302


@pytest.mark.usefixtures("folk")
def test_names_in_other_tools_stand_one_a_line(client: Client) -> None:
    user = access.user(Role.TECHNICIAN, email="marco@example.com", name="Marco Riva")
    sent = {"name": user.name, "email": user.email, "language": "it", "roles": ["technician"]}
    typed = sent | {"aliases": " mriva \n\nmarco.riva\nmriva"}
    assert client.post(reverse("person_edit", args=[user.pk]), typed).status_code == 302
    user.refresh_from_db()
    assert user.aliases == ["mriva", "marco.riva"]
    form = client.get(reverse("person_edit", args=[user.pk])).context["form"]
    assert form["aliases"].value() == "mriva\nmarco.riva"
