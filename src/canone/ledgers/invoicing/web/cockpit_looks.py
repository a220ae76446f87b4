"""How what is owed looks: states, words, where it is mended."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from canone.ledgers.invoicing.models import OwedItem, RunLeftOut
from canone.ledgers.invoicing.queries import outlooks
from canone.ledgers.invoicing.queries.reasons import told
from canone.ledgers.invoicing.rules.obstacles import Obstacle
from canone.ledgers.invoicing.web import run_looks
from canone.ledgers.invoicing.web.looks import ONE_DAY
from canone.ui import formats, origins
from canone.ui.states import State

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

DUE = State("todo", _("Ready"))
HELD = State("warn", _("Not ready"))
WORDS: dict[str, StrOrPromise] = {
    "": _("Nothing: ready to bill"),
    Obstacle.BLOCKED.value: _("Customer blocked"),
    Obstacle.NO_CUSTOMER.value: _("Not a customer"),
    Obstacle.NO_ADDRESS.value: _("No address"),
    Obstacle.NO_IDENTITY.value: _("No VAT number or tax code"),
    Obstacle.NO_SIREN.value: _("No SIREN"),
    Obstacle.SPLIT_AND_WITHHOLDING.value: _("Split payment and withholding"),
    Obstacle.NO_VAT.value: _("No VAT known"),
    Obstacle.VAT_ABROAD.value: _("Usual VAT of a business abroad"),
    Obstacle.NO_NATURE.value: _("VAT without rate and nature"),
    Obstacle.NO_MANDATE.value: _("No mandate in force"),
    Obstacle.SEVERAL_MANDATES.value: _("Several mandates in force"),
    Obstacle.MANDATE_UNKNOWN.value: _("Mandate unknown"),
    Obstacle.MANDATE_UNSIGNED.value: _("Mandate not signed yet"),
    Obstacle.MANDATE_REVOKED.value: _("Mandate revoked"),
    Obstacle.MANDATE_SPENT.value: _("Mandate for one debit used"),
    Obstacle.MANDATE_LAPSED.value: _("Mandate lapsed"),
    Obstacle.MOVED.value: _("Billed to another customer"),
    Obstacle.NEGATIVE.value: _("A reduction with nothing to reduce"),
    Obstacle.NOTHING.value: _("Comes to nothing"),
    "suspended": _("Contract suspended"),
    "missing_reading": _("Reading missing"),
    "backwards": _("Meter ran backwards"),
    "unreadable": _("Line contradicts itself"),
    "session_pending": _("Session not accounted"),
    "session_orphan": _("Session never ended"),
    "session_no_profile": _("Session without profile"),
    "session_unassigned": _("Session without customer"),
}
"""What stands in the way, in short; those of desks are told here as they tell runs."""


def choices() -> list[tuple[str, StrOrPromise]]:
    """Return the choices of the filter."""
    named = [(code or outlooks.READY, word) for code, word in WORDS.items()]
    return [*named[:1], (outlooks.STUCK, _("Anything")), *named[1:]]


def word(code: str) -> StrOrPromise:
    """Return what stands in the way, in short."""
    return WORDS.get(code) or run_looks.state_of(code).word


def reasons() -> list[tuple[str, StrOrPromise]]:
    """Return every reason why a run leaves something out, in short."""
    codes = dict.fromkeys([*filter(None, WORDS), *run_looks.STATES])
    return [(code, word(code)) for code in codes]


def state(code: str) -> State:
    """Return whether it is ready, or the look of its reason."""
    return run_looks.state_of(code) if code else DUE


def reason(one: OwedItem | RunLeftOut) -> str:
    """Return what stands in the way, in the reader's language."""
    return told(one.code, one.reason)


def before(end: date | None) -> date | None:
    """Return the last day before an end."""
    return end - ONE_DAY if end else None


def last_day(one: OwedItem) -> date:
    """Return the last day of the service."""
    return one.service_end - ONE_DAY


def place_url(one: OwedItem | RunLeftOut) -> str:
    """Return where it stands: its contract, its session; nothing where it has no page."""
    for key in filter(None, (one.bundle, one.origin)):
        row, number = origins.find(key), origins.number_of(key)
        if row is not None and row.url_name and number is not None:
            return reverse(row.url_name, args=[number])
    return ""


def button(one: OwedItem) -> SafeString | str:
    """Return what bills it, or what leads to where it is mended."""
    if one.code:
        return mend(one)
    said = {
        "through": formats.date_of(one.invoice_on),
        "customer": str(one.customer_id or ""),
        "bundle": one.bundle,
        "kinds": "" if one.bundle else one.kind,
    }
    query = urlencode({name: value for name, value in said.items() if value})
    return _link(now_("Bill this"), f"{reverse('invoicing:run_new')}?{query}")


def mend(one: OwedItem | RunLeftOut) -> SafeString | str:
    """Return what leads to where the reason is mended; nothing where no page does."""
    if one.code in run_looks.OF_VAT:
        return _link(now_("Open the VAT rates"), reverse("catalog:vat"))
    if one.code in run_looks.OF_CUSTOMER and one.customer_id:
        return _link(now_("Open the customer"), reverse("parties:detail", args=[one.customer_id]))
    if one.code in run_looks.OF_TAXATION and one.customer_id:
        taxation = reverse("invoicing:taxation", args=[one.customer_id])
        return _link(now_("Open the taxation"), taxation)
    if one.code in run_looks.OF_MANDATE and one.customer_id:
        url = reverse("parties:mandates", args=[one.customer_id])
        return _link(now_("Open the mandates"), url)
    place = origins.mend(one.origin, one.code) if one.origin else None
    if place is not None:
        return _link(str(place.words), place.url)
    url = place_url(one)
    return _link(now_("Open"), url) if url else ""


def _link(title: str, url: str) -> SafeString:
    return format_html('<a class="btn btn-quiet" href="{}">{}</a>', url, title)
