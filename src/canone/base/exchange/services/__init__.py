"""The only writers of imports: batches, their check, their write, their undo."""

from canone.base.exchange.services.batches import (
    Choice,
    ImportRefusedError,
    configure,
    create,
    discard,
    look_again,
    save_profile,
)
from canone.base.exchange.services.checking import check
from canone.base.exchange.services.starting import start_check, start_write
from canone.base.exchange.services.undoing import undo
from canone.base.exchange.services.writing import write

__all__ = [
    "Choice",
    "ImportRefusedError",
    "check",
    "configure",
    "create",
    "discard",
    "look_again",
    "save_profile",
    "start_check",
    "start_write",
    "undo",
    "write",
]
