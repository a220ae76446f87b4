"""What can be allowed around services, prices and tariffs."""

from django.utils.translation import gettext_lazy as _

from canone.base.access.functions import OFFICE, STAFF, Role, declare

VIEW = declare("catalog.view", _("See services, articles and price lists"), STAFF)
CHANGE = declare("catalog.change", _("Add and change services, articles and prices"), OFFICE)
IMPORT = declare("catalog.import", _("Import articles and prices"), OFFICE)
SETTINGS = declare("catalog.settings", _("Change VAT rates and units"), OFFICE)
VIEW_TARIFFS = declare("catalog.view_tariffs", _("See profiles"), (*OFFICE, Role.DISPATCHER))
CHANGE_TARIFFS = declare("catalog.change_tariffs", _("Add and change profiles"), OFFICE)
