"""Every operation, called with whatever the description allows and with what it does not.

No answer is a 500, and every answer is one that the description tells of.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, settings
from schemathesis import checks
from schemathesis.specs.openapi import checks as openapi
from tests.make import access, parties

from canone.base.access.functions import Role
from canone.base.access.models import User
from canone.base.tasks.models import Job
from canone.config.wsgi import application

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
THERE = 1_000_000_007
AT = datetime(2026, 4, 1, tzinfo=UTC)
CHECKS = (
    checks.not_a_server_error,
    openapi.status_code_conformance,
    openapi.content_type_conformance,
    openapi.response_schema_conformance,
)


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """The test's transaction outlives its requests, as with Django's own client."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def token() -> str:
    owner = access.user(Role.OWNER)
    party = parties.party(pk=THERE)
    parties.group(party, pk=THERE)
    parties.site(party, pk=THERE)
    parties.contact(party, pk=THERE)
    Job.objects.create(pk=THERE, kind="x.y", user=owner, created_at=AT, due_at=AT)
    User.objects.create(pk=THERE, email="there@example.com", name="There")
    return access.token(owner)


@schema.parametrize()
@settings(
    max_examples=10,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_no_call_breaks_the_program(case: schemathesis.Case, token: str) -> None:
    for name, value in case.path_parameters.items():
        if isinstance(value, int) and value % 2:
            case.path_parameters[name] = THERE
    case.call_and_validate(headers={"Authorization": f"Bearer {token}"}, checks=list(CHECKS))
