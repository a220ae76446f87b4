"""Registers the context with Django."""

from importlib import import_module

from django.apps import AppConfig

from canone.base.printing import registry


class InvoicingConfig(AppConfig):
    """The context's place among Django's apps; its tables start with `invoicing_`."""

    name = "canone.ledgers.invoicing"
    label = "invoicing"

    def ready(self) -> None:
        """Make the functions and the documents of this context known."""
        import_module("canone.ledgers.invoicing.permissions")
        papers = import_module("canone.ledgers.invoicing.queries.papers")
        sample = import_module("canone.ledgers.invoicing.queries.paper_sample")
        registry.declare(papers.KEY, sample.TITLE, sample.sample)
