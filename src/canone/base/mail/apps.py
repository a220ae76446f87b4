"""Registers the context with Django."""

from django.apps import AppConfig


class MailConfig(AppConfig):
    """The context's place among Django's apps; its tables start with `mail_`."""

    name = "canone.base.mail"
    label = "mail"
