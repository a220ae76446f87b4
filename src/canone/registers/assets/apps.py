"""Registers the context with Django."""

from importlib import import_module

from django.apps import AppConfig

from canone.base.exchange import importers


class AssetsConfig(AppConfig):
    """The context's place among Django's apps; its tables start with `assets_`."""

    name = "canone.registers.assets"
    label = "assets"

    def ready(self) -> None:
        """Declare the functions that can be allowed and the files that can be imported."""
        import_module("canone.registers.assets.permissions")
        importing = import_module("canone.registers.assets.services.importing")
        importers.register(importing.MachineImporter())
        importers.register(importing.ReadingImporter())
