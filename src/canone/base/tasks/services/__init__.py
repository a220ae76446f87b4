"""The only writer of this context's tables and of the queue's."""

from canone.base.tasks.services.jobs import NotPossibleError, cancel, retry, start

__all__ = ["NotPossibleError", "cancel", "retry", "start"]
