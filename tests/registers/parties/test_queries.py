from __future__ import annotations

from datetime import UTC, datetime
from itertools import product

import pytest
from tests.make import access
from tests.make import parties as make

from canone.base.access.functions import Role
from canone.base.firm.models import Firm
from canone.registers.parties import queries
from canone.registers.parties.models import Party
from canone.registers.parties.rules.twins import Reason
from canone.registers.parties.services import parties, places

pytestmark = pytest.mark.django_db
AT = datetime(2026, 4, 1, 9, 0, tzinfo=UTC)


def test_search_looks_through_names_numbers_and_town_without_accents() -> None:
    owner = access.user(Role.OWNER)
    right = parties.create(
        at=AT,
        by=None,
        name="Caffè dell’Orto S.r.l.",
        vat_number="00743110157",
        office={"city": "Cantù"},
    )
    parties.create(at=AT, by=None, name="Caffè Lario", office={"city": "Erba"})
    for text in ("CAFFE ORTO", "cantu caffè", "0074311", "Cantù"):
        assert queries.search(owner, text) == [right], text
    assert queries.search(owner, "caffè roma") == []


def test_search_shows_nobody_what_is_not_theirs() -> None:
    parties.create(at=AT, by=None, name="Rossi", is_customer=False, is_supplier=True)
    assert queries.search(access.user(Role.TECHNICIAN), "rossi") == []
    assert queries.search(access.user(Role.CUSTOMER), "rossi") == []


@pytest.mark.parametrize("home", ["it", "fr"])
def test_the_database_agrees_with_the_rule_about_what_is_incomplete(home: str) -> None:
    Firm.objects.update_or_create(pk=1, defaults={"name": "Casa", "country": home})
    terms = make.payment_terms()
    for number, (country, person, vat, sdi, street, paid, customer) in enumerate(
        product(["IT", "FR", "DE"], [0, 1], [0, 1], [0, 1], [0, 1], [0, 1], [0, 1])
    ):
        party = make.party(
            code=f"P{number}",
            country=country,
            is_person=bool(person),
            vat_number="x" if vat else "",
            siren="x" if vat else "",
            pec="a@example.com" if sdi else "",
            payment_terms=terms if paid else None,
            is_customer=bool(customer),
            is_supplier=True,
        )
        if street:
            make.site(party, is_main=True)
    told = set(Party.objects.filter(queries.incomplete()))
    assert told == {party for party in Party.objects.all() if queries.lacks(party)}
    assert 0 < len(told) < Party.objects.count()


def test_counters_count_what_the_user_sees() -> None:
    make.party(is_blocked=True)
    make.party(is_active=False)
    make.party(is_customer=False, is_supplier=True)
    assert queries.counters(access.user(Role.OWNER)) == {
        "customers": 1,
        "suppliers": 1,
        "incomplete": 1,
        "blocked": 1,
        "inactive": 1,
    }
    assert queries.counters(access.user(Role.TECHNICIAN))["suppliers"] == 0


def test_lists_keep_a_fixed_number_of_queries(django_assert_num_queries: object) -> None:
    owner = access.user(Role.OWNER)
    assert owner.roles
    for _ in range(3):
        make.site(make.group(make.group().party).party, is_main=True)
    with django_assert_num_queries(1):  # type: ignore[operator]
        rows = [(p.city, p.group_count, p.zone) for p in queries.for_list(owner)]  # type: ignore[attr-defined]
    assert rows == [("Como", 2, None)] * 3


def test_duplicates_are_pointed_out_until_told_apart() -> None:
    owner = access.user(Role.OWNER)
    one, other = make.party("Rossi Impianti S.r.l."), make.party("ROSSI IMPIANTI")
    make.party("Verdi")
    (twin,) = queries.duplicates(owner)
    assert (twin.first, twin.second, twin.reason) == (one, other, Reason.SAME_NAME)
    parties.tell_apart(first=other.pk, second=one.pk, at=AT, by=owner.pk)
    assert queries.duplicates(owner) == []
    assert queries.twins_of(owner, name=one.name, party_id=one.pk) == []


def test_before_saving_the_one_that_exists_is_pointed_out() -> None:
    owner = access.user(Role.OWNER)
    known = make.party("Rossi Impianti S.r.l.", vat_number="00743110157")
    (twin,) = queries.twins_of(owner, name="Altro nome", vat_number="00743110157")
    assert (twin.second, twin.reason) == (known, Reason.VAT_NUMBER)
    assert queries.twins_of(owner, name="Tutt’altro") == []


def test_groups_are_found_by_name_when_it_is_clear() -> None:
    group = make.group(name="Caffè Lario")
    assert queries.group_by_name("Caffè Lario") == group
    assert queries.group_by_name("caffe lario") == group
    make.group(name="CAFFE LARIO")
    assert queries.group_by_name("caffè LARIO") is None


def test_the_timeline_holds_what_hangs_on_the_party() -> None:
    party = parties.create(at=AT, by=None, name="Rossi")
    site = places.create(at=AT.replace(hour=10), by=None, party=party, name="Magazzino")
    places.update(site_id=site.pk, at=AT.replace(hour=11), by=None, opening="8–12")
    events = queries.timeline(party)
    assert [(e.of, e.change.kind) for e in events] == [
        ("Magazzino", "changed"),
        ("Magazzino", "created"),
        ("", "created"),
    ]


def test_a_search_of_thousands_of_words_is_answered() -> None:
    one = make.party("Officine Brambilla")
    assert list(queries.matching(Party.objects.all(), "brambilla " * 3_000)) == [one]
