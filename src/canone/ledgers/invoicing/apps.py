"""Registers the context with Django."""

from importlib import import_module

from django.apps import AppConfig


class InvoicingConfig(AppConfig):
    """The context's place among Django's apps; its tables start with `invoicing_`."""

    name = "canone.ledgers.invoicing"
    label = "invoicing"

    def ready(self) -> None:
        """Make the functions of this context known."""
        import_module("canone.ledgers.invoicing.permissions")
