"""The functions of this ledger."""

from django.utils.translation import gettext_lazy as _

from canone.base.access.functions import OFFICE, Role, declare

VIEW = declare("allowances.view", _("See prepaid hours"), (*OFFICE, Role.DISPATCHER, Role.CUSTOMER))
CORRECT = declare("allowances.correct", _("Reverse movements of prepaid hours"), OFFICE)
SET_UP = declare("allowances.set_up", _("Change warnings and carry-over"), OFFICE)
