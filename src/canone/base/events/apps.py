"""Registers the context with Django."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class EventsConfig(AppConfig):
    """The context's place among Django's apps; its tables start with `events_`."""

    name = "canone.base.events"
    label = "events"

    def ready(self) -> None:
        """Make every context's facts known."""
        autodiscover_modules("events")
