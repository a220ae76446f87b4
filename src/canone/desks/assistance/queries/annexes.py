"""The sessions behind the charges of a document, for its annex."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from canone.base.firm import queries as firms
from canone.desks.assistance.models import Accounting
from canone.kernel.money import Money
from canone.ledgers.invoicing.rules.ports import AnnexColumn, AnnexRow, AnnexTable, Key
from canone.registers.catalog.queries import words
from canone.ui import formats

ORIGIN = "session"
PART = 500


class Annex:
    """Tells of the sessions that were charged, and of those counted together with them."""

    origins = frozenset({ORIGIN})

    def tables(self, keys: Sequence[Key], language: str) -> Sequence[AnnexTable]:
        """Return one table of the sessions in the order of the charges."""
        with translation.override(language):
            found = _accountings(keys)
            if not found:
                return []
            zone = firms.zone()
            rows = []
            for one in found:
                session = one.session
                cells = (
                    formats.span(session.started_at, session.ended_at, zone),
                    " · ".join(filter(None, (session.device_name, session.technician_name))),
                    formats.duration(one.connection_minutes),
                    formats.duration(one.total_minutes),
                    formats.MISSING if one.head_id else formats.money(one.price),
                )
                rows.append(AnnexRow(cells, _detail(one)))
            return [AnnexTable(_("Remote assistance"), _columns(), tuple(rows), _foot(found))]


def _accountings(keys: Sequence[Key]) -> list[Accounting]:
    """Return the accountings behind the charges, each with those that were counted with it."""
    wanted = [(int(key.origin.partition(":")[2]), key.revision) for key in keys]
    leads: dict[tuple[int, int], Accounting] = {}
    members: dict[int, list[Accounting]] = {}
    rows = Accounting.objects.select_related("session").order_by("session__started_at", "pk")
    for start in range(0, len(wanted), PART):
        part = wanted[start : start + PART]
        chosen = Q(session__in=[session for session, _revision in part])
        leads |= {(row.session_id, row.revision): row for row in rows.filter(chosen)}
        heads = [leads[key].pk for key in part if key in leads]
        for row in rows.filter(head__in=heads):
            members.setdefault(row.head_id or 0, []).append(row)
    found: list[Accounting] = []
    for key in dict.fromkeys(wanted):
        if key in leads:
            found += [leads[key], *members.get(leads[key].pk, ())]
    return found


def _columns() -> tuple[AnnexColumn, ...]:
    return (
        AnnexColumn(_("Start")),
        AnnexColumn(_("Computer, technician"), is_wide=True),
        AnnexColumn(_("Conn."), is_right=True),
        AnnexColumn(_("Total"), is_right=True),
        AnnexColumn(_("Price"), is_right=True),
    )


def _detail(one: Accounting) -> str:
    steps = words.steps([step for step in one.explanation if isinstance(step, dict)])
    told = [f"{step.words} {step.figure}" for step in steps]
    return "\n".join(filter(None, (one.session.note, " · ".join(told))))


def _foot(found: Sequence[Accounting]) -> tuple[str, ...]:
    leads = [one for one in found if one.head_id is None]
    minutes = sum(one.total_minutes for one in leads)
    price = Money(sum(one.price.minor for one in leads if one.price is not None))
    return (_("Total"), "", "", formats.duration(minutes), formats.money(price))
