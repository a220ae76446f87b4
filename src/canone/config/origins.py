"""Where the facts of the ledgers come from: one line per kind of origin."""

from django.utils.translation import gettext_lazy as _

from canone.desks.assistance import permissions as assistance
from canone.desks.contracts import permissions as contracts
from canone.desks.contracts.queries import contracts as agreed
from canone.registers.assets import permissions as assets
from canone.registers.catalog import permissions as catalog
from canone.registers.catalog.queries import tariffs
from canone.ui.origins import Origin, Way

AT_THE_CONTRACT = _(
    "It comes from a contract: change the line there, the difference follows by itself."
)
TAKE_BACK = Way(_("Take back"), "assistance:take_back", assistance.UNDO, "undo")
ORIGINS: list[Origin] = [
    Origin(
        "session",
        _("Remote assistance"),
        "assistance:session",
        assistance.VIEW,
        kinds=("remote_session",),
        remedy=_("It comes from a remote session: undo its accounting there."),
    ),
    Origin(
        "subscription",
        _("Subscription"),
        "catalog:profile",
        catalog.VIEW_TARIFFS,
        name=tariffs.name_of,
        kinds=("subscription",),
        remedy=_("It comes from a subscription: take the grant back among its prepaid hours."),
        undo=TAKE_BACK,
    ),
    Origin(
        "top_up",
        _("Top-up"),
        "catalog:profile",
        catalog.VIEW_TARIFFS,
        name=tariffs.name_of,
        kinds=("top_up",),
        remedy=_("It comes from a top-up: take it back among the prepaid hours."),
        undo=TAKE_BACK,
    ),
    Origin(
        "tariff",
        _("Profile"),
        "catalog:profile",
        catalog.VIEW_TARIFFS,
        name=tariffs.name_of,
        ways=(Way(_("Top-up"), "assistance:top_up", assistance.ASSIGN, "plus"),),
    ),
    Origin(
        "contract",
        _("Contract"),
        "contracts:detail",
        contracts.VIEW,
        name=agreed.number_of,
    ),
    Origin(
        "line",
        _("Contract line"),
        kinds=("contract",),
        remedy=AT_THE_CONTRACT,
        mends={
            "missing_reading": Way(
                _("Enter the reading"), "contracts:line_reading", assets.READ, "pencil"
            )
        },
    ),
    Origin("usage", _("Contract usage"), kinds=("contract_usage",), remedy=AT_THE_CONTRACT),
    Origin(
        "request",
        _("Billed on request"),
        "contracts:detail",
        contracts.VIEW,
        name=agreed.number_of,
        kinds=("contract_request",),
    ),
    Origin("manual", _("Written by hand"), kinds=("manual",)),
]
