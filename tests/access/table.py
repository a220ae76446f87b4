"""Who may do what, and who may see what: the one table.

A function, an address with a placeholder, or a kind of object that is not written here fails the
matrix. Whoever adds one decides here, and nowhere else, who may reach it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

FUNCTIONS: Mapping[str, frozenset[str]] = {
    "customer": frozenset({"access.signed_in", "allowances.view", "invoicing.view"}),
    "technician": frozenset(
        {
            "access.signed_in",
            "assets.read",
            "assets.view",
            "assistance.edit",
            "assistance.view",
            "catalog.view",
            "parties.view",
            "tasks.view",
        }
    ),
    "dispatcher": frozenset(
        {
            "access.signed_in",
            "allowances.view",
            "assets.change",
            "assets.read",
            "assets.view",
            "assistance.edit",
            "assistance.view",
            "assistance.view_all",
            "catalog.view",
            "catalog.view_tariffs",
            "contracts.view",
            "parties.change",
            "parties.view",
            "parties.view_commercial",
            "tasks.view",
        }
    ),
    "office": frozenset(
        {
            "access.signed_in",
            "allowances.correct",
            "allowances.set_up",
            "allowances.view",
            "assets.change",
            "assets.import",
            "assets.read",
            "assets.view",
            "assistance.account",
            "assistance.assign",
            "assistance.edit",
            "assistance.import",
            "assistance.prices",
            "assistance.split",
            "assistance.undo",
            "assistance.view",
            "assistance.view_all",
            "catalog.change",
            "catalog.change_tariffs",
            "catalog.import",
            "catalog.settings",
            "catalog.view",
            "catalog.view_tariffs",
            "connectors.pull",
            "connectors.view",
            "contracts.change",
            "contracts.import",
            "contracts.settings",
            "contracts.view",
            "exchange.import",
            "invoicing.credit",
            "invoicing.issue",
            "invoicing.post",
            "invoicing.reverse",
            "invoicing.settings",
            "invoicing.settle",
            "invoicing.view",
            "invoicing.write_off",
            "mail.view",
            "parties.change",
            "parties.import",
            "parties.logins",
            "parties.personal",
            "parties.settings",
            "parties.view",
            "parties.view_commercial",
            "tasks.view",
            "tasks.view_all",
        }
    ),
    "nobody": frozenset(),
}
OWNER_ONLY = frozenset(
    {
        "access.settings",
        "backups.manage",
        "connectors.manage",
        "parties.erase",
        "webhooks.manage",
    }
)
"""The owner holds these and whatever anybody else holds."""
SWITCHED: Mapping[str, frozenset[str]] = {
    "senior": frozenset(
        {"assistance.account", "assistance.prices", "assistance.split", "assistance.undo"}
    ),
}
"""A technician whom the owner allowed more: still nobody else's work is shown."""
BASED_ON = {"senior": "technician"}

ALL = frozenset({"*"})
OFFICE = {"owner": ALL, "office": ALL}
DESK = {**OFFICE, "dispatcher": ALL}
CUSTOMERS, MINE = frozenset({"customer", "other"}), frozenset({"customer"})
OWN = {**DESK, "customer": MINE}
REGISTER = {**DESK, "technician": CUSTOMERS, "senior": CUSTOMERS, "customer": MINE}
OWN_ONLY = {
    name: frozenset({name})
    for name in ("owner", "office", "dispatcher", "technician", "senior", "customer")
}
VISIBLE: Mapping[str, Mapping[str, frozenset[str]]] = {
    # a technician works for every customer, and buys from no supplier
    **dict.fromkeys(("party", "site", "contact", "group", "document", "mandate"), REGISTER),
    **dict.fromkeys(("machine", "meter", "reading"), REGISTER),
    **dict.fromkeys(("pool", "entry", "charge", "invoice", "due item"), OWN),
    **dict.fromkeys(("contract", "contract line", "cover", "signed paper", "draft"), DESK),
    "session": {**DESK, "technician": frozenset({"technician"}), "senior": frozenset({"senior"})},
    "job": {
        **OFFICE,
        **{name: frozenset({name}) for name in ("dispatcher", "technician", "senior")},
    },
    "run": {**OFFICE, "senior": frozenset({"senior"})},
    "import": OFFICE,
    "login": OFFICE,
    # kept by each person for themselves, the owner too
    "view": OWN_ONLY,
    "token": OWN_ONLY,
}
FIRM_WIDE = frozenset(
    {
        *("application", "article", "assignment", "backup", "billing run", "contract type"),
        *("delivery", "device rule", "hook", "hours", "mail", "mail text", "packet", "paper"),
        *("payment", "payment terms", "price", "price list", "receiver", "series", "source"),
        *("tariff", "tool", "unit", "user", "vat", "zone"),
    }
)
"""Whoever holds the function sees every one of these: they belong to the firm."""

