"""What can be allowed around machines and meters."""

from django.utils.translation import gettext_lazy as _

from canone.base.access.functions import OFFICE, STAFF, Role, declare

VIEW = declare("assets.view", _("See machines, meters and readings"), STAFF)
READ = declare("assets.read", _("Enter readings of meters"), STAFF)
CHANGE = declare(
    "assets.change", _("Add and change machines and meters"), (*OFFICE, Role.DISPATCHER)
)
IMPORT = declare("assets.import", _("Import machines and readings"), OFFICE)
