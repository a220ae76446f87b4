"""Registers the context with Django."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """The context's place among Django's apps; its tables start with `config_`."""

    name = "canone.config"
    label = "config"

    def ready(self) -> None:
        """Connect the contexts."""
        from canone.config import wiring  # noqa: PLC0415 (contexts are whole only now)

        wiring.connect()
