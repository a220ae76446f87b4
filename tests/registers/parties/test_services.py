from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError
from tests.make import access
from tests.make import parties as make

from canone.base.access.functions import Role
from canone.base.files import queries as files
from canone.base.files.models import StoredFile
from canone.base.files.services import FileError
from canone.base.firm import services as firm
from canone.base.history import queries as history
from canone.registers.parties import queries
from canone.registers.parties.models import Group, Party, PortalLogin, Site
from canone.registers.parties.services import (
    documents,
    logins,
    parties,
    people,
    places,
    records,
    settings,
)

pytestmark = pytest.mark.django_db
AT = datetime(2026, 4, 1, 9, 0, tzinfo=UTC)


def test_nothing_said_of_country_and_language_means_the_firms() -> None:
    firm.revise(name="Atelier", country="fr", language="fr")
    office = {"street": "2 rue du Lac", "postcode": "74000", "city": "Annecy"}
    party = parties.create(at=AT, by=None, name="Duret SARL", phone="04 65 71 01 02", office=office)
    site = places.create(at=AT, by=None, party=party, city="Cluses")
    assert (party.country, party.language, party.phone) == ("FR", "fr", "+33465710102")
    assert {(one.country, one.name) for one in party.sites.all()} == {("FR", "Siège")}
    abroad = parties.create(at=AT, by=None, name="Ceresio SA", country="CH")
    assert (abroad.country, abroad.language) == ("CH", "fr")
    assert (site.is_main, places.create(at=AT, by=None, party=abroad).name) == (False, "Sede")


def test_a_new_customer_gets_a_code_an_office_and_canonical_numbers() -> None:
    party = parties.create(
        at=AT,
        by=None,
        name=" Rossi Impianti S.r.l. ",
        vat_number="IT 00743110157",
        phone="031 640123",
        office={"street": "Via Milano 12", "postcode": "22100", "city": "Como"},
    )
    party.refresh_from_db()
    assert (party.name, party.vat_number, party.phone) == (
        "Rossi Impianti S.r.l.",
        "00743110157",
        "+39031640123",
    )
    assert party.code == f"{party.pk:05d}"
    assert [(site.city, site.is_main) for site in party.sites.all()] == [("Como", True)]
    assert "como" in party.search_text


def test_codes_skip_those_that_somebody_typed() -> None:
    first = parties.create(at=AT, by=None, name="A")
    parties.create(at=AT, by=None, name="B", code=f"{first.pk + 2:05d}")
    third = parties.create(at=AT, by=None, name="C")
    assert third.code == f"{first.pk + 3:05d}"


def test_all_faults_are_told_at_once_and_nothing_is_written() -> None:
    with pytest.raises(ValidationError) as told:
        parties.create(
            at=AT, by=None, name="", vat_number="00743110158", pec="nobody", sdi_code="12"
        )
    assert set(told.value.message_dict) == {"name", "vat_number", "pec", "sdi_code"}
    assert not Party.objects.exists()


def test_a_wrong_office_takes_the_new_customer_back() -> None:
    with pytest.raises(ValidationError) as told:
        parties.create(
            at=AT, by=None, name="A", vat_number="1", office={"postcode": "221", "latitude": 45.8}
        )
    assert set(told.value.message_dict) == {"vat_number", "office_postcode", "office_latitude"}
    assert not Party.objects.exists()


def test_neither_customer_nor_supplier_and_unknown_countries_are_refused() -> None:
    with pytest.raises(ValidationError) as told:
        parties.create(at=AT, by=None, name="A", is_customer=False, country="XX")
    assert set(told.value.message_dict) == {"is_customer", "country"}


def test_a_change_is_written_down_with_who_and_when() -> None:
    user = access.user(Role.OWNER, name="Giulia Colombo")
    party = parties.create(at=AT, by=user.pk, name="Rossi")
    later = AT.replace(hour=11)
    parties.update(party_id=party.pk, at=later, by=user.pk, name="Rossi S.r.l.")
    change = history.timeline(party)[0]
    assert (change.who, change.when, change.before, change.after) == (
        "Giulia Colombo",
        later,
        "Rossi",
        "Rossi S.r.l.",
    )


def test_blocking_keeps_the_reason_until_it_ends() -> None:
    party = make.party()
    assert parties.block(party_id=party.pk, reason="Due fatture", at=AT, by=None).is_blocked
    freed = parties.unblock(party_id=party.pk, at=AT, by=None)
    assert (freed.is_blocked, freed.block_reason) == (False, "")


