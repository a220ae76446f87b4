"""What connections to PostgreSQL ask for."""

from __future__ import annotations

import pytest
from django.db import connection


@pytest.mark.django_db
@pytest.mark.parametrize(("setting", "value"), [("random_page_cost", "1.1"), ("jit", "off")])
def test_postgres_plans_for_many_short_questions(setting: str, value: str) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no such settings")
    with connection.cursor() as cursor:
        cursor.execute("SELECT setting, source FROM pg_settings WHERE name = %s", [setting])
        assert cursor.fetchone() == (value, "client")
