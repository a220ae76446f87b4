"""Registers the context with Django."""

from importlib import import_module

from django.apps import AppConfig

from canone.base.exchange import importers


class CatalogConfig(AppConfig):
    """The context's place among Django's apps; its tables start with `catalog_`."""

    name = "canone.registers.catalog"
    label = "catalog"

    def ready(self) -> None:
        """Declare what users may be allowed to do, and what files may bring."""
        import_module("canone.registers.catalog.permissions")
        importing = import_module("canone.registers.catalog.services.importing")
        importers.register(importing.ArticleImporter())
