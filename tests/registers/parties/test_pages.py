from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse
from tests import people as persons
from tests.kit import assert_fixed_queries
from tests.make import contracts
from tests.make import parties as make

from canone.registers.parties.models import Contact, Group, Party, PaymentTerms, Site, Zone
from canone.registers.parties.services import parties

pytestmark = pytest.mark.django_db
AT = datetime(2026, 4, 1, 9, 0, tzinfo=UTC)
FORM = {
    "name": "Rossi Impianti S.r.l.",
    "country": "IT",
    "language": "it",
    "is_customer": "on",
    "reliability": "unknown",
}


@pytest.fixture
def who() -> persons.People:
    return persons.people()


def _url(name: str, *args: int) -> str:
    return reverse(f"parties:{name}", args=args)


def _all(party: Party) -> list[str]:
    """Every page of the context, for a party that has one of each."""
    site, contact, group = make.site(party), make.contact(party), make.group(party)
    zone, terms, mandate = make.zone(), make.payment_terms(), contracts.mandate(party)
    one = ("detail", "edit", "block", "sites", "site_new", "contacts", "contact_new", "groups_of")
    two = ("group_add", "mandates", "mandate_new", "documents", "logins", "history")
    plain = ("list", "create", "groups", "group_new", "duplicates", "zones", "zone_new", "terms")
    return [
        *(_url(name, party.pk) for name in (*one, *two)),
        *(_url(name) for name in (*plain, "terms_new")),
        _url("site_edit", site.pk),
        _url("contact_edit", contact.pk),
        _url("group_edit", group.pk),
        _url("mandate_edit", mandate.pk),
        _url("mandate_revoke", mandate.pk),
        _url("zone_edit", zone.pk),
        _url("terms_edit", terms.pk),
    ]


@pytest.mark.parametrize("language", ["it", "fr", "en"])
def test_every_page_opens_for_the_owner(client: Client, who: persons.People, language: str) -> None:
    who.owner.language = language
    who.owner.save()
    client.force_login(who.owner)
    for url in _all(make.party()):
        assert client.get(url).status_code == 200, url


def test_strangers_and_customers_find_nothing(client: Client, who: persons.People) -> None:
    party = make.party()
    make.login(who.customer, party)
    urls = _all(party)
    for user in (who.stranger, who.customer):
        client.force_login(user)
        for url in urls:
            assert client.get(url).status_code == 404, url


def test_a_technician_sees_customers_without_money_and_changes_nothing(
    client: Client, who: persons.People
) -> None:
    iban = "IT60X0542811101000000123456"
    party = make.party(iban=iban, notes="Paga male", reliability="bad")
    supplier = make.party("Fornitrice", is_customer=False, is_supplier=True)
    client.force_login(who.technician)
    page = client.get(_url("detail", party.pk)).content.decode()
    assert "IT60 X054" not in page
    assert "Paga male" not in page
    assert client.get(_url("detail", supplier.pk)).status_code == 404
    assert "Fornitrice" not in client.get(_url("list")).content.decode()
    exported = b"".join(client.get(_url("list") + "?format=csv").streaming_content)  # type: ignore[attr-defined]
    assert party.name.encode() in exported
    assert iban.encode() not in exported
    for name in ("edit", "block", "documents", "logins", "history", "site_new"):
        assert client.get(_url(name, party.pk)).status_code == 404, name
    assert client.post(_url("activate", party.pk), {"active": "0"}).status_code == 404


def test_a_customer_is_added_with_its_office(client: Client, who: persons.People) -> None:
    client.force_login(who.colleague)
    sent = FORM | {"vat_number": "IT 00743110157", "office_city": "Erba", "office_street": "Via 1"}
    answer = client.post(_url("create"), sent)
    party = Party.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == _url("detail", party.pk)
    assert (party.vat_number, party.sites.get().city) == ("00743110157", "Erba")
    assert party.history.get().history_user == who.colleague


