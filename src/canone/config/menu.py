"""The menu: areas, the pages of each, and who sees them. One line per page."""

from django.utils.translation import gettext_lazy as _

from canone.base.access.functions import SETTINGS, SIGNED_IN
from canone.ui.menu import Area, Page

AREAS = [
    Area(_("Today"), "h", (Page(_("Today"), "start", SIGNED_IN, "home"),)),
]
"""The areas on top; an area without a page that its reader may see is not shown."""

OWN = [
    Area(
        _("Yours"),
        "",
        (
            Page(_("Your page"), "own", SIGNED_IN, "person"),
            Page(_("Users"), "people", SETTINGS, "people"),
            Page(_("Firm"), "firm", SETTINGS, "building"),
        ),
    ),
]
"""What stands behind the initials: the person's own page and the settings."""
