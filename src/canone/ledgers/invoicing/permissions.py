"""The functions of this ledger."""

from django.utils.translation import gettext_lazy as _

from canone.base.access.functions import OFFICE, Role, declare

VIEW = declare("invoicing.view", _("See charges"), (*OFFICE, Role.CUSTOMER))
POST = declare("invoicing.post", _("Write charges by hand"), OFFICE)
REVERSE = declare("invoicing.reverse", _("Reverse charges"), OFFICE)
