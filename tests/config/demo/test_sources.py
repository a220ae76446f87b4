"""The demo shows a source that never knocks anywhere."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from canone.channels.connectors import queries
from canone.config.demo import sources

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 21, 9, tzinfo=UTC)


def test_the_demo_source_is_never_asked() -> None:
    source = sources.load(at=AT)
    assert source.state == "paused"
    assert queries.due(AT) == queries.unheard(AT) == []
    assert queries.attention(AT) == []
