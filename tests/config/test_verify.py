from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from canone.base.history import services
from canone.base.history.models import JournalEntry

pytestmark = pytest.mark.django_db
AT = datetime(2026, 4, 1, tzinfo=UTC)


def verify(*options: str) -> str:
    said = StringIO()
    call_command("verify", *options, stdout=said)
    return said.getvalue()


def test_a_sound_journal_prints_the_head_that_proves_it_later() -> None:
    kept = services.append([services.Fact("k", "s", "{}")], at=AT, by=None)
    assert str(kept) in verify()
    services.append([services.Fact("k", "t", "{}")], at=AT, by=None)
    assert verify(f"--head={kept}").startswith("2 entries, all sound.")


def test_what_does_not_hold_is_named() -> None:
    services.append([services.Fact("k", "s", "{}")], at=AT, by=None)
    with pytest.raises(CommandError, match="entry 9 should be there"):
        verify(f"--head=9:{'0' * 64}")
    with pytest.raises(CommandError, match="not the head of a journal"):
        verify("--head=nonsense")
    JournalEntry.objects.create(
        seq=2, at=AT, kind="k", subject="s", payload="", previous="", hash=""
    )
    with pytest.raises(CommandError, match="entry 2 was altered"):
        verify()