def test_the_grouping_of_invoices_is_chosen_and_stays_where_none_is_sent(
    client: Client, who: persons.People
) -> None:
    client.force_login(who.colleague)
    assert client.post(_url("create"), FORM | {"invoice_grouping": "site"}).status_code == 302
    party = Party.objects.latest("pk")
    assert party.invoice_grouping == "site"
    seen = client.get(_url("edit", party.pk)).context["form"]["seen"].value()
    sent = FORM | {"code": party.code, "seen": seen}
    assert client.post(_url("edit", party.pk), sent).status_code == 302
    party.refresh_from_db()
    assert party.invoice_grouping == "site"


def test_all_faults_of_a_form_are_told_at_once(client: Client, who: persons.People) -> None:
    client.force_login(who.colleague)
    sent = FORM | {
        "name": "",
        "vat_number": "00743110158",
        "email": "nobody",
        "office_postcode": "22",
        "phone": "12",
    }
    answer = client.post(_url("create"), sent)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {
        "name",
        "vat_number",
        "email",
        "office_postcode",
        "phone",
    }
    assert "00743110158" in answer.content.decode()
    assert not Party.objects.exists()


def test_a_twin_is_pointed_out_before_it_is_saved(client: Client, who: persons.People) -> None:
    known = make.party("ROSSI IMPIANTI")
    client.force_login(who.colleague)
    beside = client.post(_url("twins"), FORM, headers={"HX-Request": "true"}).content.decode()
    assert _url("detail", known.pk) in beside
    first = client.post(_url("create"), FORM)
    assert first.status_code == 200
    assert _url("detail", known.pk) in first.content.decode()
    assert Party.objects.count() == 1
    assert client.post(_url("create"), FORM | {"another": "1"}).status_code == 302
    assert Party.objects.count() == 2


def test_a_change_saves_and_two_people_do_not_overwrite_each_other(
    client: Client, who: persons.People
) -> None:
    party = make.party("Rossi", language="it")
    client.force_login(who.owner)
    form = client.get(_url("edit", party.pk)).context["form"]
    seen = form["seen"].value()
    sent = FORM | {"code": party.code, "seen": seen, "name": "Rossi S.r.l."}
    later = AT.replace(year=2040)
    parties.update(party_id=party.pk, at=later, by=who.colleague.pk, name="Rossi S.p.A.")
    conflict = client.post(_url("edit", party.pk), sent)
    assert conflict.status_code == 409
    assert "Carla Villa" in conflict.content.decode()
    fresh = client.get(_url("edit", party.pk)).context["form"]["seen"].value()
    assert client.post(_url("edit", party.pk), sent | {"seen": fresh}).status_code == 302
    party.refresh_from_db()
    assert party.name == "Rossi S.r.l."


def test_filters_cut_the_list(client: Client, who: persons.People) -> None:
    zone, terms = make.zone("Brianza"), make.payment_terms()
    full = {"vat_number": "1", "pec": "a@example.com", "payment_terms": terms}
    whole = make.party("Completa", zone=zone, reliability="good", **full)
    make.site(whole, is_main=True)
    make.party("Mancante")
    make.party("Bloccata", is_blocked=True)
    make.party("Cessata", is_active=False)
    make.party("Fornitrice", is_customer=False, is_supplier=True)
    client.force_login(who.owner)

    def found(query: str) -> set[str]:
        context = client.get(f"{_url('list')}?{query}").context
        return {row.name for row in context["page"].object_list}

    assert found("q=COMPLET") == {"Completa"}
    assert found("kind=suppliers") == {"Fornitrice"}
    assert found(f"zone={zone.pk}") == {"Completa"}
    assert found("reliability=good") == {"Completa"}
    assert found("state=blocked") == {"Bloccata"}
    assert found("state=inactive") == {"Cessata"}
    assert found("state=incomplete") == {"Mancante", "Bloccata"}
    assert "Completa" in found("state=active")


def test_lists_ask_as_often_for_many_rows(client: Client, who: persons.People) -> None:
    client.force_login(who.owner)

    def rows() -> None:
        for _ in range(5):
            make.site(make.group(make.party(zone=make.zone())).party, is_main=True)

    rows()
    assert_fixed_queries(client, _url("list"), rows)
    assert_fixed_queries(client, _url("groups"), rows)


