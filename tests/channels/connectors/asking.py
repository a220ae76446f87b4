"""What tests of pulls share: a source on the small server, and a pull by hand."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.channels.connectors import fake as fakes
from tests.channels.connectors.fake import Fake
from tests.make import connectors as make

from canone.channels.connectors.models import PullLog, Source
from canone.channels.connectors.services import pulling

AT = make.AT
HOUR = timedelta(hours=1)
HAND = PullLog.Trigger.HAND


def connected(server: Fake, **more: Any) -> Source:
    return make.source(
        **{
            "url": server.url,
            "user": fakes.USER,
            "password": fakes.PASSWORD,
            "fingerprint": fakes.certificate()[2],
            **more,
        }
    )


def pull(source: Source, at: Any = AT) -> PullLog:
    log = pulling.pull(source_id=source.pk, reason=pulling.Reason(HAND, at))
    source.refresh_from_db()
    return log


def codes(log: PullLog) -> set[str]:
    return {code for code, _values in log.warnings}
