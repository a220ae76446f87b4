"""Registers the context with Django."""

from importlib import import_module

from django.apps import AppConfig


class PartiesConfig(AppConfig):
    """The context's place among Django's apps; its tables start with `parties_`."""

    name = "canone.registers.parties"
    label = "parties"

    def ready(self) -> None:
        """Declare the functions that can be allowed."""
        import_module("canone.registers.parties.permissions")
