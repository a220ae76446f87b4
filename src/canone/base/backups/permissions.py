"""The functions of backups."""

from django.utils.translation import gettext_lazy as _

from canone.base.access.functions import Role, declare

MANAGE = declare("backups.manage", _("Make backups, and say when they are made"), (Role.OWNER,))
