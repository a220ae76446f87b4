"""Registers the context with Django."""

from django.apps import AppConfig


class PartiesConfig(AppConfig):
    """The context's place among Django's apps; its tables start with `parties_`."""

    name = "canone.registers.parties"
    label = "parties"
