"""The JSON operations of charges, documents, runs and settlement; they call what the pages call."""

from canone.ledgers.invoicing.api import (
    charges,
    drafts,
    dues,
    habits,
    papers,
    runs,
    series,
    settlement,
    taxation,
    unbilled,
)
from canone.ui import api

router = api.Router()
router.add_router("", charges.router)
router.add_router("", drafts.router)
router.add_router("", papers.router)
router.add_router("", runs.router)
router.add_router("", dues.router)
router.add_router("", settlement.router)
router.add_router("", habits.router)
router.add_router("", series.router)
router.add_router("", taxation.router)
router.add_router("", unbilled.router)
