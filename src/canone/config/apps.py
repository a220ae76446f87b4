"""Registers the context with Django."""

from django.apps import AppConfig
from django.conf import settings


class ConfigConfig(AppConfig):
    """The context's place among Django's apps; its tables start with `config_`."""

    name = "canone.config"
    label = "config"

    def ready(self) -> None:
        """Connect the contexts, hasten migrating, and tell faults to whom the settings name."""
        from canone.base import migrating  # noqa: PLC0415 (contexts are whole only now)
        from canone.config import sentry, wiring  # noqa: PLC0415

        migrating.hasten()
        wiring.connect()
        if settings.SENTRY_DSN:
            sentry.start(settings.SENTRY_DSN)
