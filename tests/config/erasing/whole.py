"""A customer of whom every corner of the house knows something, and where a mark is left."""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, models
from tests.make import access as users
from tests.make import allowances, assets, assistance, contracts, invoicing, parties
from tests.make.assistance import AFTER, DAY
from tests.people import People

from canone.base.access import services as access
from canone.base.access.functions import Role
from canone.base.access.models import IdempotencyKey, User
from canone.base.mail import services as mail
from canone.base.tasks.models import Job
from canone.channels.webhooks.models import Message
from canone.config import personal
from canone.config.erasing import subjects
from canone.config.erasing.services import erasing
from canone.config.erasing.services.erasing import ErasureReason
from canone.desks.assistance.models import Application, RemoteSession
from canone.desks.assistance.services import accounting, mapping
from canone.desks.contracts.services import contracts as agreements
from canone.desks.contracts.services import parts
from canone.kernel.money import Money
from canone.ledgers.allowances.models import Allowance
from canone.ledgers.invoicing.models import (
    BillingRun,
    Document,
    Outlook,
    OwedItem,
    RunLeftOut,
)
from canone.ledgers.invoicing.services import settling
from canone.registers.parties.models import Group, Party
from canone.registers.parties.rules.erasure import Of
from canone.registers.parties.services import documents
from canone.ui.models import SavedView

MARK = "ZAFFIRO"
BOOKS = {
    "charges": {"invoicing_charge"},
    "invoices": {"invoicing_document", "invoicing_documentline", "invoicing_vatsummary"},
    "payments": {"invoicing_settlement", "invoicing_dueitem", "invoicing_allocation"},
    "movements": {"allowances_entry", "allowances_lot", "allowances_use"},
    "accounted": {"assistance_accounting", "assistance_accountingreversal"},
    "contracts": {
        f"contracts_{name}"
        for kind in ("contract", "line", "agent", "cover", "paper")
        for name in (kind, f"historical{kind}")
    },
    "mandates": {"parties_mandate", "parties_historicalmandate"},
    "journal": {"history_journalentry"},
    "worked_accounted": {"invoicing_charge"},
}
"""Where what stays lies; accounted sessions share their table with others."""
KEYS = {"owner", "kind", "external_id", "source", "origin", "bundle", "key", "code"}
"""What programs know a row by; the code of a customer is marked by hand."""


def act(of: Of, pk: int, by: User) -> dict[str, int]:
    who = subjects.find(of, pk, at=AFTER)
    return erasing.erase(who, reason=ErasureReason.ASKED, at=AFTER, by=by.pk)


def left(mark: str = MARK) -> dict[str, int]:
    """Return the tables in which the mark stands anywhere, with the number of rows."""
    found: dict[str, int] = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            rows = sum(mark.casefold() in repr(row).casefold() for row in cursor.fetchall())
            if rows:
                found[table] = rows
    return found


def files_of_the_house() -> list[Path]:
    """Return every file that is kept."""
    return [path for path in Path(settings.FILES).glob("??/*") if path.is_file()]


def marked(party: Party) -> None:
    """Put the mark into every free text of every row that hangs on the party, and its history."""
    closed = set().union(*BOOKS.values())
    for model, rows in personal.tables(party.pk).items():
        if model._meta.db_table in closed:
            continue
        open_ = rows.filter(accounting=None) if model is RemoteSession else rows
        texts = {field.name: MARK for field in model._meta.concrete_fields if _is_free(field)}
        if "name" in texts and model is Group:
            texts.pop("name")
        ids = list(open_.values_list("pk", flat=True))
        if texts and ids:
            model._default_manager.filter(pk__in=ids).update(**texts)
            if hasattr(model, "history"):
                known = {f.name for f in model.history.model._meta.concrete_fields}
                past = {name: text for name, text in texts.items() if name in known}
                model.history.filter(id__in=ids).update(**past)


def has_words(model: type[models.Model]) -> bool:
    """Whether a table can hold the mark, and is not one of the books."""
    closed = set().union(*BOOKS.values())
    fields = model._meta.concrete_fields
    return model._meta.db_table not in closed and any(map(_is_free, fields))


def _is_free(field: Any) -> bool:
    return (
        isinstance(field, models.CharField | models.TextField)
        and not field.choices
        and not field.unique
        and (field.max_length or 99) >= len(MARK)
        and field.name not in KEYS
    )


