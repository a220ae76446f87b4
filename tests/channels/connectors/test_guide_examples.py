"""The guide's examples of sending a session, run as they stand there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from typing import Any

import pytest
from django.utils import timezone
from tests.house import tree
from tests.make import connectors as make

from canone.channels.connectors.services.receiving import keys
from canone.desks.assistance.models import RemoteSession

GUIDE = tree.ROOT / "docs" / "guide"
BLOCK = re.compile(r"```(sh|python)\n(.*?)```", re.DOTALL)
NEEDED = ("bash", "curl", "openssl", "base64", "od")


def examples(language: str) -> dict[str, str]:
    text = (GUIDE / language / "webhook.md").read_text()
    return dict(BLOCK.findall(text))


def test_both_languages_hold_the_same_examples() -> None:
    assert examples("it") == examples("en")
    assert set(examples("en")) == {"sh", "python"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["sh", "python"])
def test_an_example_brings_its_session(kind: str, live_server: Any) -> None:
    missing = [name for name in NEEDED if shutil.which(name) is None]
    if kind == "sh" and missing:
        pytest.skip(f"this machine has no {', '.join(missing)}")
    source = make.source(title="Own tool", tool="webhook", url="")
    key = keys.renew(source_id=source.pk, at=timezone.now())
    command = ["bash", "-euo", "pipefail", "-c"] if kind == "sh" else [sys.executable, "-c"]
    address = f"{live_server.url}/hooks/{source.pk}/"
    ended = subprocess.run(
        [*command, examples("en")[kind]],
        env={**os.environ, "CANONE_HOOK": address, "CANONE_KEY": key, "NO_PROXY": "*"},
        capture_output=True,
        timeout=30,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr.decode()
    assert b'"new": 1' in ended.stdout, ended.stdout
    assert RemoteSession.objects.get().technician_name == "Marco Riva"
