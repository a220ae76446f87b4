"""Registers the context with Django."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from canone.base.printing import registry


class AssistanceConfig(AppConfig):
    """The context's place among Django's apps; its tables start with `assistance_`."""

    name = "canone.desks.assistance"
    label = "assistance"

    def ready(self) -> None:
        """Make the desk's functions and its background work known."""
        import_module("canone.desks.assistance.permissions")
        import_module("canone.desks.assistance.tasks")
        statements = import_module("canone.desks.assistance.queries.statements")
        registry.declare(statements.KEY, _("Statement of remote assistance"), statements.sample)
        import_module("canone.desks.assistance.services.importing").register()
