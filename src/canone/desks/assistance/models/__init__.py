"""The tables of the desk."""

from canone.base.history import triggers
from canone.desks.assistance.models.accountings import Accounting, AccountingReversal
from canone.desks.assistance.models.applications import Application, ApplicationChange
from canone.desks.assistance.models.assignments import Assignment
from canone.desks.assistance.models.memory import DeviceRule, GroupRule, TechnicianRule
from canone.desks.assistance.models.sessions import RemoteSession

__all__ = [
    "Accounting",
    "AccountingReversal",
    "Application",
    "ApplicationChange",
    "Assignment",
    "DeviceRule",
    "GroupRule",
    "RemoteSession",
    "TechnicianRule",
]

for _trigger in (
    "assistance_remotesession_locked",
    "assistance_remotesession_kept",
    "assistance_accounting_no_update",
    "assistance_accounting_no_delete",
    "assistance_accountingreversal_no_update",
    "assistance_accountingreversal_no_delete",
):
    triggers.handmade(_trigger)
# on PostgreSQL the function behind `locked` looks for the reversal too
triggers.handmade("assistance_remotesession_undone", ("sqlite",))
