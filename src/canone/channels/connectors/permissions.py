"""The functions of the sources."""

from django.utils.translation import gettext_lazy as _

from canone.base.access.functions import OFFICE, Role, declare

VIEW = declare("connectors.view", _("See where sessions come from"), OFFICE)
PULL = declare("connectors.pull", _("Fetch sessions now, pause and resume sources"), OFFICE)
MANAGE = declare("connectors.manage", _("Connect remote-support servers"), (Role.OWNER,))
