"""The JSON operations of the catalog; they call what the pages call."""

from canone.registers.catalog.api import articles, prices, tariffs
from canone.ui import api

router = api.Router()
router.add_router("", tariffs.router)
router.add_router("", articles.router)
router.add_router("", prices.router)
