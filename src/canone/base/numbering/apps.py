"""Registers the context with Django."""

from django.apps import AppConfig


class NumberingConfig(AppConfig):
    """The context's place among Django's apps; its tables start with `numbering_`."""

    name = "canone.base.numbering"
    label = "numbering"
