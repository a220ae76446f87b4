"""Registers the context with Django."""

from importlib import import_module

from django.apps import AppConfig


class AssistanceConfig(AppConfig):
    """The context's place among Django's apps; its tables start with `assistance_`."""

    name = "canone.desks.assistance"
    label = "assistance"

    def ready(self) -> None:
        """Make the desk's functions and its importer known."""
        import_module("canone.desks.assistance.permissions")
        import_module("canone.desks.assistance.services.importing").register()
