import pytest
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries
from tests import people
from tests.make import catalog

from canone.base.access import functions
from canone.config.origins import ORIGINS
from canone.ui import origins


@pytest.mark.parametrize("row", ORIGINS, ids=lambda row: row.prefix)
def test_every_origin_leads_to_a_page_behind_a_function(row: origins.Origin) -> None:
    ways = [*row.ways, *([row.undo] if row.undo else [])]
    if row.url_name:
        ways.append(origins.Way(row.title, row.url_name, row.permission))
    for way in ways:
        assert reverse(way.url_name, args=[812])
        assert functions.get(way.permission)


def test_prefixes_and_kinds_stand_once() -> None:
    prefixes = [row.prefix for row in ORIGINS]
    kinds = [kind for row in ORIGINS for kind in row.kinds]
    assert len(prefixes) == len(set(prefixes))
    assert len(kinds) == len(set(kinds))


@pytest.mark.django_db
def test_an_origin_is_a_link_for_who_may_follow_it() -> None:
    who = people.people()
    assert origins.place("session:812", who.owner).url == reverse("assistance:session", args=[812])
    assert origins.place("session:812", who.customer).url == ""
    assert str(origins.place("unknown:1", who.owner).words) == "unknown:1"
    assert origins.place("manual:ab12", who.owner).url == ""


@pytest.mark.django_db
def test_what_has_a_name_is_called_by_it_and_asked_for_once(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    owner = people.people().owner
    tariff = catalog.tariff("Abbonamento 10 ore")
    assert origins.place(f"tariff:{tariff.pk}", owner).words == "Profilo Abbonamento 10 ore"
    assert origins.place("tariff:999999", owner).words == "Profilo 999999"
    named: dict[str, str] = {}
    with django_assert_num_queries(1):
        for _time in range(3):
            place = origins.place(f"top_up:{tariff.pk}:ab", owner, named=named)
    assert place.words == "Ricarica Abbonamento 10 ore"
