"""Registers the context with Django."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """The context's place among Django's apps; its tables start with `exchange_`."""

    name = "canone.base.exchange"
    label = "exchange"
