"""A story for every kind of background work: what it finds, and how it is begun.

`test_every_task.py` kills server and worker at the commits of each; `tests/house` misses none.
"""

from __future__ import annotations

import io
import os
import time
from collections import Counter
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from tests.channels.connectors.fakes.teamviewer import TeamViewer
from tests.channels.connectors.told import Told
from tests.faults import erased, granted, owed, printed
from tests.make import allowances, assistance, catalog, invoicing, smtp, webhooks
from tests.make import connectors as tools

from canone.base.access.functions import Role
from canone.base.access.models import User
from canone.base.backups import tasks as backups
from canone.base.backups.models import Plan
from canone.base.exchange import importers, queries
from canone.base.exchange import services as exchange
from canone.base.exchange.models import ImportBatch
from canone.base.history import services as history
from canone.base.mail import services as mail
from canone.base.mail.queries import Server
from canone.base.tasks import services as jobs
from canone.base.tasks.models import Job
from canone.base.tasks.services import schedule
from canone.channels.connectors.models import PullLog, Source
from canone.channels.connectors.services import pulling, telling
from canone.channels.webhooks.models import Delivery, Message
from canone.config import wiring
from canone.desks.assistance.models import RemoteSession
from canone.desks.assistance.services import accounting
from canone.ledgers.invoicing.models import BillingRun
from canone.ledgers.invoicing.services import billing, runs
from canone.ui.models import RequestCount

DAY = timedelta(days=1)
ROWS = 25


class World:
    """What lies outside of the house: a mail server, and a tool that tells sessions."""

    def __init__(self, mails: smtp.Server, tool: TeamViewer, ear: webhooks.Receiver) -> None:
        self.mails, self.tool, self.ear = mails, tool, ear
        self.before: dict[str, Any] = {}

    def keep(self) -> None:
        """Remember what the tool holds."""
        self.before = deepcopy(self.tool.records)

    def reset(self) -> None:
        """Be as it was when it was remembered."""
        self.tool.records = deepcopy(self.before)
        self.mails.received.clear()
        self.ear.received.clear()


def by_schedule(kind: str, at: datetime) -> None:
    """Begin what is due."""
    assert kind
    schedule.run_schedule(at=at)


def by_look(kind: str, at: datetime) -> None:
    """Begin what a worker sees is to be done."""
    assert kind
    schedule.look(at=at)


@dataclass(frozen=True, slots=True)
class Story:
    """What one kind of work finds, and what may differ after it was cut short.

    `arrange` fills the house. `small` makes batches small, so that there are several: defaults of
    a function's arguments. What `reaches_out` does more than write tables: it is killed before and
    after every commit. `apart` names tables that also tell of attempts;
    `told` returns what counts of them, or of what lies outside. `patience` is how long the work
    itself waits before it does again what may have been done.
    """

    arrange: Callable[[World], object]
    begin: Callable[[str, datetime], object] = by_schedule
    small: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    reaches_out: bool = False
    apart: tuple[str, ...] = ()
    told: Callable[[World], object] = lambda _world: None
    patience: timedelta = timedelta()


def owner() -> User:
    """Return the owner, made once."""
    found = User.objects.filter(email="olga@example.com").first()
    if found is None:
        found = User.objects.create_user("olga@example.com", None, name="Olga")
        found.grants.create(role=Role.OWNER)
    return found


def _sessions(_world: World) -> None:
    owner()
    group = assistance.priced_group()
    for number in range(ROWS):
        assistance.session(group, start=assistance.NOON - number * timedelta(hours=1))


def _account_all(kind: str, at: datetime) -> None:
    user = owner()
    params = {"scope": {}, "total": ROWS}
    jobs.start(kind, params=params, by=user.pk, at=at, key=f"{kind}:{user.pk}")


def _lots(_world: World) -> None:
    for number in range(3):
        pool = allowances.pool()
        allowances.grant(pool, 100 + number, expires_on=(timezone.now() - 9 * DAY).date())


def _journal(_world: World) -> None:
    owner()
    other = User.objects.create_user("oreste@example.com", None, name="Oreste")
    other.grants.create(role=Role.OWNER)
    history.append([history.Fact("k", "s", "{}")], at=timezone.now(), by=None)


def _letters(world: World) -> None:
    host, port = world.mails.server_address[:2]
    server = Server(str(host), int(port), "none", sender="firma@example.com")
    mail.set_server(server, at=timezone.now(), by=None)
    for number in range(2):
        letter = mail.Letter(to=f"m{number}@example.com", language="it", subject="S", text="T")
        mail.queue(letter, at=timezone.now(), by=None)
    _nothing_begun()


