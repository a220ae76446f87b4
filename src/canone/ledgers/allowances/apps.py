"""Registers the context with Django."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from canone.base.mail import registry


class AllowancesConfig(AppConfig):
    """The context's place among Django's apps; its tables start with `allowances_`."""

    name = "canone.ledgers.allowances"
    label = "allowances"

    def ready(self) -> None:
        """Make the functions and the mail of this context known."""
        import_module("canone.ledgers.allowances.permissions")
        mails = import_module("canone.ledgers.allowances.services.mails")
        registry.declare(mails.LOW, _("Warning that prepaid hours run out"), mails.SAMPLE)
