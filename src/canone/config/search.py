"""Who answers the search, in the order of the page: one line per kind of thing."""

from django.utils.translation import gettext_lazy as _

from canone.desks.contracts import permissions as contracts
from canone.registers.assets import permissions as assets
from canone.registers.catalog import permissions as catalog
from canone.registers.parties import permissions as parties
from canone.ui.search import Provider

PROVIDERS: list[Provider] = [
    Provider(_("Customers"), "canone.registers.parties.web.finding.parties", parties.VIEW),
    Provider(_("Groups"), "canone.registers.parties.web.finding.groups", parties.VIEW),
    Provider(_("Contacts"), "canone.registers.parties.web.finding.contacts", parties.VIEW),
    Provider(_("Machines"), "canone.registers.assets.web.finding.assets", assets.VIEW),
    Provider(_("Contracts"), "canone.desks.contracts.web.finding.contracts", contracts.VIEW),
    Provider(_("Profiles"), "canone.registers.catalog.web.finding.profiles", catalog.VIEW_TARIFFS),
    Provider(_("Articles"), "canone.registers.catalog.web.finding.articles", catalog.VIEW),
]
