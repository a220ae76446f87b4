"""The functions of exchange."""

from django.utils.translation import gettext_lazy as _

from canone.base.access.functions import OFFICE, declare

IMPORT = declare("exchange.import", _("Import files"), OFFICE)
