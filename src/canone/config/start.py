"""The blocks of the start page: which role sees which queues and figures, one line per provider.

A provider is the dotted path of `ask(user, day) -> Iterable[Queue]` (or `Figure`, or a `Bars`
chart or None), asked only for holders of its permission.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from canone.base.access.functions import Role
from canone.base.backups import permissions as backups
from canone.channels.connectors import permissions as connectors
from canone.channels.webhooks import permissions as webhooks
from canone.desks.assistance import permissions as assistance
from canone.desks.contracts import permissions as contracts
from canone.ledgers.allowances import permissions as allowances
from canone.ledgers.invoicing import permissions as invoicing

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Provider:
    """Who answers for a block, and the function that a person needs to see the answer."""

    ask: str
    permission: str


@dataclass(frozen=True, slots=True)
class Block:
    """What one role finds on the start page."""

    role: Role
    title: StrOrPromise
    queues: tuple[Provider, ...] = ()
    figures: tuple[Provider, ...] = ()
    chart: Provider | None = None
    remark: StrOrPromise = ""


BLOCKS = [
    Block(
        Role.BACK_OFFICE,
        _("Office"),
        queues=(
            Provider("canone.desks.assistance.web.start.office", assistance.PRICES),
            Provider("canone.channels.connectors.web.start.office", connectors.VIEW),
            Provider("canone.ledgers.invoicing.web.start.queues", invoicing.VIEW),
            Provider("canone.desks.contracts.web.start.office", contracts.VIEW),
            Provider("canone.ledgers.allowances.web.panel.queues", allowances.VIEW),
        ),
        remark=_("what waits, in order of urgency"),
    ),
    Block(Role.DISPATCHER, _("Planning")),
    Block(
        Role.TECHNICIAN,
        _("Technician"),
        queues=(Provider("canone.desks.assistance.web.start.technician", assistance.VIEW),),
        remark=_("what is yours"),
    ),
    Block(
        Role.OWNER,
        _("Owner"),
        queues=(
            Provider("canone.config.web.backups.queues", backups.MANAGE),
            Provider("canone.channels.webhooks.web.start.queues", webhooks.MANAGE),
            Provider("canone.channels.connectors.web.start.office", connectors.VIEW),
        ),
        figures=(
            Provider("canone.desks.contracts.web.start.figures", contracts.VIEW),
            Provider("canone.ledgers.invoicing.web.start.figures", invoicing.VIEW),
            Provider("canone.desks.assistance.web.owner.figures", assistance.PRICES),
            Provider("canone.config.web.backups.figures", backups.MANAGE),
        ),
        chart=Provider("canone.desks.assistance.web.owner.chart", assistance.PRICES),
    ),
    Block(
        Role.CUSTOMER,
        _("Customer"),
        figures=(
            Provider("canone.ledgers.invoicing.web.start.own_figures", invoicing.VIEW),
            Provider("canone.ledgers.allowances.web.panel.figures", allowances.VIEW),
        ),
    ),
]
