"""The functions of background work."""

from django.utils.translation import gettext_lazy as _

from canone.base.access.functions import OFFICE, STAFF, declare

VIEW = declare("tasks.view", _("See one’s own background work"), STAFF)
VIEW_ALL = declare("tasks.view_all", _("See and stop everybody’s background work"), OFFICE)
