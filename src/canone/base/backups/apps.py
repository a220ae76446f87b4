"""Registers the context with Django."""

from importlib import import_module

from django.apps import AppConfig


class BackupsConfig(AppConfig):
    """The context's place among Django's apps; its tables start with `backups_`."""

    name = "canone.base.backups"
    label = "backups"

    def ready(self) -> None:
        """Make the context's functions and jobs known."""
        import_module("canone.base.backups.permissions")
        import_module("canone.base.backups.tasks")
