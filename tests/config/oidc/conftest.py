"""A provider that serves, and somebody whom it knows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests import people
from tests.channels.connectors.little import Little
from tests.config.oidc import issuer as issuers
from tests.config.oidc.coming import enter
from tests.config.oidc.issuer import Issuer

from canone.base.access import services
from canone.base.access.models import User
from canone.config.oidc import asking


@pytest.fixture
def serving() -> Iterator[tuple[Issuer, Little]]:
    asking.forget()
    with issuers.issuing() as found:
        yield found


@pytest.fixture
def issuer(serving: tuple[Issuer, Little]) -> Issuer:
    enter(serving[0])
    return serving[0]


@pytest.fixture
def technician() -> User:
    user = people.people().technician
    services.set_password(user=user, password="montagna-lago-7")
    return user
