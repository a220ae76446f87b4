"""What can be allowed around customers and suppliers."""

from django.utils.translation import gettext_lazy as _

from canone.base.access.functions import OFFICE, STAFF, Role, declare

VIEW = declare("parties.view", _("See customers, sites, contacts and groups"), STAFF)
VIEW_COMMERCIAL = declare(
    "parties.view_commercial",
    _("See suppliers, bank details, payment terms and reliability"),
    (*OFFICE, Role.DISPATCHER),
)
CHANGE = declare(
    "parties.change", _("Add and change customers and suppliers"), (*OFFICE, Role.DISPATCHER)
)
IMPORT = declare("parties.import", _("Import customers and groups"), OFFICE)
SETTINGS = declare("parties.settings", _("Change zones and payment terms"), OFFICE)
LOGINS = declare("parties.logins", _("Open the portal to a customer"), OFFICE)
PERSONAL = declare(
    "parties.personal", _("Hand out everything that is kept about a customer"), OFFICE
)
ERASE = declare("parties.erase", _("Erase a customer, contact or user for good"), (Role.OWNER,))
