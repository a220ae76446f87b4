import pytest
from django.test import Client
from django.urls import reverse
from tests import people

from canone.base.firm import queries, services

pytestmark = pytest.mark.django_db
URL = "firm"


@pytest.fixture(autouse=True)
def _owner(client: Client) -> None:
    client.force_login(people.people().owner)


def _sent(client: Client, **changes: str) -> dict[str, str]:
    form = client.get(reverse(URL)).context["form"]
    values = {name: form[name].value() or "" for name in form.fields}
    return {name: str(value) for name, value in values.items()} | changes


def test_the_firm_is_changed_with_its_history(client: Client) -> None:
    services.revise(name="Lariotech", city="Como")
    answer = client.post(reverse(URL), _sent(client, city="Erba"))
    assert answer.status_code == 302
    assert queries.firm().city == "Erba"
    page = client.get(reverse(URL)).content.decode()
    assert "<del>" in page
    assert "Como" in page


def test_a_zone_that_is_none_is_refused(client: Client) -> None:
    answer = client.post(reverse(URL), _sent(client, time_zone="Europe/Atlantis"))
    assert answer.status_code == 422
    assert [fault.target for fault in answer.context["form"].faults] == ["id_time_zone"]


def test_what_somebody_saved_meanwhile_is_not_lost(client: Client) -> None:
    services.revise(name="Lariotech", city="Como")
    mine = _sent(client, city="Erba")
    services.revise(city="Lecco")
    answer = client.post(reverse(URL), mine)
    assert answer.status_code == 409
    [difference] = answer.context["conflict"].differences
    assert (difference.mine, difference.theirs) == ("Erba", "Lecco")
    again = dict(answer.context["sent"])
    assert client.post(reverse(URL), again).status_code == 302
    assert queries.firm().city == "Erba"


def test_the_same_value_twice_is_no_conflict(client: Client) -> None:
    services.revise(name="Lariotech", city="Como")
    mine = _sent(client, city="Lecco")
    services.revise(city="Lecco")
    assert client.post(reverse(URL), mine).status_code == 302


def test_a_french_firm_has_a_departement(client: Client) -> None:
    services.revise(name="Lariotech", country="fr")
    form = client.get(reverse(URL)).context["form"]
    assert (form["province"].label, form["tax_code"].label) == ("Dipartimento", "SIREN, SIRET")
    assert client.post(reverse(URL), _sent(client, pays_vat_on_debits="on")).status_code == 302
    assert queries.firm().pays_vat_on_debits
    services.revise(country="it")
    form = client.get(reverse(URL)).context["form"]
    assert (form["province"].label, form["tax_code"].label) == ("Provincia", "Codice fiscale")
    assert "pays_vat_on_debits" not in form.fields
    assert client.post(reverse(URL), _sent(client, city="Erba")).status_code == 302
    assert queries.firm().city == "Erba"
