"""The demo shows sources that never knock anywhere."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from canone.channels.connectors import queries
from canone.channels.connectors.queries import looking
from canone.config.demo import sources
from canone.config.demo.land import Land
from canone.config.demo.lands import LANDS

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 21, 9, tzinfo=UTC)


@pytest.mark.parametrize("land", LANDS.values(), ids=list(LANDS))
def test_the_demo_sources_are_never_asked(land: Land) -> None:
    found = sources.load(land.house, at=AT)
    assert {source.kind for source in found} >= {"meshcentral", "teamviewer", "anydesk"}
    assert {source.state for source in found} == {"paused"}
    assert queries.writing_back() == []
    assert queries.due(AT) == queries.unheard(AT) == []
    assert looking.attention(AT) == []
