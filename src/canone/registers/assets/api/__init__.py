"""The JSON operations of machines, meters and readings; they call what the pages call."""

from canone.registers.assets.api import assets, readings
from canone.ui import api

router = api.Router()
router.add_router("", assets.router)
router.add_router("", readings.router)
