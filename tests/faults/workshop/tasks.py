"""Jobs whose effect is written down piece by piece, so that nothing can be lost or done twice."""

import time
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from canone.base import tasks
from canone.base.history import queries, services


@tasks.job("workshop.pieces", title="Pieces")
def pieces(work: tasks.Work) -> None:
    """Return nothing after every piece stands in the journal once; a second run goes on."""
    with Path(work.params["log"]).open("a") as log:
        log.write(f"{work.attempt}\n")
    count = work.params["count"]
    for number in range(count):
        with transaction.atomic():
            subject = f"piece:{work.job_id}:{number}"
            if not queries.facts_of(subject).exists():
                fact = services.Fact("workshop.piece", subject, "{}")
                services.append([fact], at=timezone.now(), by=work.user_id)
        work.progress(number + 1, count)
        time.sleep(work.params["pause"])


@tasks.every("workshop.tick", seconds=1)
@tasks.job("workshop.tick", title="Tick")
def tick(work: tasks.Work) -> None:
    """Return nothing; the tick stands in the journal."""
    with transaction.atomic():
        subject = f"tick:{work.job_id}"
        if not queries.facts_of(subject).exists():
            fact = services.Fact("workshop.tick", subject, "{}")
            services.append([fact], at=timezone.now(), by=None)