OBJECTS: Mapping[str, str] = {
    "settings/backups/<int:pk>/": "backup",
    "settings/users/<int:pk>/": "user",
    "settings/mail/<int:pk>/": "mail",
    "settings/texts/<path:key>/<str:language>/": "mail text",
    "settings/documents/<path:key>/": "paper",
    "imports/<int:pk>/": "import",
    "jobs/<int:pk>/": "job",
    "views/<int:pk>/": "view",
    "customers/<int:pk>/": "party",
    "customers/groups/<int:pk>/": "group",
    "customers/zones/<int:pk>/": "zone",
    "customers/payment-terms/<int:pk>/": "payment terms",
    "customers/sites/<int:pk>/": "site",
    "customers/contacts/<int:pk>/": "contact",
    "customers/documents/<int:pk>/": "document",
    "customers/mandates/<int:pk>/": "mandate",
    "machines/<int:pk>/": "machine",
    "machines/meters/<int:pk>/": "meter",
    "machines/readings/<int:pk>/": "reading",
    "machines/customers/<int:pk>/": "party",
    "contracts/machines/<int:pk>/": "machine",
    "api/v1/assets/<asset_id>": "machine",
    "api/v1/meters/<meter_id>": "meter",
    "api/v1/readings/<reading_id>": "reading",
    "catalog/profiles/<int:pk>/": "tariff",
    "catalog/articles/<int:pk>/": "article",
    "catalog/vat/<int:pk>/": "vat",
    "catalog/units/<int:pk>/": "unit",
    "catalog/prices/<int:pk>/": "price list",
    "sessions/<int:pk>/": "session",
    "sessions/runs/<int:pk>/": "run",
    "sessions/rules/past/<int:pk>/": "application",
    "sessions/rules/<slug:slug>/": "device rule",
    "sessions/assignments/<int:pk>/": "assignment",
    "sessions/hours/<int:tariff_id>/": "hours",
    "sessions/hours/entries/<int:entry_id>/": "entry",
    "sessions/customers/<int:pk>/": "party",
    "sessions/profiles/<int:pk>/": "tariff",
    "contracts/<int:pk>/": "contract",
    "contracts/lines/<int:pk>/": "contract line",
    "contracts/types/<int:pk>/": "contract type",
    "contracts/papers/<int:pk>/": "signed paper",
    "contracts/covers/<int:pk>/": "cover",
    "contracts/customers/<int:pk>/": "party",
    "sources/<int:pk>/": "source",
    "sources/<int:pk>/keys/": "receiver",
    "sources/new/<slug:slug>/": "tool",
    "webhooks/<int:pk>/": "hook",
    "webhooks/<int:pk>/log/<int:delivery_id>/": "delivery",
    "prepaid-hours/<int:pk>/": "pool",
    "prepaid-hours/movements/<int:pk>/": "entry",
    "prepaid-hours/customers/<int:pk>/": "party",
    "invoicing/charges/<int:pk>/": "charge",
    "invoicing/documents/<int:pk>/": "invoice",
    "invoicing/documents/<int:pk>/edit/": "draft",
    "invoicing/documents/<int:pk>/issue/": "draft",
    "invoicing/documents/<int:pk>/delete/": "draft",
    "invoicing/runs/<int:pk>/": "billing run",
    "invoicing/papers/<int:pk>/": "packet",
    "invoicing/series/<int:pk>/": "series",
    "invoicing/payments/<int:pk>/": "payment",
    "invoicing/customers/<int:pk>/": "party",
    "api/v1/users/<user_id>": "user",
    "api/v1/jobs/<job_id>": "job",
    "api/v1/imports/<import_id>": "import",
    "api/v1/backups/<backup_id>": "backup",
    "api/v1/mails/<mail_id>": "mail",
    "api/v1/me/tokens/<token_id>": "token",
    "api/v1/me/views/<view_id>": "view",
    "api/v1/payment-terms/<terms_id>": "payment terms",
    "api/v1/series/<series_id>": "series",
    "api/v1/zones/<zone_id>": "zone",
    "api/v1/mail-texts/<context>/<name>/<language>": "mail text",
    "api/v1/print-templates/<context>/<name>": "paper",
    "api/v1/tariffs/<tariff_id>": "tariff",
    "api/v1/tariffs/<tariff_id>/top-ups": "hours",
    "api/v1/articles/<article_id>": "article",
    "api/v1/units/<unit_id>": "unit",
    "api/v1/vat-rates/<vat_id>": "vat",
    "api/v1/price-lists/<list_id>": "price list",
    "api/v1/price-lists/<list_id>/prices/<price_id>": "price",
    "api/v1/parties/<party_id>": "party",
    "api/v1/parties/<party_id>/logins/<user_id>": "login",
    "api/v1/party-documents/<document_id>": "document",
    "api/v1/mandates/<mandate_id>": "mandate",
    "api/v1/sites/<site_id>": "site",
    "api/v1/contacts/<contact_id>": "contact",
    "api/v1/groups/<group_id>": "group",
    "api/v1/sessions/<session_id>": "session",
    "api/v1/assignments/<assignment_id>": "assignment",
    "api/v1/mapping-rules/<kind>": "device rule",
    "api/v1/mapping-applications/<application_id>": "application",
    "api/v1/sources/<source_id>": "source",
    "api/v1/sources/<source_id>/keys": "receiver",
    "api/v1/sources/<source_id>/deliveries": "receiver",
    "api/v1/webhooks/<hook_id>": "hook",
    "api/v1/webhooks/<hook_id>/deliveries/<delivery_id>": "delivery",
    "api/v1/charges/<charge_id>": "charge",
    "api/v1/documents/<document_id>": "invoice",
    "api/v1/due-items/<due_item_id>": "due item",
    "api/v1/payments/<payment_id>": "payment",
    "api/v1/billing-runs/<run_id>": "billing run",
    "api/v1/papers/<papers_id>": "packet",
    "api/v1/allowances/<allowance_id>": "pool",
    "api/v1/allowance-entries/<entry_id>": "entry",
    "api/v1/contracts/<contract_id>": "contract",
    "api/v1/contract-lines/<line_id>": "contract line",
    "api/v1/contract-covers/<cover_id>": "cover",
    "api/v1/contract-papers/<paper_id>": "signed paper",
    "api/v1/contract-types/<type_id>": "contract type",
}
"""Which object stands at an address: the longest beginning that fits counts."""

