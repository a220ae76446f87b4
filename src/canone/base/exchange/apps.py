"""Registers the context with Django."""

from importlib import import_module

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """The context's place among Django's apps; its tables start with `exchange_`."""

    name = "canone.base.exchange"
    label = "exchange"

    def ready(self) -> None:
        """Make the context's functions known."""
        import_module("canone.base.exchange.permissions")
