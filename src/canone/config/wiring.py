"""Who hears what, and who answers which port: one table each."""

from __future__ import annotations

from collections.abc import Sequence

from canone.base.events import facts, registry
from canone.base.events.registry import Handler
from canone.channels.webhooks.services import telling
from canone.desks.assistance.queries import impact as touched
from canone.desks.assistance.queries.annexes import Annex as Sessions
from canone.desks.assistance.queries.unready import Unready
from canone.desks.assistance.services import subscriptions
from canone.desks.contracts.queries import covering, proposing
from canone.ledgers.allowances.events import AllowanceLow
from canone.ledgers.allowances.services import mails as allowances
from canone.ledgers.invoicing.queries import ports
from canone.registers.catalog.events import TariffRevised
from canone.registers.catalog.queries import impact

HANDLERS: dict[type, Sequence[Handler]] = {
    AllowanceLow: (allowances.warn,),
    TariffRevised: (subscriptions.follow,),
}


def connect() -> None:
    """Return nothing after binding the tables; called once when Django is ready."""
    registry.bind(HANDLERS)
    facts.listen(telling.Listener())
    impact.bind(impact=touched.of_tariff, groups=touched.groups_of)
    covering.bind(touched.of_lines)
    ports.bind(proposers=(proposing.proposer(),))
    ports.bind_annexes(Sessions())
    ports.bind_unready(Unready())