def test_parts_are_added_and_changed(client: Client, who: persons.People) -> None:
    party = make.party()
    client.force_login(who.owner)
    place = {"name": "Magazzino", "country": "IT", "is_active": "on", "latitude": "45,81"}
    answer = client.post(_url("site_new", party.pk), place)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"latitude"}
    assert client.post(_url("site_new", party.pk), place | {"longitude": "9,22"}).status_code == 302
    site = Site.objects.get()
    assert (site.latitude, site.longitude) == (45.81, 9.22)
    person = {"name": "Paola", "mobile": "333 1234567", "site": site.pk, "is_active": "on"}
    assert client.post(_url("contact_new", party.pk), person).status_code == 302
    assert Contact.objects.get().mobile == "+393331234567"
    group = {"name": "Rossi", "party": party.pk, "is_active": "on"}
    assert client.post(_url("group_add", party.pk), group).status_code == 302
    again = client.post(_url("group_new"), group | {"name": "ROSSI"})
    assert set(again.context["form"].errors) == {"name"}
    assert Group.objects.count() == 1


def test_blocking_shows_its_reason_to_everybody(client: Client, who: persons.People) -> None:
    party = make.party()
    client.force_login(who.owner)
    assert client.post(_url("block", party.pk), {"reason": ""}).status_code == 422
    client.post(_url("block", party.pk), {"reason": "Tre fatture scadute"})
    client.force_login(who.technician)
    assert "Tre fatture scadute" in client.get(_url("detail", party.pk)).content.decode()
    client.force_login(who.owner)
    client.post(_url("unblock", party.pk))
    client.post(_url("activate", party.pk), {"active": "0"})
    party.refresh_from_db()
    assert (party.is_blocked, party.is_active) == (False, False)


def test_zones_and_payment_terms_are_kept(client: Client, who: persons.People) -> None:
    client.force_login(who.owner)
    assert client.post(_url("zone_new"), {"name": "Brianza", "is_active": "on"}).status_code == 302
    twice = client.post(_url("zone_new"), {"name": "Brianza", "is_active": "on"})
    assert set(twice.context["form"].errors) == {"name"}
    assert Zone.objects.count() == 1
    terms = {
        "code": "RB60",
        "method": "riba",
        "first_days": "30",
        "instalments": "2",
        "interval_days": "30",
        "extra_days": "0",
        "fixed_day": "0",
        "skipped_months": ["8", "12"],
        "skip_day": "10",
        "month_end": "on",
        "is_active": "on",
    }
    nameless = client.post(_url("terms_new"), terms)
    assert set(nameless.context["form"].errors) == {"name_it"}
    assert client.post(_url("terms_new"), terms | {"name_fr": "Traite"}).status_code == 302
    made = PaymentTerms.objects.get()
    assert (made.names, made.skipped_months) == ({"fr": "Traite"}, [8, 12])
    both = client.post(_url("terms_new"), terms | {"from_month_end": "on"})
    assert "from_month_end" in both.context["form"].errors
    other = terms | {"code": "FM", "name_it": "FM 30/60", "month_end": "", "from_month_end": "on"}
    assert client.post(_url("terms_new"), other).status_code == 302
    assert PaymentTerms.objects.get(code="FM").from_month_end
    everything = client.post(_url("terms_new"), terms | {"skipped_months": list(range(1, 13))})
    assert "skipped_months" in everything.context["form"].errors


def test_duplicates_are_shown_until_somebody_says_they_are_two(
    client: Client, who: persons.People
) -> None:
    one, other = make.party("Rossi Impianti"), make.party("Impianti Rossi S.r.l.")
    client.force_login(who.owner)
    assert other.name in client.get(_url("duplicates")).content.decode()
    client.post(_url("apart"), {"first": one.pk, "second": other.pk})
    assert other.name not in client.get(_url("duplicates")).content.decode().split("cn-empty")[-1]
    assert client.post(_url("apart"), {"first": one.pk, "second": "x"}).status_code == 404


