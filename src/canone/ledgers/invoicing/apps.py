"""Registers the context with Django."""

from django.apps import AppConfig


class InvoicingConfig(AppConfig):
    """The context's place among Django's apps; its tables start with `invoicing_`."""

    name = "canone.ledgers.invoicing"
    label = "invoicing"
