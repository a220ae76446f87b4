"""Registers the context with Django."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """The context's place among Django's apps; its tables start with `access_`."""

    name = "canone.base.access"
    label = "access"
