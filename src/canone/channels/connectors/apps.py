"""Registers the context with Django."""

from django.apps import AppConfig


class ConnectorsConfig(AppConfig):
    """The context's place among Django's apps; its tables start with `connectors_`."""

    name = "canone.channels.connectors"
    label = "connectors"
