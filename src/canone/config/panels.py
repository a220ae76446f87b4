"""What higher contexts show on pages of lower ones: one line per guest.

`Slot(page, slot, title, url name, permission)` or `GuestColumn(page, title, cells, permission)`;
`docs/developers/ui-kit.md` names the slots.
"""

from canone.ui.slots import GuestColumn, Slot

SLOTS: list[Slot | GuestColumn] = []
