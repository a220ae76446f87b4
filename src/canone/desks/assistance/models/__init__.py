"""The tables of the desk."""

from canone.desks.assistance.models.accountings import Accounting, AccountingReversal
from canone.desks.assistance.models.assignments import Assignment
from canone.desks.assistance.models.memory import DeviceRule, GroupRule
from canone.desks.assistance.models.sessions import RemoteSession

__all__ = [
    "Accounting",
    "AccountingReversal",
    "Assignment",
    "DeviceRule",
    "GroupRule",
    "RemoteSession",
]
