"""The functions of this ledger."""

from django.utils.translation import gettext_lazy as _

from canone.base.access.functions import OFFICE, Role, declare

VIEW = declare("invoicing.view", _("See charges"), (*OFFICE, Role.CUSTOMER))
POST = declare("invoicing.post", _("Write charges by hand"), OFFICE)
REVERSE = declare("invoicing.reverse", _("Reverse charges"), OFFICE)
ISSUE = declare("invoicing.issue", _("Issue invoices and run the billing"), OFFICE)
CREDIT = declare("invoicing.credit", _("Issue credit notes"), OFFICE)
SETTLE = declare("invoicing.settle", _("Book payments"), OFFICE)
WRITE_OFF = declare("invoicing.write_off", _("Write off what will not be paid"), OFFICE)
SETTINGS = declare("invoicing.settings", _("Change series and taxation of invoices"), OFFICE)
