"""Registers the context with Django."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """The context's place among Django's apps; its tables start with `ui_`."""

    name = "canone.ui"
    label = "ui"
