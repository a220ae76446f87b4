"""Registers the context with Django."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """The context's place among Django's apps; its tables start with `catalog_`."""

    name = "canone.registers.catalog"
    label = "catalog"
