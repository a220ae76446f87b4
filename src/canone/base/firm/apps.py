"""Registers the context with Django."""

from django.apps import AppConfig


class FirmConfig(AppConfig):
    """The context's place among Django's apps; its tables start with `firm_`."""

    name = "canone.base.firm"
    label = "firm"
