"""What can be allowed around contracts."""

from django.utils.translation import gettext_lazy as _

from canone.base.access.functions import OFFICE, Role, declare

VIEW = declare(
    "contracts.view", _("See contracts and what they charge"), (*OFFICE, Role.DISPATCHER)
)
CHANGE = declare("contracts.change", _("Add and change contracts"), OFFICE)
IMPORT = declare("contracts.import", _("Import contracts"), OFFICE)
SETTINGS = declare("contracts.settings", _("Change types of contracts"), OFFICE)
