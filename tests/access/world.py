"""One firm with something of everybody's in it, made once for the whole matrix.

Every object is named by whose it is: the customer who signs in, the technician, the senior
technician, or somebody else. What is somebody else's carries a word that nothing else holds, so
that any page that shows it can be caught.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.test import Client
from tests.access.table import (
    IBAN,
    OTHERS_CUSTOMER,
    OTHERS_WORK,
    SUPPLIER,
    SWITCHED,
)
from tests.base.printing.test_printing import PNG
from tests.make import (
    access,
    allowances,
    assets,
    assistance,
    catalog,
    connectors,
    contracts,
    invoicing,
    parties,
    webhooks,
)

from canone.base.access import services as users
from canone.base.access.functions import Role
from canone.base.access.models import User
from canone.base.backups.models import Backup
from canone.base.exchange import importers
from canone.base.exchange import services as imports
from canone.base.exchange.models import ImportBatch
from canone.base.files import services as files
from canone.base.mail import services as mail
from canone.base.printing.models import Letterhead
from canone.base.tasks.models import Job
from canone.channels.webhooks.services import replaying
from canone.desks.assistance import tasks as accounting_tasks
from canone.desks.assistance.models import Application
from canone.desks.assistance.services import accounting, assignments, mapping
from canone.kernel.money import UnitPrice
from canone.registers.catalog.services import prices
from canone.registers.parties.models import Group, Party
from canone.registers.parties.services import documents
from canone.ui.models import SavedView

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
DAY = date(2026, 11, 20)
ROLES: dict[str, tuple[Role, ...]] = {
    "owner": (Role.OWNER,),
    "office": (Role.BACK_OFFICE,),
    "dispatcher": (Role.DISPATCHER,),
    "technician": (Role.TECHNICIAN,),
    "senior": (Role.TECHNICIAN,),
    "customer": (Role.CUSTOMER,),
    "nobody": (),
}


@dataclass(frozen=True, slots=True)
class World:
    """Who asks, and what there is: kind of object → whose → id."""

    people: Mapping[str, User]
    clients: Mapping[str, Client]
    tokens: Mapping[str, str]
    things: Mapping[str, Mapping[str, Any]]

    def whose(self, kind: str) -> Mapping[str, Any]:
        """Return the objects of a kind by whose they are."""
        return self.things[kind]


def make() -> World:
    """Return the firm, saved."""
    people = {
        name: access.user(*roles, email=f"{name}@example.com", name=f"Persona {name}")
        for name, roles in ROLES.items()
    }
    for name, codes in SWITCHED.items():
        for code in codes:
            people[name].switches.create(code=code, allowed=True)
    things: dict[str, Mapping[str, Any]] = {}
    _firm_wide(things, people)
    _of_parties(things, people)
    _work(things, people)
    _background(things, people)
    things["token"] = {
        name: users.create_token(user=user, name="Altro", scopes=["*"], at=AT)[0].pk
        for name, user in people.items()
    }
    clients, tokens = {}, {}
    for name, user in people.items():
        clients[name] = Client()
        clients[name].force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
        tokens[name] = access.token(user)
    narrow = ["access.signed_in"]
    tokens["star"] = users.create_token(user=people["owner"], name="Star", scopes=["*"], at=AT)[1]
    tokens["false"] = "canone_aaaaaaaa_false"
    tokens["narrow"] = users.create_token(
        user=people["owner"], name="Narrow", scopes=narrow, at=AT
    )[1]
    clients["no login"] = Client()
    return World(people, clients, tokens, things)


def _firm_wide(things: dict[str, Mapping[str, Any]], people: Mapping[str, User]) -> None:
    listed = catalog.price_list()
    article = catalog.article()
    price = prices.set_price(
        price_list=listed, article=article, price=UnitPrice.of("48.00"), valid_from=DAY
    )
    source = connectors.source()
    provider = users.Provider("Acme ID", "https://login.example.com", "canone")
    users.set_provider(provider, at=AT, by=None)
    kept = Path(settings.DATA) / "matrix.canone"
    kept.write_bytes(b"a backup")
    logo = files.store(PNG, name="logo.png", owner="printing.letterhead:1", at=AT, by=None)
    Letterhead.objects.create(pk=1, logo=logo)
    backup = Backup.objects.create(made_at=AT, outcome=Backup.Outcome.OK, path=str(kept))
    hook, _secret = webhooks.hook(facts=["job.failed"], by=people["owner"])
    delivery = replaying.test(hook_id=hook.pk, at=AT)
    told = {"pk": hook.pk, "hook_id": hook.pk, "delivery_id": delivery.pk}
    things |= {
        "hook": {"firm": hook.pk},
        "delivery": {"firm": told},
        "contract type": {"firm": contracts.contract_type().pk},
        "zone": {"firm": parties.zone().pk},
        "payment terms": {"firm": parties.payment_terms().pk},
        "article": {"firm": article.pk},
        "unit": {"firm": catalog.unit().pk},
        "vat": {"firm": catalog.vat().pk},
        "price list": {"firm": listed.pk},
        "price": {"firm": {"list_id": listed.pk, "price_id": price.pk}},
        "user": {"firm": people["technician"].pk},
        "source": {"firm": source.pk},
        "receiver": {"firm": connectors.source(tool="webhook", title="Programma", url="").pk},
        "backup": {"firm": backup.pk},
        "billing run": {"firm": invoicing.bill().pk},
        "packet": {"firm": invoicing.packet().pk},
        "series": {"firm": invoicing.series().pk},
        "mail": {
            "firm": mail.queue(
                mail.Letter("a@example.com", "it", subject="Prova", text="Prova"), at=AT, by=None
            ).pk
        },
        "mail text": {"firm": _named("allowances", "low") | {"language": "it"}},
        "payment": {"firm": invoicing.payment(invoicing.due_item(), "200.00").pk},
        "paper": {"firm": _named("assistance", "statement")},
        "tool": {"firm": {"slug": "meshcentral"}},
    }


def _named(context: str, name: str) -> dict[str, str]:
    """Return how pages call a template, in one piece, and how operations do, in two."""
    return {"key": f"{context}/{name}", "context": context, "name": name}


def _of_parties(things: dict[str, Mapping[str, Any]], people: Mapping[str, User]) -> None:
    owners = {
        "customer": parties.party("Alabastro S.r.l.", iban=IBAN, vat_number="00743110157"),
        "other": parties.party(f"{OTHERS_CUSTOMER} S.p.A.", vat_number="07643520567"),
        "supplier": parties.party(f"{SUPPLIER} S.n.c.", is_customer=False, is_supplier=True),
    }
    parties.login(people["customer"], owners["customer"])
    tied = {"party_id": owners["customer"].pk, "user_id": people["customer"].pk}
    things["login"] = {"customer": tied}
    things["party"] = {whose: party.pk for whose, party in owners.items()}
    made: dict[str, dict[str, int]] = {
        name: {}
        for name in (
            "site",
            "contact",
            "group",
            "document",
            "mandate",
            "machine",
            "meter",
            "reading",
            "pool",
            "entry",
            "charge",
            "invoice",
            "due item",
            "draft",
        )
    }
    for whose, party in owners.items():
        made["site"][whose] = parties.site(party, name=f"Sede {party.name}", is_main=True).pk
        made["contact"][whose] = parties.contact(party, f"Referente {party.name}").pk
        made["group"][whose] = parties.group(party).pk
        made["document"][whose] = _document(party)
        made["mandate"][whose] = contracts.mandate(party).pk
        if whose != "supplier":
            machine = assets.asset(party, name=f"Caldaia {party.name}")
            meter = assets.meter(machine)
            made["machine"][whose], made["meter"][whose] = machine.pk, meter.pk
            made["reading"][whose] = assets.reading(meter, DAY, 100).pk
            pool = allowances.pool(party, title=f"Ore {party.name}", owner=f"tariff:{party.pk}00")
            made["pool"][whose], made["entry"][whose] = pool.pk, allowances.grant(pool)
            drafted = {"description": f"Per {party.name}", "origin": f"manual:{party.pk}"}
            made["charge"][whose] = invoicing.charge(party, **drafted).pk
            issued = invoicing.invoice(party)
            made["invoice"][whose] = issued.pk
            made["due item"][whose] = issued.due_items.get().pk
            made["draft"][whose] = invoicing.draft_document(party).pk
    things |= made
    customers = [(whose, party) for whose, party in owners.items() if whose != "supplier"]
    agreed = {whose: contracts.contract(party) for whose, party in customers}
    things["contract"] = {whose: contract.pk for whose, contract in agreed.items()}
    things["contract line"] = {
        whose: contracts.line(contract).pk for whose, contract in agreed.items()
    }
    things["cover"] = {whose: contracts.cover(contract).pk for whose, contract in agreed.items()}
    things["signed paper"] = {
        whose: contracts.paper(contract).pk for whose, contract in agreed.items()
    }


def _document(party: Party) -> int:
    content = io.BytesIO(b"%PDF-1.4\n%%EOF\n")
    return documents.add(
        party_id=party.pk, source=content, name="c.pdf", title="Contratto", at=AT, by=None
    ).pk


def _work(things: dict[str, Mapping[str, Any]], people: Mapping[str, User]) -> None:
    tariff = catalog.tariff(initial_price="4320.00", step_minutes=5, step_price="1.99")
    hours = assistance.subscription()
    at_hours = parties.group(Party.objects.get(pk=things["party"]["customer"]))
    assignments.assign(tariff_id=hours.pk, group_ids=[at_hours.pk], starts_on=DAY, by=None, at=AT)
    things["hours"] = {"firm": hours.pk}
    things["tariff"] = {"firm": tariff.pk}
    group = Group.objects.get(pk=things["group"]["customer"])
    other = Group.objects.get(pk=things["group"]["other"])
    assignment = assistance.assignment(group, tariff)
    things["assignment"] = {"firm": assignment.pk}
    assistance.assignment(other, tariff)
    sessions = {
        "technician": assistance.session(group, technician=people["technician"], seconds=1200),
        "senior": assistance.session(group, technician=people["senior"], seconds=1200),
        "other": assistance.session(
            other, technician=people["owner"], seconds=1200, note=OTHERS_WORK, device_name="PC-9"
        ),
    }
    accounted = assistance.session(
        group, technician=people["technician"], seconds=1200, device_key="PC-2"
    )
    accounting.account_one(session_id=accounted.pk, day=DAY, at=AT, by=people["owner"].pk)
    things["session"] = {whose: session.pk for whose, session in sessions.items()}
    rule = mapping.learn(
        kind="device", source="test", key="PC-9", target_id=other.pk, by=None, at=AT
    )
    as_kind = {"kind": "device", "rule_id": rule.pk}
    things["device rule"] = {"firm": {"slug": "computers", "pk": rule.pk, **as_kind}}
    applied = Application.objects.create(
        kind="device", source="test", key="PC-9", group=other, count=0, minutes=0, at=AT
    )
    things["application"] = {"firm": applied.pk}


def _background(things: dict[str, Mapping[str, Any]], people: Mapping[str, User]) -> None:
    def job(of: str, kind: str) -> int:
        return Job.objects.create(
            kind=kind, user=people[of], label=f"Lavoro {of}", created_at=AT, due_at=AT
        ).pk

    workers = ("owner", "office", "dispatcher", "technician", "senior")
    things["job"] = {of: job(of, "x.y") for of in workers}
    things["run"] = {of: job(of, accounting_tasks.ACCOUNT_ALL) for of in ("office", "senior")}
    things["view"] = {
        of: SavedView.objects.create(user=user, page="x", name="Vista").pk
        for of, user in people.items()
    }
    started = {"kind": "connectors.pull", "created_at": AT, "due_at": AT}
    Job.objects.create(key=f"connectors.pull:{things['source']['firm']}", **started)
    things["import"] = {
        importer.key: imports.create(
            io.BytesIO(b"Data;Minuti\n01/11/2026;30\n"),
            name="file.csv",
            importer=importer.key,
            at=AT,
            by=people["owner"].pk,
        ).pk
        for importer in importers.all_importers()
    }
    for batch in ImportBatch.objects.all():
        batch.report = files.store(b"a;b", name="faults.csv", owner="import", at=AT, by=None)
        batch.save()
