"""Registers the context with Django."""

from importlib import import_module

from django.apps import AppConfig

from canone.base.exchange import importers


class ContractsConfig(AppConfig):
    """The context's place among Django's apps; its tables start with `contracts_`."""

    name = "canone.desks.contracts"
    label = "contracts"

    def ready(self) -> None:
        """Declare the functions, the words of explanations and the files that can be imported."""
        import_module("canone.desks.contracts.permissions")
        import_module("canone.desks.contracts.queries.words").declare()
        importing = import_module("canone.desks.contracts.services.importing")
        importers.register(importing.ContractImporter())
