"""Where the facts of the ledgers come from: one line per kind of origin."""

from django.utils.translation import gettext_lazy as _

from canone.desks.assistance import permissions as assistance
from canone.registers.catalog import permissions as catalog
from canone.ui.origins import Origin

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
        kinds=("subscription",),
        remedy=_("It comes from a subscription: reverse the grant of hours there."),
    ),
    Origin(
        "top_up",
        _("Top-up"),
        "catalog:profile",
        catalog.VIEW_TARIFFS,
        kinds=("top_up",),
        remedy=_("It comes from a top-up: reverse the top-up there."),
    ),
    Origin("manual", _("Written by hand"), kinds=("manual",)),
]
