"""Registers the context with Django."""

from django.apps import AppConfig


class PrintingConfig(AppConfig):
    """The context's place among Django's apps; its tables start with `printing_`."""

    name = "canone.base.printing"
    label = "printing"
