"""Registers the context with Django."""

from importlib import import_module

from django.apps import AppConfig


class MailConfig(AppConfig):
    """The context's place among Django's apps; its tables start with `mail_`."""

    name = "canone.base.mail"
    label = "mail"

    def ready(self) -> None:
        """Make the context's functions known."""
        import_module("canone.base.mail.permissions")
