"""The statement of a customer: sessions, notes, sums and balance, in the customer's words."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from canone.base import snapshots
from canone.base.access.models import User
from canone.base.firm import queries as firms
from canone.desks.assistance.models import RemoteSession
from canone.desks.assistance.queries import listing, profiles, scope, totals
from canone.desks.assistance.queries.listing import Shown
from canone.desks.assistance.rules.states import State
from canone.kernel.money import Money
from canone.ledgers.allowances import queries as allowances
from canone.registers.catalog.queries import words
from canone.registers.parties.models import Group, Party
from canone.ui import formats

KEY = "assistance/statement"
MOST = 5_000
BILLED = (State.ACCOUNTED, State.PENDING)


class TooLongError(Exception):
    """More sessions than a statement can hold; choose a shorter period."""


def data(
    chosen: scope.Scope, group: Group, *, user: User, day: date, now: datetime
) -> dict[str, Any]:
    """Return what the template needs, all texts in the customer's language.

    Only what is accounted or to account stands on it. Raises TooLongError.
    """
    party = group.party
    # the rows and their sum must agree, whatever is accounted meanwhile
    with translation.override(party.language), snapshots.snapshot():
        found = scope.sessions(chosen, user=user, day=day, now=now)
        rows = _rows(list(found.order_by("started_at", "id")[: MOST + 1]), day=day, now=now)
        sums = totals.totals(chosen, user=user, day=day, now=now)
        last = scope.last_day(chosen, day=day)
        profile = profiles.of_group(group.pk, day, work=last)
        return {
            "title": _("Remote assistance"),
            "subtitle": _subtitle(group, chosen),
            "recipient": _recipient(party),
            "profile": "" if profile is None else words.sentence(profile.rater.terms),
            "columns": _columns(is_pool=profile is not None and profile.is_subscription),
            "rows": [_row(row) for row in rows],
            "foot": [_foot(sums)],
            "balance_title": _("Prepaid hours"),
            "balance": _balance(profile, sums),
            "remark": _remark(rows),
        }


def _rows(found: list[RemoteSession], *, day: date, now: datetime) -> list[Shown]:
    if len(found) > MOST:
        raise TooLongError
    return [row for row in listing.shown(found, day=day, now=now) if row.state in BILLED]


def _recipient(party: Party) -> list[str]:
    site = party.sites.order_by("id").first()
    if site is None:
        return [party.name]
    # only in Italy the province belongs to an address
    province = f"({site.province})" if site.province and site.country == "IT" else ""
    place = " ".join(part for part in (site.postcode, site.city, province) if part)
    return [party.name, *(line for line in (site.street, place) if line)]


def _subtitle(group: Group, chosen: scope.Scope) -> str:
    zone = firms.zone()
    first = chosen.start.astimezone(zone).date() if chosen.start else None
    after = chosen.end.astimezone(zone).date() if chosen.end else None
    if first and after:
        return f"{group.name} · {formats.period(first, after)}"
    return group.name


def _columns(*, is_pool: bool) -> list[dict[str, Any]]:
    narrow = [
        (_("Start"), False, "auto"),
        (_("Computer, technician, note"), False, "1fr"),
        (_("Conn."), True, "auto"),
        (_("Extra min"), True, "auto"),
        (_("Total"), True, "auto"),
        (_("From the prepaid hours") if is_pool else _("Price"), True, "auto"),
    ]
    return [{"title": title, "right": right, "width": width} for title, right, width in narrow]


def _row(row: Shown) -> list[str]:
    session = row.session
    price = formats.duration(row.pool_minutes) if row.price is None else formats.money(row.price)
    if not row.leads:
        price = formats.MISSING
    return [
        formats.span(session.started_at, session.ended_at, firms.zone()),
        " · ".join(part for part in (session.device_name, session.technician_name) if part),
        session.note,
        formats.duration(row.connection_minutes),
        formats.number(session.extra_minutes),
        formats.duration(row.total_minutes),
        price,
    ]


def _foot(sums: totals.Totals) -> list[str]:
    billed = totals.Line()
    for state in BILLED:
        line = sums.lines.get(state)
        if line is not None:
            billed.add(line.count, line.minutes, line.cents)
    price = "" if billed.cents is None else formats.money(Money(billed.cents))
    return [_("Total"), "", "", "", formats.duration(billed.minutes), price]


def _balance(profile: profiles.Profile | None, sums: totals.Totals) -> list[list[str]]:
    if profile is None or not profile.is_subscription:
        return []
    found = allowances.balances([profile.pool]).get(profile.pool)
    if found is None:
        return []
    pending = sums.pools.get(profile.pool, 0)
    return [
        [_("Granted"), formats.duration(found.granted + found.topped_up)],
        [_("Consumed"), formats.duration(found.consumed)],
        [_("Balance"), formats.duration(found.balance)],
        [_("Balance after what is to account"), formats.duration(found.balance - pending)],
    ]


def _remark(rows: list[Shown]) -> str:
    if all(row.state is State.ACCOUNTED for row in rows):
        return _("Amounts without VAT.")
    return _("Amounts without VAT. What is not accounted yet is shown at today’s tariff.")


def sample() -> dict[str, Any]:
    """Return a statement with which a firm's template is tried."""
    return {
        "title": "Assistenza remota",
        "subtitle": "Prova · 01/11/2026–30/11/2026",
        "recipient": ["Officine Prova S.r.l.", "Via Milano 12", "22100 Como (CO)"],
        "profile": "I primi 15 minuti costano 20,00 €, poi 4,00 € ogni 5 minuti iniziati.",
        "columns": _columns(is_pool=False),
        "rows": [
            ["19/11 16:41–17:23", "CAD-PC12 · Luca Ferrario", "Nota", "0:42", "10", "0:52", "52"]
        ],
        "foot": [["Totale", "", "", "", "0:52", "52,00 €"]],
        "balance_title": "Monte ore",
        "balance": [["Saldo", "2:30"]],
        "remark": "Importi senza IVA.",
    }
