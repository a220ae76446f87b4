"""Registers the context with Django."""

from django.apps import AppConfig


class AllowancesConfig(AppConfig):
    """The context's place among Django's apps; its tables start with `allowances_`."""

    name = "canone.ledgers.allowances"
    label = "allowances"
