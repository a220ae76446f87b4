"""What is asked at every batch and on every document is found by an index, on SQLite too."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from canone.ledgers.invoicing.models import Charge
from canone.ledgers.invoicing.queries import proposing

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL plans by what there is"),
]


def plan(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        return "\n".join(str(row[3]) for row in cursor.fetchall())


def test_charges_of_contracts_are_found_by_their_bundle() -> None:
    with CaptureQueriesContext(connection) as asked:
        proposing.posted({"contract:1": date(2026, 1, 1), "contract:2": date(2026, 3, 1)})
    said = plan(asked.captured_queries[-1]["sql"])
    assert "SEARCH invoicing_charge USING INDEX invoicing_charge_bundle" in said


def test_charges_of_a_document_are_found_by_its_name() -> None:
    with CaptureQueriesContext(connection) as asked:
        list(Charge.objects.on_document("document:5"))
    said = plan(asked.captured_queries[-1]["sql"])
    assert "SEARCH invoicing_charge USING INDEX invoicing_charge_document" in said
