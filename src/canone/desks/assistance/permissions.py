"""The functions of this desk."""

from django.utils.translation import gettext_lazy as _

from canone.base.access.functions import OFFICE, STAFF, Role, declare

VIEW = declare("assistance.view", _("See remote sessions"), STAFF)
EDIT = declare("assistance.edit", _("Write sessions, extra minutes and notes"), STAFF)
VIEW_ALL = declare(
    "assistance.view_all",
    _("See the sessions of every technician"),
    (Role.OWNER, Role.BACK_OFFICE, Role.DISPATCHER),
)
PRICES = declare("assistance.prices", _("See what sessions are worth"), OFFICE)
ACCOUNT = declare("assistance.account", _("Account sessions"), OFFICE)
SPLIT = declare("assistance.split", _("Take sessions that are priced together apart"), OFFICE)
UNDO = declare("assistance.undo", _("Undo an accounting"), OFFICE)
ASSIGN = declare("assistance.assign", _("Assign profiles to groups and grant hours"), OFFICE)
IMPORT = declare("assistance.import", _("Import sessions"), OFFICE)