def test_documents_are_sent_to_the_office_alone(client: Client, who: persons.People) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    party = make.party()
    client.force_login(who.colleague)
    wrong = SimpleUploadedFile("a.exe", b"MZ\x00\x01")
    assert client.post(_url("documents", party.pk), {"file": wrong}).status_code == 422
    right = SimpleUploadedFile("contratto.pdf", b"%PDF-1.7 signed")
    assert client.post(_url("documents", party.pk), {"file": right}).status_code == 302
    document = party.documents.get()
    answer = client.get(_url("document", document.pk))
    assert b"".join(answer.streaming_content) == b"%PDF-1.7 signed"  # type: ignore[attr-defined]
    assert "attachment" in answer["Content-Disposition"]
    for user in (who.technician, who.customer, who.stranger):
        client.force_login(user)
        assert client.get(_url("document", document.pk)).status_code == 404
        assert client.post(_url("document_remove", document.pk)).status_code == 404
    client.force_login(who.colleague)
    assert client.get(_url("document_remove", document.pk)).status_code == 200
    client.post(_url("document_remove", document.pk))
    assert not party.documents.exists()


def test_customers_are_let_into_the_portal_and_out_again(
    client: Client, who: persons.People
) -> None:
    party, other = make.party(), make.party()
    client.force_login(who.colleague)
    assert client.post(_url("logins", party.pk), {"user": who.technician.pk}).status_code == 422
    assert client.post(_url("logins", party.pk), {"user": who.customer.pk}).status_code == 302
    assert list(Party.objects.visible_to(who.customer)) == [party]
    login = party.logins.get()
    client.post(_url("login_withdraw", other.pk), {"ids": [login.pk]})
    assert party.logins.exists()
    client.post(_url("login_withdraw", party.pk), {"ids": [login.pk]})
    assert not party.logins.exists()


def test_the_search_over_everything_finds_parties(client: Client, who: persons.People) -> None:
    party = make.party("Caffè Lario", search_text="caffe lario")
    make.contact(party, "Paola Riva", email="paola@example.com")
    client.force_login(who.technician)
    assert party.name in client.get("/search/?q=CAFFE").content.decode()
    assert "Paola Riva" in client.get("/search/?q=paola@").content.decode()
    client.force_login(who.customer)
    assert party.name not in client.get("/search/?q=CAFFE").content.decode()


def test_an_address_has_what_its_country_divides_itself_into(
    client: Client, who: persons.People
) -> None:
    client.force_login(who.colleague)
    here = make.site(make.party("Rossi", country="IT"), country="IT", city="Erba", is_main=True)
    there = make.site(
        make.party("Dupont", country="FR"), country="FR", city="Lyon", province="69", is_main=True
    )
    for site, word, other in (
        (here, "Provincia", "Dipartimento"),
        (there, "Dipartimento", "Provincia"),
    ):
        for url in (
            _url("edit", site.party_id),
            _url("detail", site.party_id),
            _url("site_edit", site.pk),
        ):
            page = client.get(url).content.decode()
            assert word in page, url
            assert other not in page, url
    listed = client.get(_url("list")).content.decode()
    assert "Erba (CO)" in listed
    assert "Lyon (69)" not in listed
    sent = FORM | {"country": "FR", "name": ""}
    assert "Dipartimento" in client.post(_url("create"), sent).content.decode()


def test_a_customer_is_found_by_any_word_while_one_types(
    client: Client, who: persons.People
) -> None:
    make.party("Rossi Impianti S.r.l.", code="C7")
    make.party("Rossi Forniture S.n.c.", is_customer=False, is_supplier=True)
    client.force_login(who.owner)
    page = client.get(_url("pick"), {"q": "impianti rossi"}).content.decode()
    assert "Rossi Impianti S.r.l." in page
    assert "C7" in page
    assert "Forniture" not in page
    client.force_login(who.stranger)
    assert client.get(_url("pick"), {"q": "rossi"}).status_code == 404
