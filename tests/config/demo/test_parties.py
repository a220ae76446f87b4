from __future__ import annotations

from datetime import UTC, datetime
from random import Random

import pytest
from tests.make import access

from canone.base.access.functions import Role
from canone.base.firm import services as firms
from canone.config.demo import france
from canone.config.demo import parties as demo
from canone.config.demo.land import Land
from canone.config.demo.lands import LANDS
from canone.kernel import identities
from canone.registers.parties import queries
from canone.registers.parties.models import Contact, Party, Site
from canone.registers.parties.rules.twins import Reason

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
BOTH = pytest.mark.parametrize("land", LANDS.values(), ids=list(LANDS))


@BOTH
def test_the_same_seed_draws_the_same_firm(land: Land) -> None:
    assert list(demo.drafts(Random(7), land)) == list(demo.drafts(Random(7), land))
    assert list(demo.drafts(Random(7), land)) != list(demo.drafts(Random(8), land))


@BOTH
def test_every_town_stands_in_a_zone_and_every_firm_in_a_town(land: Land) -> None:
    region = land.region
    assert {town.zone for town in region.towns.values()} == set(region.zones)
    named = [*region.firms, *region.public, *region.suppliers, region.twin]
    assert {city for _name, city in named} | set(region.people_towns) <= set(region.towns)
    assert land.numbers(Random(1)).abroad().zone in region.zones
    assert (len(region.firms), len(region.public)) == (50, 3)


@BOTH
@pytest.mark.django_db
def test_sixty_customers_pass_every_check_and_look_like_a_register(land: Land) -> None:
    firms.revise(**land.house.firm)
    book = demo.load(Random(7), land, at=AT, by=None)
    assert len(book.customers) == 60
    assert len(book.suppliers) == 4
    numbers = {party.vat_number for party in Party.objects.exclude(vat_number="")}
    assert len(numbers) == {"it": 58, "fr": 53}[land.country]
    assert len(book.groups) == 63
    owner = access.user(Role.OWNER)
    counted = queries.counters(owner)
    assert 5 <= counted["incomplete"] <= 7
    assert (counted["blocked"], counted["inactive"]) == (1, 1)
    assert [twin.reason for twin in queries.duplicates(owner)] == [Reason.SIMILAR_NAME]
    assert all(party.history.get().history_date < AT for party in book.customers)
    assert {party.language for party in Party.objects.all()} == {land.language}
    home = land.country.upper()
    assert Party.objects.exclude(country=home).get().country == "CH"
    assert Site.objects.exclude(country=home).get().party.country == "CH"


@pytest.mark.django_db
def test_french_firms_have_a_siren_that_agrees_with_siret_and_vat_number() -> None:
    demo.load(Random(7), france.LAND, at=AT, by=None)
    firms = Party.objects.filter(country="FR").exclude(siren="")
    assert firms.count() == 50 + 3 + 4 - len(demo.INCOMPLETE)
    for party in firms:
        assert identities.siren(party.siren).ok
        assert identities.siret(party.siret).ok
        assert identities.vat_number(party.vat_number, "FR").ok
        assert party.siret.startswith(party.siren)
        assert party.vat_number.endswith(party.siren)
        assert not party.iban or identities.iban(party.iban).ok
        assert not party.phone or party.phone.startswith("+33")
        assert {party.sdi_code, party.pec, party.tax_code} == {""}
    mobiles = Contact.objects.exclude(mobile="").values_list("mobile", flat=True)
    assert all(identities.phone(number, "FR").ok for number in mobiles)
    assert {party.siren[0] for party in Party.objects.filter(is_public_body=True)} == {"2"}
    accounts = Party.objects.exclude(iban="").values_list("iban", flat=True)
    assert {iban[:2] for iban in accounts} == {"FR"}


@BOTH
def test_the_firm_itself_has_numbers_that_pass(land: Land) -> None:
    firm = land.house.firm
    assert identities.vat_number(firm["vat_number"], land.country.upper()).ok
    assert identities.phone(firm["phone"], land.country.upper()).ok
    checked = {"it": identities.italian_vat, "fr": identities.siren}[land.country]
    assert checked(firm["tax_code"]).ok
    assert identities.postcode(firm["postcode"], land.country.upper()).ok
