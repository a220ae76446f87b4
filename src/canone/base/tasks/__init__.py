"""Background work: jobs with progress, retry, rescue and cancellation, and the schedule.

The queue is django-tasks' on django-tasks-db. This context adds what it leaves open: a `Job` row
that people see, a worker, the taking up of what a dead worker left, and work that is due every so
often. A context declares its jobs in its `tasks.py`:

    from canone.base import tasks

    @tasks.job("assistance.account_all", title=_("Account all"))
    def account_all(work: tasks.Work) -> None: ...

A job may be killed at any moment and is then run again: it must be written so that a second run
finishes the first. It knows no word of the business.
"""

from canone.base.tasks.registry import (
    CancelledJobError,
    JobError,
    LostJobError,
    StoppingError,
    TransientError,
    Work,
    every,
    job,
    whenever,
)

__all__ = [
    "CancelledJobError",
    "JobError",
    "LostJobError",
    "StoppingError",
    "TransientError",
    "Work",
    "every",
    "job",
    "whenever",
]