ALSO: Mapping[str, tuple[str, ...]] = {
    "import_new": (
        *("assets.import", "assistance.import", "catalog.import", "contracts.import"),
        *("invoicing.settings", "parties.import"),
    ),
    "import_balances": ("contracts.import",),
    "import_numbers": ("invoicing.settings",),
    "import_machines": ("assets.import",),
    "import_readings": ("assets.import",),
    "import_sessions": ("assistance.import",),
    "import_articles": ("catalog.import",),
    "import_contracts": ("contracts.import",),
    "import_parties": ("parties.import",),
    "import_groups": ("parties.import",),
    "import_mandates": ("parties.import",),
}
"""Pages that ask for one of these besides the function they declare."""


ASKED_WITH: Mapping[str, Callable[[Mapping[str, Any]], Mapping[str, Any]]] = {
    "statement": lambda things: {"group": things["group"]["customer"]},
    "own_sessions_end": lambda _things: {"session": "others"},
    "person_sessions_end": lambda _things: {"session": "others"},
    "apart": lambda things: {
        "first": things["party"]["customer"],
        "second": things["party"]["other"],
    },
}
"""What a page needs to be told before there is anything to show."""

ASKED_BY: Mapping[str, str] = {"api_price_of": "?day=2026-11-20"}
"""The query that an operation cannot do without."""

