"""Every address asks for a permission, or stands in the list of public ones."""

from collections.abc import Callable, Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from ninja.operation import PathView
from tests.house.public import PUBLIC, PUBLIC_OPERATIONS

from canone.base.access import functions


def _patterns(
    resolver: URLResolver, route: str = ""
) -> Iterator[tuple[str, str, Callable[..., Any]]]:
    for pattern in resolver.url_patterns:
        path = route + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern, path)
        else:
            assert isinstance(pattern, URLPattern)
            yield path, pattern.name or "", pattern.callback


def _api_view(callback: Callable[..., Any]) -> PathView | None:
    """Return the group of API operations behind an address; None for a page."""
    cells = getattr(callback, "__closure__", None) or ()
    inside = [cell.cell_contents for cell in cells]
    return next((one for one in inside if isinstance(one, PathView)), None)


def _is_ours_to_open(callback: Callable[..., Any]) -> bool:
    """Sign-in and second factors belong to allauth, which guards its pages itself."""
    view = getattr(callback, "view_class", callback)
    return str(view.__module__).startswith("allauth.")


ADDRESSES = list(_patterns(get_resolver()))


def test_every_page_asks_for_a_permission() -> None:
    naked = [
        path
        for path, name, callback in ADDRESSES
        if not _api_view(callback)
        and not _is_ours_to_open(callback)
        and name not in PUBLIC
        and not getattr(callback, "permission", None)
    ]
    assert naked == []


def test_every_operation_of_the_api_asks_for_a_permission() -> None:
    naked = [
        f"{'/'.join(operation.methods)} {path}"
        for path, _name, callback in ADDRESSES
        if (view := _api_view(callback))
        for operation in view.operations
        if not getattr(operation.view_func, "permission", None)
        and operation.view_func.__name__ not in PUBLIC_OPERATIONS
    ]
    assert naked == []


def test_permissions_that_pages_ask_for_are_declared() -> None:
    asked = {code for *_rest, view in ADDRESSES if (code := getattr(view, "permission", None))}
    assert asked <= {function.code for function in functions.all_functions()}


def test_the_list_of_public_addresses_names_only_what_exists() -> None:
    assert set(PUBLIC) <= {name for _path, name, _callback in ADDRESSES}


def _named(resolver: URLResolver) -> Iterator[tuple[str, bool]]:
    """Yield the names that are asked for without a namespace, and whether the API answers."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield pattern.name or "", _answers_in_json(pattern.callback)
        elif not pattern.namespace:
            yield from _named(pattern)


def _answers_in_json(callback: Callable[..., Any]) -> bool:
    return callback.__module__.startswith("canone.ui.api")


def test_no_operation_takes_the_name_of_a_page() -> None:
    names = set(_named(get_resolver()))
    assert len([name for name, of_api in names if of_api]) > 50
    assert {name for name, of_api in names if of_api} & {
        n for n, of_api in names if not of_api
    } == set()
