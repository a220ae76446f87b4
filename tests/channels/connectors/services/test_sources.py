"""Sources are connected, changed, paused; their password is kept and never told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import override_settings
from tests.make import connectors as make

from canone.channels.connectors.models import Source
from canone.channels.connectors.rules.port import Trouble
from canone.channels.connectors.services import sources, tools, vault

pytestmark = pytest.mark.django_db


def test_the_password_is_stored_sealed_and_stays_out_of_the_history() -> None:
    source = make.source()

    row = Source.objects.filter(pk=source.pk).values().get()
    record = source.history.values().get()
    assert "well kept" not in str(row) + str(record)
    assert "credentials" not in record
    assert "well kept" not in repr(tools.known(source))
    assert tools.known(source).secrets["password"] == "well kept"


def test_another_installation_cannot_open_the_credentials() -> None:
    sealed = vault.seal({"password": "well kept"})
    with override_settings(SECRET_KEY="another"), pytest.raises(Trouble) as caught:
        vault.unseal(sealed)
    assert caught.value.code == "credentials_unreadable"
    assert caught.value.final


def test_an_empty_password_keeps_the_known_one_for_the_same_address_only() -> None:
    source = make.source()
    again = make.connection(password="", title="Mesh")
    source = sources.revise(source_id=source.pk, connection=again, at=make.AT)
    assert tools.known(source).secrets["password"] == "well kept"

    elsewhere = make.connection(password="", url="https://elsewhere.example.org")
    with pytest.raises(ValidationError):
        sources.revise(source_id=source.pk, connection=elsewhere, at=make.AT)
    with pytest.raises(ValidationError):
        sources.probe(connection=elsewhere, known=source)


def test_another_address_is_read_from_its_beginning() -> None:
    source = make.source()
    Source.objects.filter(pk=source.pk).update(cursor={"open": []}, last_ok_at=make.AT)

    moved = make.connection(url="https://new.example.org", password="new")
    source = sources.revise(source_id=source.pk, connection=moved, at=make.AT)

    assert (source.cursor, source.last_ok_at) == ({}, None)


def test_a_change_clears_the_trouble_but_does_not_resume() -> None:
    source = make.source()
    Source.objects.filter(pk=source.pk).update(state="error", trouble="refused", next_pull_at=None)
    later = make.AT + timedelta(hours=1)

    source = sources.revise(
        source_id=source.pk, connection=make.connection(password="new"), at=later
    )
    assert (source.state, source.trouble, source.next_pull_at) == ("active", "", later)

    sources.pause(source_id=source.pk)
    source = sources.revise(source_id=source.pk, connection=make.connection(), at=later)
    assert (source.state, source.next_pull_at) == ("paused", None)
    source = sources.resume(source_id=source.pk, at=later)
    assert (source.state, source.next_pull_at) == ("active", later)


def test_a_source_that_brought_sessions_cannot_be_removed() -> None:
    used, unused = make.source(), make.source(title="Unused")
    Source.objects.filter(pk=used.pk).update(sessions_new=1)

    sources.remove(source_id=unused.pk)
    with pytest.raises(sources.InUseError):
        sources.remove(source_id=used.pk)
    assert list(Source.objects.values_list("pk", flat=True)) == [used.pk]
