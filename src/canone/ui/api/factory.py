"""The one API, empty: config mounts the contexts' routers on it."""

from __future__ import annotations

from ninja import NinjaAPI

from canone.ui.api import errors
from canone.ui.api.reading import StrictParser


def create(*, title: str, version: str, description: str) -> NinjaAPI:
    """Return an API that answers failures in one way and serves neither schema nor pages itself."""
    api = NinjaAPI(
        title=title,
        version=version,
        description=description,
        urls_namespace="api",
        openapi_url=None,
        docs_url=None,
        parser=StrictParser(),
    )
    errors.install(api)
    return api
