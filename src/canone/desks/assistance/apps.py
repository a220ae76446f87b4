"""Registers the context with Django."""

from django.apps import AppConfig


class AssistanceConfig(AppConfig):
    """The context's place among Django's apps; its tables start with `assistance_`."""

    name = "canone.desks.assistance"
    label = "assistance"