def _delivered(world: World) -> list[str]:
    """Return who was written to; a letter that came twice is one, by its Message-ID."""
    came = {str(message["Message-ID"]): to for to, message in world.mails.received}
    return sorted(came.values())


def _source(world: World, **more: Any) -> Source:
    latest = timezone.now().replace(microsecond=0) - timedelta(hours=1)
    for number in range(ROWS):
        world.tool.add(Told(f"s{number:02}", latest - number * timedelta(minutes=1), 60 + number))
    return tools.source(
        title="TeamViewer", at=timezone.now(), **world.tool.source_settings(), **more
    )


def _asked(world: World) -> None:
    owner()
    _source(world)


def _pull(kind: str, at: datetime) -> None:
    source = Source.objects.get()
    params = {"source": source.pk}
    jobs.start(kind, params=params, by=owner().pk, at=at, key=f"{kind}:{source.pk}")


def _billed(world: World) -> None:
    group = assistance.priced_group()
    latest = timezone.now().replace(microsecond=0) - timedelta(hours=1)
    for number in range(3):
        ended = latest - number * timedelta(hours=1)
        world.tool.record(f"r{number}", ended - timedelta(hours=1), ended, groupname=group.name)
    said = world.tool.source_settings() | {"fields": {"write_back": True}}
    source = tools.source(title="TeamViewer", at=timezone.now(), **said)
    reason = pulling.Reason(PullLog.Trigger.HAND, timezone.now())
    pulling.pull(source_id=source.pk, reason=reason)
    telling.tell(source_id=source.pk, at=timezone.now())
    now = timezone.now() + timedelta(seconds=1)
    for session in RemoteSession.objects.values_list("pk", flat=True):
        accounting.account_one(session_id=session, day=now.date(), at=now, by=None)


def _billing(world: World) -> dict[str, str]:
    return {key: row["billing_state"] for key, row in world.tool.records.items()}


def _old_pulls(world: World) -> None:
    source = _source(world)
    for number in range(3):
        at = timezone.now() - (20 + number) * DAY
        PullLog.objects.create(source=source, trigger="hand", outcome="ok", started_at=at)


def _live(_world: World) -> None:
    source = tools.source(url="https://127.0.0.1:1", at=timezone.now())
    Source.objects.filter(pk=source.pk).update(
        settings=source.settings | {"live": True}, last_ok_at=timezone.now()
    )


def _file(_world: World) -> None:
    user = owner()
    lines = [
        f"Anna;PC-{n};G1;{n + 1:02}/03/2026 09:00:00;{n + 1:02}/03/2026 10:00:00"
        for n in range(ROWS)
    ]
    text = "\r\n".join(["Utente;PC remoto;Gruppo;Inizio;Fine", *lines]) + "\r\n"
    batch = exchange.create(
        io.BytesIO(text.encode()),
        name="s.csv",
        importer="assistance.sessions",
        at=timezone.now(),
        by=user.pk,
    )
    found = queries.propose(
        batch, importers.get(batch.importer), queries.sample(batch)[0], language="it"
    )
    choice = exchange.Choice("Prova", found.columns, found.notation)
    exchange.configure(batch, choice, at=timezone.now(), by=user.pk)


def _checked(world: World) -> None:
    _file(world)
    exchange.check(ImportBatch.objects.get().pk, at=timezone.now(), by=owner().pk)


def _check(_kind: str, at: datetime) -> None:
    exchange.start_check(ImportBatch.objects.get(), url="/", at=at, by=owner().pk)


def _write(_kind: str, at: datetime) -> None:
    exchange.start_write(ImportBatch.objects.get(), good_only=False, url="/", at=at, by=owner().pk)


def _left(_world: World) -> list[str]:
    """Return the working files of the import that are there."""
    (batch,) = ImportBatch.objects.all()
    return sorted(path.name for path in queries.working_files(batch) if path.exists())


def _ordered(_world: World) -> None:
    vat = catalog.vat().pk
    for number in range(3):
        invoicing.charge(invoicing.customer(f"Cliente {number}"), vat_id=vat)
    billing.open_run(invoicing.order(), day=invoicing.DAY, at=timezone.now(), by=owner().pk)


def _bill(_kind: str, at: datetime) -> None:
    runs.resume(run_id=BillingRun.objects.get().pk, at=at, by=owner().pk)


def _figures(_world: World) -> list[tuple[object, ...]]:
    """Return what the run says of itself; how far it looked is its own affair."""
    told = ("state", "documents_made", "charges_made", "left_out_count", "net", "gross", "remarks")
    return list(BillingRun.objects.values_list(*told))


