"""Registers the context with Django."""

from django.apps import AppConfig


class EventsConfig(AppConfig):
    """The context's place among Django's apps; its tables start with `events_`."""

    name = "canone.base.events"
    label = "events"
