"""Registers the context with Django."""

from importlib import import_module

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    """The context's place among Django's apps; its tables start with `webhooks_`."""

    name = "canone.channels.webhooks"
    label = "webhooks"

    def ready(self) -> None:
        """Make the functions of the webhooks known."""
        import_module("canone.channels.webhooks.permissions")
