"""The access table tells of everything that there is; tests/access asks whether it is so."""

import pytest
from tests.access import routes, table, world
from tests.access.routes import Route

from canone.base.access import functions

ROUTES = [*routes.pages(), *routes.operations()]


@pytest.mark.parametrize("person", [*table.FUNCTIONS, "owner"])
def test_the_roles_hold_the_functions_that_the_table_says(person: str) -> None:
    declared = {
        function.code
        for function in functions.all_functions()
        if function.roles & set(world.ROLES[person])
    }
    assert declared == table.functions_of(person)


def test_every_address_with_a_placeholder_has_its_object_in_the_table() -> None:
    untold = [str(route) for route in ROUTES if route.parameters and not route.rule]
    assert untold == []


def test_an_address_of_which_the_table_says_nothing_is_not_let_pass() -> None:
    tour = Route("tours/<int:pk>/", "tour", "access.signed_in")
    assert tour.rule == ""


def test_the_table_names_only_what_exists() -> None:
    paths = [f"{route.path}/" for route in ROUTES]
    assert [s for s in table.OBJECTS if not any(p.startswith(s) for p in paths)] == []
    assert {*table.ALSO, *table.ASKED_WITH, *table.ASKED_BY} <= {route.name for route in ROUTES}
    assert table.FIRM_WIDE | set(table.VISIBLE) == {one.kind for one in ROUTES} - {""}
