"""The JSON operations of contracts; they call what the pages call."""

from canone.desks.contracts.api import (
    active,
    contracts,
    habits,
    lines,
    parts,
    requested,
    schedules,
    types,
)
from canone.ui import api

router = api.Router()
router.add_router("", active.router)
router.add_router("", contracts.router)
router.add_router("", lines.router)
router.add_router("", parts.router)
router.add_router("", requested.router)
router.add_router("", schedules.router)
router.add_router("", types.router)
router.add_router("", habits.router)
