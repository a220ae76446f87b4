"""Registers the context with Django."""

from importlib import import_module

from django.apps import AppConfig


class AllowancesConfig(AppConfig):
    """The context's place among Django's apps; its tables start with `allowances_`."""

    name = "canone.ledgers.allowances"
    label = "allowances"

    def ready(self) -> None:
        """Make the functions of this context known."""
        import_module("canone.ledgers.allowances.permissions")