def _news(world: World) -> None:
    wiring.connect()
    webhooks.hook(world.ear.url)
    for number in range(3):
        webhooks.party(f"Cliente {number}")


def _heard(world: World) -> tuple[int, dict[str, int]]:
    """Return how many messages were heard, and how deliveries stand; who came twice is one."""
    states = Counter(Delivery.objects.values_list("state", flat=True))
    return len(set(world.ear.ids)), dict(states)


def _old_news(world: World) -> None:
    _news(world)
    Message.objects.update(told_at=timezone.now() - 400 * DAY)


def _stray(_world: World) -> None:
    place = Path(settings.FILES) / "ab" / "abstray"
    place.parent.mkdir(parents=True)
    place.write_bytes(b"lost")
    before = time.time() - 3 * 86_400
    os.utime(place, (before, before))


def _plan(_world: World) -> None:
    Plan.objects.create(pk=1, hour=0)


def _archives(_world: World) -> int:
    folder = Path(settings.DATA) / "backups"
    left = [path.name for path in folder.glob(".*")]
    assert not left, "no half of a backup stays"
    return len(list(folder.glob("canone-*.canone")))


def _old_jobs(_world: World) -> None:
    at = timezone.now() - 200 * DAY
    for kind in ("mail.send", "files.sweep"):
        Job.objects.create(kind=kind, state="done", created_at=at, due_at=at, finished_at=at)


def _counts(_world: World) -> None:
    for number in range(3):
        RequestCount.objects.create(key=f"k{number}", window=number, taken=1)


def _nothing_begun() -> None:
    """Forget the jobs that arranging has begun."""
    Job.objects.all().delete()
    DBTaskResult.objects.all().delete()


_of_papers = Story(
    lambda _world: (owner(), printed.billed()),
    lambda kind, at: printed.begin(kind, at, by=owner().pk),
    reaches_out=True,
    told=printed.left,
)
PULLED = ("connectors_pulllog", "connectors_source")
STORIES: dict[str, Story] = {
    "allowances.expire": Story(_lots),
    "assistance.account_all": Story(
        _sessions,
        _account_all,
        small={"canone.desks.assistance.services.accounting.account_next": {"limit": 10}},
    ),
    "backups.due": Story(_plan, reaches_out=True, apart=("backups_backup",), told=_archives),
    "backups.make": Story(
        _plan,
        lambda _kind, _at: backups.start(by=None),
        reaches_out=True,
        apart=("backups_backup",),
        told=_archives,
    ),
    "config.erase": Story(
        lambda _world: erased.known(owner().pk),
        lambda _kind, at: erased.begin(at, by=owner().pk),
        reaches_out=True,
        told=erased.strays,
        small={"canone.desks.assistance.services.erasing._erase": {"size": 10}},
    ),
    "config.journal_head": Story(_journal),
    "connectors.listen": Story(_live, apart=("connectors_source",)),
    "connectors.prune": Story(_old_pulls),
    "connectors.pull": Story(_asked, _pull, apart=PULLED),
    "connectors.pull_due": Story(_source, apart=PULLED),
    "connectors.write_back": Story(_billed, reaches_out=True, told=_billing),
    "contracts.grant": Story(lambda _world: granted.included(), small=granted.SMALL),
    "exchange.check": Story(_file, _check, reaches_out=True, told=_left),
    "exchange.write": Story(
        _checked,
        _write,
        reaches_out=True,
        told=_left,
        small={"canone.base.exchange.readers.table": {"size": 10}},
    ),
    "files.sweep": Story(_stray, reaches_out=True, told=erased.strays),
    "invoicing.bill": Story(
        _ordered,
        _bill,
        apart=("invoicing_billingrun",),
        told=_figures,
        small={"canone.ledgers.invoicing.queries.planning.next_customers": {"limit": 1}},
    ),
    "invoicing.look": Story(owed.arrange, apart=owed.TABLES, told=owed.told, small=owed.SMALL),
    "invoicing.mail_run": _of_papers,
    "invoicing.print": _of_papers,
    "invoicing.prune_papers": Story(
        lambda _world: printed.old(owner().pk), reaches_out=True, told=printed.left
    ),
    "invoicing.zip": _of_papers,
    "mail.send": Story(
        _letters,
        reaches_out=True,
        apart=("mail_outgoingmail",),
        told=_delivered,
        patience=timedelta(minutes=20),
    ),
    "tasks.prune": Story(_old_jobs),
    "ui.forget_requests": Story(_counts),
    "webhooks.deliver": Story(
        _news,
        by_look,
        reaches_out=True,
        apart=("webhooks_attempt", "webhooks_delivery"),
        told=_heard,
    ),
    "webhooks.prune": Story(_old_news),
}
