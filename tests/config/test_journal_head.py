from datetime import UTC, datetime

import pytest
from tests.make import access

from canone.base.access.functions import Role
from canone.base.history import queries, services
from canone.base.history.models import JournalEntry
from canone.base.mail.models import OutgoingMail
from canone.base.tasks.registry import Work
from canone.config import tasks

pytestmark = pytest.mark.django_db
AT = datetime(2026, 4, 1, tzinfo=UTC)


def test_every_owner_gets_the_head_in_their_language_once() -> None:
    for language in ("it", "fr", "en"):
        owner = access.user(Role.OWNER, email=f"{language}@example.com")
        owner.language = language
        owner.save()
    access.user(Role.TECHNICIAN, email="tech@example.com")
    services.append([services.Fact("k", "s", "{}")], at=AT, by=None)
    for _attempt in (1, 2):
        tasks.mail_head(Work({}, job_id=7))
    mails = {mail.to: mail for mail in OutgoingMail.objects.all()}
    assert set(mails) == {"it@example.com", "fr@example.com", "en@example.com"}
    for mail in mails.values():
        assert str(queries.head()) in mail.text
    assert "tutte integre" in mails["it@example.com"].text
    assert "toutes intègres" in mails["fr@example.com"].text


def test_what_does_not_hold_is_told() -> None:
    access.user(Role.OWNER)
    services.append([services.Fact("k", "s", "{}")], at=AT, by=None)
    JournalEntry.objects.create(
        seq=2, at=AT, kind="k", subject="", payload="", previous="", hash=""
    )
    tasks.mail_head(Work({}, job_id=7))
    assert "2 (altered)" in OutgoingMail.objects.get().text


def test_an_empty_journal_is_no_news() -> None:
    access.user(Role.OWNER)
    tasks.mail_head(Work({}, job_id=7))
    assert not OutgoingMail.objects.exists()
