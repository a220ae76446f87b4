"""Pages of a preview share what the whole comes to, and show what will be issued."""

from __future__ import annotations

from collections.abc import Iterator
from unittest.mock import patch

import pytest
from tests.make import catalog, parties
from tests.make import invoicing as make

from canone.base.history import queries as history
from canone.ledgers.invoicing.models import Document
from canone.ledgers.invoicing.queries import outline, planning, preview
from canone.registers.parties.models import Party
from canone.registers.parties.services import parties as services

pytestmark = pytest.mark.django_db
SIZE = 3


@pytest.fixture(autouse=True)
def _small_batches() -> Iterator[None]:
    with (
        patch.object(planning, "CUSTOMERS", 2),
        patch.object(outline, "_kept", type(outline._kept)()),
    ):
        yield


def customers(count: int = 7) -> list[Party]:
    made = [make.customer() for _ in range(count)]
    for number, who in enumerate(made):
        make.charge(who, amount_minor=1_000 + number, vat_id=catalog.vat().pk)
    return made


def pages(**more: object) -> list[str]:
    order = make.order(**more)
    shown = []
    for start in range(0, 12, SIZE):
        shown += [one.key for one in preview.view(order, start=start, size=SIZE).documents]
    return shown


def test_pages_show_every_document_once_and_the_whole_is_planned_once() -> None:
    customers()
    whole = [one.key for plan in planning.batches(make.order()) for one in plan.documents]
    seen: list[int] = []
    plan = planning.plan

    def counted(order, chosen):
        seen.append(len(chosen))
        return plan(order, chosen)

    with patch.object(planning, "plan", counted):
        assert pages() == whole
        assert len(whole) == 7
        assert sum(seen) == 7 + 7, "once for the figures, once for the pages"


def test_what_changes_is_reckoned_anew() -> None:
    made = customers()
    before = preview.view(make.order(), start=0, size=SIZE)
    assert (before.found, before.whole.net) == (7, sum(range(1_000, 1_007)))
    make.charge(made[0], amount_minor=500, vat_id=catalog.vat().pk)
    assert preview.view(make.order(), start=0, size=SIZE).whole.net == before.whole.net + 500
    services.update(
        party_id=made[1].pk, is_blocked=True, vat_number="IT00743110157", at=make.AT, by=None
    )
    after = preview.view(make.order(), start=0, size=SIZE)
    assert (after.found, after.whole.net) == (6, before.whole.net + 500 - 1_001)
    make.bill()
    assert Document.objects.count() == 6
    nothing = preview.view(make.order(), start=0, size=SIZE)
    assert (nothing.found, nothing.whole.documents, nothing.documents) == (0, 0, [])


def test_what_is_unticked_leaves_the_figures_but_not_the_page() -> None:
    customers()
    plain = preview.view(make.order(), start=0, size=SIZE)
    key = plain.documents[1].key
    for without in ({key}, {key, "junk"}):
        seen = preview.view(make.order(without=frozenset(without)), start=0, size=SIZE)
        assert [one.key for one in seen.documents] == [one.key for one in plain.documents]
        assert (seen.found, seen.whole.documents, seen.here.documents) == (7, 6, 2)
        assert seen.whole.net == plain.whole.net - 1_001
        assert seen.whole.left_out["unticked"] == (1, 1_001)
    assert preview.view(make.order(), start=0, size=SIZE).whole.documents == 7


def test_the_trace_is_another_after_every_change_of_a_record() -> None:
    before = history.trace()
    assert before.count("|") > 25, "every record with a history counts"
    who = parties.party()
    assert before != (made := history.trace())
    services.update(party_id=who.pk, name="Altro", at=make.AT, by=None)
    assert history.trace() not in (before, made)
    assert history.trace() == history.trace()
