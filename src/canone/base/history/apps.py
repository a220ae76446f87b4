"""Registers the context with Django."""

from django.apps import AppConfig


class HistoryConfig(AppConfig):
    """The context's place among Django's apps; its tables start with `history_`."""

    name = "canone.base.history"
    label = "history"