def test_one_office_at_a_time() -> None:
    party = make.party()
    first = places.create(at=AT, by=None, party=party, name="A", city="Erba")
    second = places.create(at=AT, by=None, party=party, name="B", city="Cantù")
    assert (first.is_main, second.is_main) == (True, False)
    places.update(site_id=second.pk, at=AT, by=None, is_main=True)
    assert list(Site.objects.filter(is_main=True)) == [second]
    party.refresh_from_db()
    assert "cantu" in party.search_text
    assert "erba" not in party.search_text


def test_positions_lie_on_earth() -> None:
    party = make.party()
    for latitude, longitude in ((91.0, 9.0), (45.0, float("nan")), (45.0, None)):
        with pytest.raises(ValidationError) as told:
            places.create(
                at=AT, by=None, party=party, name="A", latitude=latitude, longitude=longitude
            )
        assert set(told.value.message_dict) == {"latitude"}


def test_a_contact_stands_at_a_site_of_the_same_customer() -> None:
    mine, other = make.party(), make.site()
    with pytest.raises(ValidationError) as told:
        people.create_contact(at=AT, by=None, party=mine, name="Paola", site=other, mobile="12")
    assert set(told.value.message_dict) == {"site", "mobile"}
    kept = people.create_contact(
        at=AT, by=None, party=mine, name="Paola", site=make.site(mine), mobile="333 1234567"
    )
    assert kept.mobile == "+393331234567"


def test_statements_go_to_those_who_receive_them_in_their_language() -> None:
    party = make.party(language="fr")
    make.contact(party, "No mail", gets_statements=True)
    make.contact(party, "Gone", gets_statements=True, email="g@example.com", is_active=False)
    make.contact(party, "Invoices", gets_invoices=True, email="i@example.com")
    right = make.contact(party, "Right", gets_statements=True, email="r@example.com")
    assert queries.recipients(party.pk, "statements") == [right]
    assert queries.language_of(right) == "fr"


def test_a_group_has_a_name_of_its_own() -> None:
    party = make.party()
    people.create_group(at=AT, by=None, party=party, name="Officine Rossi")
    with pytest.raises(ValidationError) as told:
        people.create_group(at=AT, by=None, party=make.party(), name="OFFICINE ROSSI")
    assert set(told.value.message_dict) == {"name"}
    assert people.create_group(at=AT, by=None, party=party, name="Rossi casa").party == party


def test_payment_terms_have_a_name_and_an_instalment() -> None:
    with pytest.raises(ValidationError) as told:
        settings.create_terms(at=AT, by=None, code="BB30", names={"it": ""}, instalments=0)
    assert set(told.value.message_dict) == {"names", "instalments"}
    terms = settings.create_terms(
        at=AT, by=None, code="BB30", names={"it": "Bonifico 30 gg", "fr": "Virement 30 j"}
    )
    assert terms.name_in("fr") == "Virement 30 j"
    assert terms.name_in("en") == "Bonifico 30 gg"


def test_the_portal_opens_to_customers_only() -> None:
    party = make.party()
    with pytest.raises(ValidationError):
        logins.allow(user_id=access.user(Role.TECHNICIAN).pk, party_id=party.pk)
    customer = access.user(Role.CUSTOMER)
    logins.allow(user_id=customer.pk, party_id=party.pk)
    logins.allow(user_id=customer.pk, party_id=party.pk)
    assert PortalLogin.objects.count() == 1
    assert logins.withdraw(user_id=customer.pk, party_id=party.pk) == 1


def test_taking_back_names_who_is_used_and_removes_nothing() -> None:
    user = access.user(Role.CUSTOMER)
    free, used = make.party("Libera"), make.party("Usata")
    make.group(free)
    make.site(free)
    make.login(user, used)
    with pytest.raises(records.InUseError) as refused:
        parties.remove_unused(party_ids=[free.pk, used.pk], reason="Prova", at=AT, by=None)
    assert refused.value.names == ["Usata"]
    assert Party.objects.count() == 2
    assert Group.objects.count() == 1
    assert parties.remove_unused(party_ids=[free.pk], reason="Prova", at=AT, by=None) == 1
    assert list(Party.objects.all()) == [used]


def test_documents_come_and_go_with_their_file() -> None:
    party = make.party()
    document = documents.add(
        party_id=party.pk, source=b"%PDF-1.7 signed", name="c.pdf", title=" ", at=AT, by=None
    )
    path = files.path(document.file)
    assert (document.title, path.read_bytes()) == ("c.pdf", b"%PDF-1.7 signed")
    with pytest.raises(FileError):
        documents.add(
            party_id=party.pk, source=b"MZ\x00\x01", name="c.exe", title="", at=AT, by=None
        )
    documents.remove(document_id=document.pk, by=None)
    assert not StoredFile.objects.exists()
    assert not party.documents.exists()
    assert party.documents.model.history.count() == 2
