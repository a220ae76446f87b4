"""Registers the context with Django."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class TasksConfig(AppConfig):
    """The context's place among Django's apps; its tables start with `tasks_`."""

    name = "canone.base.tasks"
    label = "tasks"

    def ready(self) -> None:
        """Make every context's jobs and this one's functions known."""
        autodiscover_modules("tasks")
        import canone.base.tasks.permissions  # noqa: F401, PLC0415 (declares when apps are ready)
