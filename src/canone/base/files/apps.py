"""Registers the context with Django."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    """The context's place among Django's apps; its tables start with `files_`."""

    name = "canone.base.files"
    label = "files"
