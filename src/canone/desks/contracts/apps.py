"""Registers the context with Django."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from canone.base.exchange import importers
from canone.base.printing import registry as printing


class ContractsConfig(AppConfig):
    """The context's place among Django's apps; its tables start with `contracts_`."""

    name = "canone.desks.contracts"
    label = "contracts"

    def ready(self) -> None:
        """Declare the functions, the words of explanations and the files that can be imported."""
        import_module("canone.desks.contracts.permissions")
        import_module("canone.desks.contracts.queries.words").declare()
        papers = import_module("canone.desks.contracts.queries.papers")
        printing.declare(papers.KEY, _("Contract"), papers.sample)
        importing = import_module("canone.desks.contracts.services.importing")
        importers.register(importing.ContractImporter())
