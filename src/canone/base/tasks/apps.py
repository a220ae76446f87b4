"""Registers the context with Django."""

from django.apps import AppConfig


class TasksConfig(AppConfig):
    """The context's place among Django's apps; its tables start with `tasks_`."""

    name = "canone.base.tasks"
    label = "tasks"
