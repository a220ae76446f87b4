"""The functions of mail."""

from django.utils.translation import gettext_lazy as _

from canone.base.access.functions import OFFICE, declare

VIEW = declare("mail.view", _("See outgoing mail, send it again or withdraw it"), OFFICE)
