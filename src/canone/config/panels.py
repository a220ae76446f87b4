"""What higher contexts show on pages of lower ones: one line per guest.

`Slot(page, slot, title, url name, permission)` or `GuestColumn(page, title, cells, permission)`;
`docs/developers/ui-kit.md` names the slots.
"""

from django.utils.translation import gettext_lazy as _

from canone.desks.assistance import permissions as assistance
from canone.desks.contracts import permissions as contracts
from canone.ledgers.allowances import permissions as allowances
from canone.ledgers.invoicing import permissions as invoicing
from canone.registers.assets import permissions as assets
from canone.registers.catalog import permissions as catalog
from canone.registers.parties import permissions as parties
from canone.ui.slots import GuestColumn, Slot

SLOTS: list[Slot | GuestColumn] = [
    Slot("catalog.articles", "action", _("Import"), "import_articles", catalog.IMPORT, "upload"),
    Slot("parties.parties", "action", _("Import"), "import_parties", parties.IMPORT, "upload"),
    Slot(
        "parties.parties",
        "action",
        _("Import mandates"),
        "import_mandates",
        parties.IMPORT,
        "upload",
    ),
    Slot("parties.groups", "action", _("Import"), "import_groups", parties.IMPORT, "upload"),
    Slot("assets.list", "action", _("Import"), "import_machines", assets.IMPORT, "upload"),
    Slot("assets.readings", "action", _("Import"), "import_readings", assets.IMPORT, "upload"),
    Slot("assets.asset", "panel", _("Contracts"), "contracts:of_asset", contracts.VIEW),
    Slot("allowances.list", "action", _("Import"), "import_balances", contracts.IMPORT, "upload"),
    Slot("contracts.list", "action", _("Import"), "import_contracts", contracts.IMPORT, "upload"),
    Slot("parties.party", "action", _("All data"), "party_data", parties.PERSONAL, "download"),
    Slot("parties.party", "action", _("Erase"), "erase_party", parties.ERASE, "trash"),
    Slot("parties.contact", "action", _("Erase"), "erase_contact", parties.ERASE, "trash"),
    Slot(
        "assistance.sessions", "action", _("Import"), "import_sessions", assistance.IMPORT, "upload"
    ),
    Slot("invoicing.document", "action", _("PDF"), "invoicing:pdf", invoicing.VIEW, "download"),
    Slot(
        "parties.party",
        "aside",
        _("Charges to invoice"),
        "invoicing:of_customer",
        invoicing.VIEW,
        "euro",
    ),
    Slot(
        "parties.party",
        "aside",
        _("Prepaid hours"),
        "allowances:of_customer",
        allowances.VIEW,
        "clock",
    ),
    Slot("parties.party", "aside", _("Machines"), "assets:of_customer", assets.VIEW, "gear"),
    Slot(
        "parties.party",
        "panel",
        _("Invoices and due items"),
        "invoicing:account_of_customer",
        invoicing.VIEW,
    ),
    Slot(
        "parties.party",
        "panel",
        _("Contracts"),
        "contracts:of_customer",
        contracts.VIEW,
    ),
    Slot(
        "parties.party",
        "panel",
        _("Remote sessions"),
        "assistance:of_customer",
        assistance.PRICES,
    ),
    Slot(
        "catalog.profile",
        "panel",
        _("Groups with this profile"),
        "assistance:of_profile",
        assistance.ASSIGN,
    ),
]