def _settled(party: Party, who: People) -> None:
    """Let a session be accounted, invoiced and paid: books, and nothing open."""
    group = parties.group(party, name=f"{MARK} sala")
    owner = f"tariff:{(hours := assistance.subscription()).pk}"
    Allowance.objects.filter(owner=owner).exists() or allowances.pool(party, owner=owner)
    assistance.assignment(group, hours)
    session = assistance.session(group, device_name=MARK, note=MARK, technician=who.technician)
    accounting.account_one(session_id=session.pk, day=DAY, at=AFTER, by=who.owner.pk)
    invoicing.reversed_charge(party, description=MARK)
    due = invoicing.due_item(party)
    paid = settling.Payment(
        customer_id=party.pk, amount=Money.of("122.00"), day=date(2026, 12, 1), reference=MARK
    )
    settling.pay(paid, at=AFTER, by=None)
    due.refresh_from_db()
    assert due.settled == due.amount
    open_ = assistance.session(parties.group(party, name=f"{MARK} ufficio"), seconds=60)
    assert open_.accounting_id is None


def _agreed(party: Party) -> None:
    """Let there be a contract that has ended, with its papers, a mandate and a machine."""
    machine = assets.asset(party)
    assets.reading(assets.meter(machine), DAY, 1200)
    contract = contracts.contract(party, start=date(2025, 1, 1), notes=MARK)
    contracts.line(contract, description=MARK)
    services = {"contract_id": contract.pk, "at": AFTER, "by": None}
    agreements.cancel(last_day=date(2025, 12, 31), reason=MARK, on=date(2025, 6, 1), **services)
    parts.set_agents(shares={party.pk: 1_000}, **services)
    parts.cover(asset_id=machine.pk, **services)
    parts.add_paper(source=io.BytesIO(b"signed"), name="contratto.txt", **services)
    contracts.mandate(party, holder=f"Paola {MARK}")


def _remembered(party: Party) -> None:
    """Let rules know a computer and a group of theirs, and a run have left something out."""
    group = parties.group(party, name=f"{MARK} deposito")
    known = {"source": "test", "key": "PC-9", "by": None, "at": AFTER}
    for kind in ("device", "group"):
        mapping.learn(kind=kind, target_id=group.pk, **known)
    Application.objects.create(
        kind="device", source="test", key="PC-9", group=group, count=0, minutes=0, at=AFTER
    )
    run = BillingRun.objects.create(
        through=DAY, issue_date=DAY, posting_date=DAY, remarks=[f"{MARK} S.r.l."], created_at=AFTER
    )
    RunLeftOut.objects.create(run=run, customer=party, code="no_address")
    look = Outlook.objects.create(day=DAY, through=DAY, begun_at=AFTER, made_at=AFTER)
    OwedItem.objects.create(outlook=look, customer=party, service_end=DAY, invoice_on=DAY)


def everything(who: People) -> Party:
    """Return a customer, settled, of whom every corner of the house knows something."""
    party = invoicing.customer(f"{MARK} S.r.l.", code=f"{MARK}1", is_person=True)
    parties.contact(party, f"Paola {MARK}", email=f"paola@{MARK}.example")
    allowances.pool(party)
    documents.add(
        party_id=party.pk,
        source=io.BytesIO(MARK.encode()),
        name=f"{MARK}.txt",
        title="",
        at=AFTER,
        by=None,
    )
    eyes = users.user(Role.CUSTOMER, email=f"eyes@{MARK}.example".lower(), name=f"Anna {MARK}")
    parties.login(eyes, party)
    _settled(party, who)
    _agreed(party)
    _remembered(party)
    marked(party)
    Party.objects.filter(pk=party.pk).update(name=f"{MARK} S.r.l.", email=f"info@{MARK}.example")
    for to in (f"info@{MARK}.example", f"paola@{MARK}.example", who.colleague.email):
        letter = mail.Letter(
            to=to, language="it", subject=MARK, text=MARK, owner=f"party:{party.pk}"
        )
        mail.queue(letter, at=AFTER, by=None)
    paper = Document.objects.filter(customer=party).latest("pk")
    to_others = mail.Letter(
        to=f"studio@{MARK}-conti.example",
        language="it",
        subject=MARK,
        text=MARK,
        owner=f"document:{paper.pk}",
    )
    mail.queue(to_others, at=AFTER, by=None)
    SavedView.objects.create(user=who.colleague, page="x", name="s", query=f"text={MARK}+S.r.l.")
    Job.objects.create(
        kind="exchange.write", label=f"{MARK} S.r.l.", state="done", created_at=AFTER, due_at=AFTER
    )
    Message.objects.create(
        fact="party.created", version=1, data={"name": f"{MARK} S.r.l."}, nonce="1"
    )
    answer = IdempotencyKey.objects.create(
        user=who.owner, key="k", request_hash="h", status=201, expires_at=AFTER
    )
    access.keep_answer(row=answer, status=201, answer=json.dumps({"name": f"{MARK} S.r.l."}))
    return party
