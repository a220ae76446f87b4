"""Registers the context with Django."""

from importlib import import_module

from django.apps import AppConfig

from canone.base.exchange import importers


class PartiesConfig(AppConfig):
    """The context's place among Django's apps; its tables start with `parties_`."""

    name = "canone.registers.parties"
    label = "parties"

    def ready(self) -> None:
        """Declare the functions that can be allowed and the files that can be imported."""
        import_module("canone.registers.parties.permissions")
        importing = import_module("canone.registers.parties.services.importing")
        importers.register(importing.PartyImporter())
        importers.register(importing.GroupImporter())
        signed = import_module("canone.registers.parties.services.signed")
        importers.register(signed.MandateImporter())
