"""The people of these tests."""

import pytest
from tests.people import People, people


@pytest.fixture
def who() -> People:
    return people()
