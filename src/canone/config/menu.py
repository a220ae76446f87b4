"""The menu: areas, the pages of each, and who sees them. One line per page."""

from django.utils.translation import gettext_lazy as _

from canone.base.access.functions import SETTINGS, SIGNED_IN
from canone.base.backups import permissions as backups
from canone.base.exchange import permissions as exchange
from canone.base.mail import permissions as mail
from canone.base.tasks import permissions as tasks
from canone.channels.connectors import permissions as connectors
from canone.channels.webhooks import permissions as webhooks
from canone.desks.assistance import permissions as assistance
from canone.desks.contracts import permissions as contracts
from canone.ledgers.allowances import permissions as allowances
from canone.ledgers.invoicing import permissions as invoicing
from canone.registers.assets import permissions as assets
from canone.registers.catalog import permissions as catalog
from canone.registers.parties import permissions as parties
from canone.ui.menu import Area, Page

AREAS = [
    Area(_("Today"), "h", (Page(_("Today"), "start", SIGNED_IN, "home"),)),
    Area(
        _("Customers"),
        "c",
        (
            Page(_("Customers"), "parties:list", parties.VIEW, "people"),
            Page(_("Groups"), "parties:groups", parties.VIEW, "computer"),
            Page(_("Machines"), "assets:list", assets.VIEW, "gear"),
        ),
    ),
    Area(
        _("Contracts"),
        "k",
        (
            Page(_("Contracts"), "contracts:list", contracts.VIEW, "document"),
            Page(_("Active contracts"), "contracts:active", contracts.VIEW, "list"),
            Page(_("Monthly analysis"), "contracts:analysis", contracts.VIEW, "chart"),
        ),
    ),
    Area(
        _("Assistance"),
        "a",
        (
            Page(_("Remote sessions"), "assistance:list", assistance.VIEW, "computer"),
            Page(_("To assign"), "assistance:inbox", assistance.ASSIGN, "people"),
            Page(_("Mapping rules"), "assistance:rules", assistance.ASSIGN, "route"),
            Page(_("Profiles"), "catalog:profiles", catalog.VIEW_TARIFFS, "euro"),
            Page(_("Assignments"), "assistance:assignments", assistance.ASSIGN, "link"),
            Page(_("Sources"), "connectors:list", connectors.VIEW, "sync"),
            Page(_("Import"), "import_sessions", assistance.IMPORT, "upload"),
            Page(_("Prepaid hours"), "allowances:list", allowances.VIEW, "clock"),
        ),
    ),
    Area(
        _("Billing"),
        "b",
        (
            Page(_("To invoice"), "invoicing:unbilled", invoicing.ISSUE, "euro"),
            Page(_("Charges to invoice"), "invoicing:open", invoicing.VIEW, "clock"),
            Page(_("Issue"), "invoicing:runs", invoicing.ISSUE, "right"),
            Page(_("Invoices"), "invoicing:documents", invoicing.VIEW, "document"),
            Page(_("Due list"), "invoicing:due", invoicing.VIEW, "clock"),
            Page(_("Payments"), "invoicing:payments", invoicing.SETTLE, "check"),
            Page(_("Ageing"), "invoicing:ageing", invoicing.VIEW, "chart"),
            Page(_("Charges"), "invoicing:charges", invoicing.VIEW, "list"),
            Page(_("Articles and services"), "catalog:articles", catalog.VIEW, "list"),
            Page(_("Price lists"), "catalog:price_lists", catalog.VIEW, "euro"),
        ),
    ),
]
"""The areas on top; an area without a page that its reader may see is not shown."""

OWN = [
    Area(
        _("Yours"),
        "",
        (
            Page(_("Your page"), "own", SIGNED_IN, "person"),
            Page(_("Background work"), "ui:jobs", tasks.VIEW, "sync"),
            Page(_("API tokens"), "tokens", SIGNED_IN, "key"),
            Page(_("Webhooks"), "webhooks:list", webhooks.MANAGE, "link"),
            Page(_("Imports"), "imports", exchange.IMPORT, "upload"),
            Page(_("Outgoing mail"), "mails", mail.VIEW, "mail"),
            Page(_("Mail server"), "mail_server", SETTINGS, "gear"),
            Page(_("Texts of mails"), "mail_texts", SETTINGS, "mail"),
            Page(_("Documents"), "papers", SETTINGS, "document"),
            Page(_("Users"), "people", SETTINGS, "people"),
            Page(_("Signing in"), "sign_in", SETTINGS, "lock"),
            Page(_("Firm"), "firm", SETTINGS, "building"),
            Page(_("Series of documents"), "invoicing:series", invoicing.SETTINGS, "list"),
            Page(_("Billing habits"), "invoicing:habits", invoicing.SETTINGS, "gear"),
            Page(_("Habits with contracts"), "contracts:habits", contracts.SETTINGS, "gear"),
            Page(_("Series of numbers"), "numbers", SETTINGS, "list"),
            Page(_("Changes"), "changes", SETTINGS, "clock"),
            Page(_("Backups"), "backups", backups.MANAGE, "download"),
            Page(_("Undelivered events"), "undelivered", SETTINGS, "alert"),
            Page(_("Zones"), "parties:zones", parties.SETTINGS, "route"),
            Page(_("Payment terms"), "parties:terms", parties.SETTINGS, "euro"),
            Page(_("Types of contracts"), "contracts:types", contracts.SETTINGS, "document"),
            Page(_("VAT rates"), "catalog:vat", catalog.SETTINGS, "list"),
            Page(_("Units"), "catalog:units", catalog.SETTINGS, "list"),
        ),
    ),
]
"""What stands behind the initials: the person's own page and the settings."""
