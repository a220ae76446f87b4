"""Which sources somebody should look at."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from tests.make import connectors as make

from canone.channels.connectors import queries
from canone.channels.connectors.models import PullLog, Source
from canone.channels.connectors.queries import looking

pytestmark = pytest.mark.django_db
AT = make.AT
DAY = timedelta(days=1)


def brought(source: Source, *days_ago: int, at: datetime = AT) -> None:
    """Let the source have brought something so many days ago, and have answered since."""
    for ago in days_ago:
        PullLog.objects.create(
            source=source, trigger="schedule", outcome="ok", new=1, started_at=at - ago * DAY
        )
    latest = at - min(days_ago) * DAY
    Source.objects.filter(pk=source.pk).update(last_ok_at=at, last_session_at=latest)


def why(at: datetime = AT) -> dict[str, str]:
    return {found.source.title: found.why for found in looking.attention(at)}


def test_a_source_that_answers_and_brings_nothing_any_more_is_silent() -> None:
    brought(make.source(title="Busy"), 1, 2, 3, 4, 5, 8)
    quiet = make.source(title="Quiet")
    brought(quiet, 9, 10, 11, 12, 13, 16)
    brought(make.source(title="Young"), 9, 10, 11)

    assert why() == {"Quiet": "silent"}
    assert looking.silent([quiet], AT) == {}, "as it was before the pull"
    quiet.refresh_from_db()
    assert looking.silent([quiet], AT) == {quiet.pk: AT - 9 * DAY}


def test_trouble_comes_before_silence() -> None:
    for title, change in [
        ("Stuck", {"state": "error"}),
        ("Failing", {"failures": 3}),
        ("Away", {"last_ok_at": AT - 3 * DAY}),
        ("Paused", {"state": "paused"}),
    ]:
        source = make.source(title=title)
        brought(source, 9, 10, 11, 12, 13, 16)
        Source.objects.filter(pk=source.pk).update(**change)

    assert why() == {"Stuck": "stuck", "Failing": "stuck", "Away": "unanswered"}


def test_looking_asks_the_same_however_many_sources_there_are(
    django_assert_num_queries: object,
) -> None:
    for number in range(5):
        brought(make.source(title=str(number)), 9, 10, 11, 12, 13)
    with django_assert_num_queries(3):  # type: ignore[operator]
        assert len(looking.attention(AT)) == 5


def test_a_clock_that_went_back_stops_no_source() -> None:
    source = make.source()
    Source.objects.update(next_pull_at=AT + 300 * DAY, busy_until=AT + 300 * DAY)
    assert queries.due(AT) == [source.pk]

    Source.objects.update(next_pull_at=AT + timedelta(hours=20), busy_until=None)
    assert queries.due(AT) == []
    Source.objects.update(next_pull_at=AT, busy_until=AT + timedelta(minutes=9))
    assert queries.due(AT) == []

    Source.objects.update(last_ok_at=AT, listening_until=AT + 300 * DAY)
    assert queries.unheard(AT) == [source.pk]
    Source.objects.update(listening_until=AT + timedelta(minutes=1))
    assert queries.unheard(AT) == []
