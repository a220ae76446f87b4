"""The demo's sources have two weeks behind them, as if they had been asked every morning."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random

import pytest
from tests.make import access, parties

from canone.base.access.functions import Role
from canone.channels.connectors import queries
from canone.channels.connectors.models import PullLog
from canone.config.demo import italy, paper, sources
from canone.desks.assistance.models import RemoteSession

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 21, 9, tzinfo=UTC)


def test_every_source_that_is_asked_has_a_past() -> None:
    groups = [parties.group(name=f"Gruppo {number}") for number in range(40)]
    technicians = [access.user(Role.TECHNICIAN, email=f"t{n}@example.com") for n in range(2)]
    made = sources.load(italy.LAND.house, at=AT)
    paper.load(Random(1), italy.LAND.words, made, groups, technicians, at=AT)
    for source in made:
        source.refresh_from_db()
        logs = source.pulls.filter(outcome=PullLog.Outcome.OK).count()
        brought = RemoteSession.objects.filter(source=source.key)
        assert logs == (0 if source.description.receives else paper.DAYS)
        assert source.sessions_new == brought.count()
        assert brought.exists() is not source.description.receives
        assert not any(log.warnings for log in source.pulls.all())
        assert source.state == "paused"
        assert not brought.filter(group=None).exists()
    assert RemoteSession.objects.count() > paper.DAYS
    assert PullLog.objects.filter(trouble="unreachable").count() == 1
    assert queries.due(AT) == []
