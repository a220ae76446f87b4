"""Registers the context with Django."""

from importlib import import_module

from django.apps import AppConfig


class AssetsConfig(AppConfig):
    """The context's place among Django's apps; its tables start with `assets_`."""

    name = "canone.registers.assets"
    label = "assets"

    def ready(self) -> None:
        """Declare the functions that can be allowed."""
        import_module("canone.registers.assets.permissions")