CONFIRMED: Mapping[str, tuple[str, ...]] = {
    "me/tokens/new/": (),  # no token makes another
    "settings/backups/plan/": ("PATCH backups/plan",),
    "settings/backups/<int:pk>/file/": ("GET backups/<backup_id>/file",),
    "settings/users/new/": ("POST users",),
    "settings/users/<int:pk>/edit/": ("PATCH users/<user_id>",),
    "settings/users/<int:pk>/functions/": ("PATCH users/<user_id>",),
    "settings/users/<int:pk>/turn/": ("PATCH users/<user_id>",),
    "settings/users/<int:pk>/link/": ("POST users/<user_id>/invitation",),
    "settings/users/<int:pk>/withdraw/": ("DELETE users/<user_id>/invitation",),
    "settings/users/<int:pk>/sessions/end/": ("DELETE users/<user_id>/sessions",),
    "settings/users/<int:pk>/factors/": ("DELETE users/<user_id>/second-factors",),
    "settings/users/<int:pk>/provider/": ("DELETE users/<user_id>/provider",),
    "settings/users/<int:pk>/erase/": ("POST users/<user_id>/erasure",),
    "settings/sign-in/": ("PUT sign-in",),
    "settings/sign-in/provider/": ("PUT sign-in/provider", "POST sign-in/provider/try"),
    "settings/sign-in/provider/remove/": ("DELETE sign-in/provider",),
    "settings/mail/server/": ("PUT mail-server", "POST mail-server/try"),
    "customers/<int:pk>/personal-data/": ("GET parties/<party_id>/personal-data",),
    "customers/<int:pk>/erase/": ("POST parties/<party_id>/erasure",),
    "customers/contacts/<int:pk>/erase/": ("POST contacts/<contact_id>/erasure",),
    "webhooks/new/": ("POST webhooks",),
    "webhooks/<int:pk>/edit/": ("PATCH webhooks/<hook_id>",),
    "webhooks/<int:pk>/secret/": ("POST webhooks/<hook_id>/secret",),
    "webhooks/<int:pk>/on/": ("POST webhooks/<hook_id>/on",),
}
"""The pages that ask for the password once more, and the operations that do the same."""

BEFORE_SIGNING_IN = frozenset(
    {
        "account_login",
        "account_signup",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key_done",
        "account_inactive",
        "account_email_verification_sent",
    }
)
"""The pages of allauth for those who are not signed in."""

OTHERS_CUSTOMER = "Zirconia"
OTHERS_WORK = "Quarzite"
SUPPLIER = "Feldspato"
IBAN = "IT60X0542811101000000123456"
PRICE = frozenset({"4.321,99", "4321,99", "4321.99"})
"""What one session is worth, as pages, files and the API write it: 4,320.00 and 1.99."""
HIDDEN: Mapping[str, frozenset[str]] = {
    "dispatcher": PRICE,
    "technician": frozenset({OTHERS_WORK, SUPPLIER, IBAN}) | PRICE,
    "senior": frozenset({OTHERS_WORK, SUPPLIER, IBAN}),
    "customer": frozenset({OTHERS_CUSTOMER, OTHERS_WORK, SUPPLIER}),
}
"""Words of objects that no page, file or operation may show to these, wherever they look."""
TARIFFS = ("catalog/profiles/", "api/v1/tariffs", "api/v1/rate")
"""A tariff shows what it asks: whoever sees tariffs sees such prices."""


def asking(permission: str) -> list[str]:
    """Return who is tried where `permission` is asked for; a switched person where it matters."""
    switched = [name for name, codes in SWITCHED.items() if permission in codes]
    return ["owner", *FUNCTIONS, *switched]


def hidden_from(person: str, path: str) -> frozenset[str]:
    """Return the words that a person must not read at an address."""
    words = HIDDEN.get(person, frozenset())
    return words - PRICE if path.startswith(TARIFFS) else words


def functions_of(person: str) -> frozenset[str]:
    """Return the functions that a person of the matrix holds."""
    if person == "owner":
        return frozenset().union(OWNER_ONLY, *FUNCTIONS.values())
    return FUNCTIONS[BASED_ON.get(person, person)] | SWITCHED.get(person, frozenset())


def sees(person: str, kind: str, whose: str) -> bool:
    """Whether what is somebody's is there for a person."""
    if kind in FIRM_WIDE:
        return True
    seen = VISIBLE[kind].get(person, frozenset())
    return seen == ALL or whose in seen
