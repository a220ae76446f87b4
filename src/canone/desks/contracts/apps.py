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
        """Declare functions, words of explanations, files that can be imported, background work."""
        import_module("canone.desks.contracts.permissions")
        import_module("canone.desks.contracts.queries.words").declare()
        papers = import_module("canone.desks.contracts.queries.papers")
        printing.declare(papers.KEY, _("Contract"), papers.sample)
        importing = import_module("canone.desks.contracts.services.importing")
        importers.register(importing.ContractImporter())
        opening = import_module("canone.desks.contracts.services.opening")
        importers.register(opening.BalanceImporter())
        import_module("canone.desks.contracts.tasks")
