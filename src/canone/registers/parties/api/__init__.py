"""The JSON operations of customers and suppliers; they call what the pages call."""

from canone.registers.parties.api import attached, duplicates, mandates, parties, parts, settings
from canone.ui import api

router = api.Router()
router.add_router("", parties.router)
router.add_router("", duplicates.router)
router.add_router("", parts.router)
router.add_router("", mandates.router)
router.add_router("", settings.router)
router.add_router("", attached.router)
