"""Registers the context with Django."""

from importlib import import_module

from django.apps import AppConfig


class ConnectorsConfig(AppConfig):
    """The context's place among Django's apps; its tables start with `connectors_`."""

    name = "canone.channels.connectors"
    label = "connectors"

    def ready(self) -> None:
        """Make the functions of the sources known."""
        import_module("canone.channels.connectors.permissions")
