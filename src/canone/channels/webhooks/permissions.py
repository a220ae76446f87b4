"""The functions of the webhooks."""

from django.utils.translation import gettext_lazy as _

from canone.base.access.functions import Role, declare

MANAGE = declare("webhooks.manage", _("Tell other programs what happens here"), (Role.OWNER,))
