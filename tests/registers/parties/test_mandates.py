from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from tests.make import contracts as make
from tests.make import parties
from tests.people import people
from tests.registers.parties.test_api import Caller

from canone.registers.parties.models import Mandate
from canone.registers.parties.rules.mandates import Signed, Standing, standing
from canone.registers.parties.services import mandates

pytestmark = pytest.mark.django_db


def test_a_mandate_keeps_its_account_canonical_and_its_history() -> None:
    mandate = make.mandate(parties.party(), iban="it60 x054 2811 1010 0000 0123 456")
    assert mandate.iban == make.IBAN
    mandates.update(mandate_id=mandate.pk, at=make.AT, by=None, holder="Rossi")
    assert Mandate.objects.get().history.count() == 2


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("iban", "IT60X0542811101000000123457"),
        ("iban", ""),
        ("reference", "perché no"),
        ("reference", "x" * 36),
        ("scheme", "cor1"),
    ],
)
def test_what_a_bank_would_refuse_is_refused(field: str, value: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        make.mandate(parties.party(), **{field: value})
    assert field in caught.value.message_dict


def test_a_reference_is_used_once() -> None:
    make.mandate(parties.party(), reference="A1")
    with pytest.raises(ValidationError) as caught:
        make.mandate(parties.party(), reference="A1")
    assert "reference" in caught.value.message_dict


def test_a_revoked_mandate_stays_as_it_was() -> None:
    mandate = make.mandate(parties.party())
    with pytest.raises(ValidationError):
        mandates.revoke(mandate_id=mandate.pk, on=date(2025, 11, 30), at=make.AT, by=None)
    done = mandates.revoke(mandate_id=mandate.pk, on=date(2026, 5, 1), at=make.AT, by=None)
    assert done.revoked_on == date(2026, 5, 1)
    again = mandates.revoke(mandate_id=mandate.pk, on=date(2026, 6, 1), at=make.AT, by=None)
    assert again.revoked_on == date(2026, 5, 1)
    with pytest.raises(ValidationError, match="2026-05-01"):
        mandates.update(mandate_id=mandate.pk, at=make.AT, by=None, iban=make.IBAN)


DUE = [date(2026, 12, 30), date(2027, 1, 30)]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, Standing.IN_FORCE),
        ({"signed_on": date(2026, 12, 30)}, Standing.IN_FORCE),
        ({"signed_on": date(2026, 12, 31)}, Standing.UNSIGNED),
        ({"revoked_on": date(2027, 1, 31)}, Standing.IN_FORCE),
        ({"revoked_on": date(2027, 1, 30)}, Standing.REVOKED),
        ({"revoked_on": date(2026, 5, 1), "is_once": True}, Standing.REVOKED),
        ({"is_once": True}, Standing.SPENT),
        ({"drawn_on": date(2023, 12, 30)}, Standing.IN_FORCE),
        ({"drawn_on": date(2023, 12, 29)}, Standing.LAPSED),
    ],
)
def test_how_a_mandate_stands_on_due_dates(fields: dict[str, Any], expected: Standing) -> None:
    mandate = Signed("A1", date(2016, 1, 1))._replace(**fields)
    assert standing(mandate, DUE) == expected


def test_a_mandate_for_one_debit_serves_one() -> None:
    mandate = Signed("A1", date(2016, 1, 1), is_once=True)
    assert standing(mandate, DUE[:1]) == Standing.IN_FORCE
    assert standing(mandate._replace(drawn_on=date(2026, 1, 30)), DUE[:1]) == Standing.SPENT


def test_after_a_leap_day_a_mandate_lapses_with_the_end_of_february() -> None:
    mandate = Signed("A1", date(2016, 1, 1), drawn_on=date(2024, 2, 29))
    assert standing(mandate, [date(2027, 2, 28)]) == Standing.IN_FORCE
    assert standing(mandate, [date(2027, 3, 1)]) == Standing.LAPSED


def test_a_mandate_is_entered_changed_and_revoked_on_its_pages(client: Client) -> None:
    who = people()
    client.force_login(who.colleague)
    party = parties.party("Rossi S.r.l.", iban=make.IBAN)
    url = reverse("parties:mandate_new", args=[party.pk])
    assert make.IBAN in client.get(url).content.decode()
    form = {"reference": "RUM-1", "scheme": "core", "use": "recurrent", "iban": "IT00"}
    wrong = client.post(url, form)
    assert wrong.status_code == 422
    assert set(wrong.context["form"].errors) == {"iban", "signed_on"}
    fine = form | {"iban": "IT60 X054 2811 1010 0000 0123 456", "signed_on": "01/12/2025"}
    assert client.post(url, fine).status_code == 302
    mandate = Mandate.objects.get()
    assert (mandate.party, mandate.iban, mandate.signed_on) == (party, make.IBAN, date(2025, 12, 1))
    change = reverse("parties:mandate_edit", args=[mandate.pk])
    fine["seen"] = client.get(change).context["form"]["seen"].value()
    assert client.post(change, fine | {"holder": "Rossi Mario"}).status_code == 302
    revoke = reverse("parties:mandate_revoke", args=[mandate.pk])
    early = client.post(revoke, {"on": "30/11/2025"})
    assert early.status_code == 422
    assert client.post(revoke, {"on": "01/05/2026"}).status_code == 302
    mandate.refresh_from_db()
    assert (mandate.holder, mandate.revoked_on) == ("Rossi Mario", date(2026, 5, 1))
    assert client.get(revoke).status_code == 404
    fine["seen"] = client.get(change).context["form"]["seen"].value()
    assert client.post(change, fine).status_code == 422
    listed = client.get(reverse("parties:mandates", args=[party.pk])).content.decode()
    assert "RUM-1" in listed
    assert "Revocato" in listed
    told = client.get(reverse("parties:history", args=[party.pk])).content.decode()
    assert "RUM-1" in told


def test_a_program_enters_changes_and_revokes_a_mandate() -> None:
    call, party = Caller(people().colleague), parties.party()
    sent = {"party_id": party.pk, "reference": "RUM-1", "iban": make.IBAN}
    assert call("post", "/mandates", **sent).status_code == 422
    wrong = call("post", "/mandates", **sent | {"iban": "IT00"}, signed_on="2025-12-01")
    assert [fault["field"] for fault in wrong.json()["fields"]] == ["iban"]
    made = call("post", "/mandates", **sent, signed_on="2025-12-01")
    assert made.status_code == 201
    told = made.json()
    assert (told["scheme"], told["use"], told["standing"]) == ("core", "recurrent", "in_force")
    path = f"/mandates/{told['id']}"
    assert call("patch", path, holder="Rossi").json()["holder"] == "Rossi"
    assert call("post", f"{path}/revocation", on="2025-11-30").status_code == 422
    gone = call("post", f"{path}/revocation", on="2026-05-01").json()
    assert (gone["revoked_on"], gone["standing"]) == ("2026-05-01", "revoked")
    assert call("patch", path, holder="Verdi").status_code == 422
    listed = call("get", "/mandates", party_id=party.pk).json()["items"]
    assert [row["reference"] for row in listed] == ["RUM-1"]
    assert call("get", path).json()["holder"] == "Rossi"
    assert call("get", "/mandates/999999").status_code == 404
