"""Background work: sending what is due, forgetting what is old."""

from __future__ import annotations

import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from canone.base import tasks
from canone.channels.webhooks import queries
from canone.channels.webhooks.rules import timetable
from canone.channels.webhooks.services import delivering, replaying
from canone.channels.webhooks.services.hooks import MOST

TURN = 20.0
"""Seconds of work at a time, so that nothing else waits long for the worker's thread."""
LOOK = 0.5


class Post:
    """One turn of sending: the threads only ask and listen, rows are read and written here."""

    def __init__(self, lanes: ThreadPoolExecutor) -> None:
        self.lanes = lanes
        self.running: dict[Future[delivering.Outcome], delivering.Parcel] = {}
        self.free: set[int] = set()
        self.looked = float("-inf")
        self.told = self.failed = 0

    def take(self, moment: float) -> None:
        """Send the next delivery of each hook that is free; of all, every so often."""
        among: set[int] | None = self.free
        if moment - self.looked >= LOOK:
            self.looked, among = moment, None
        busy = {parcel.hook_id for parcel in self.running.values()}
        for parcel in delivering.parcels(busy=busy, among=among, at=timezone.now()):
            self.running[self.lanes.submit(delivering.send, parcel)] = parcel
        self.free = set()

    def settle(self) -> None:
        """Write down what came of those that ended, waiting a little for one."""
        for future in wait(self.running, LOOK, FIRST_COMPLETED).done:
            parcel = self.running.pop(future)
            self.free.add(parcel.hook_id)
            if delivering.record(parcel, future.result(), at=timezone.now()):
                self.told += 1
            else:
                self.failed += 1


@tasks.whenever("webhooks.deliver", is_due=queries.is_due)
@tasks.job("webhooks.deliver", title=gettext_lazy("Tell other programs"))
def deliver(work: tasks.Work) -> None:
    """Return nothing after sending what is due; every hook has a thread, none waits for another.

    What was sent when the worker died is sent again, under the same id.
    """
    until = time.monotonic() + TURN
    leaving: Exception | None = None
    with ThreadPoolExecutor(MOST, thread_name_prefix="webhook") as lanes:
        post = Post(lanes)
        while True:
            if leaving is None and (moment := time.monotonic()) < until:
                post.take(moment)
            if not post.running:
                break
            post.settle()
            try:
                work.progress(post.told + post.failed, 0)
            except (tasks.CancelledJobError, tasks.StoppingError, tasks.LostJobError) as error:
                leaving = error
    work.report({"lines": [[_("Delivered"), post.told], [_("Not taken"), post.failed]]})
    if leaving is not None:
        raise leaving


@tasks.every("webhooks.prune", hours=6)
@tasks.job("webhooks.prune", title=gettext_lazy("Forget what was told long ago"))
def prune(work: tasks.Work) -> None:
    """Return nothing after forgetting messages and their log by age."""
    gone = replaying.prune(before=timezone.now() - timetable.KEPT)
    work.report({"lines": [[_("Messages"), gone]]})
