"""What the preview shows, in the reader's words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from canone.base.access.models import User
from canone.kernel.money import Money
from canone.ledgers.invoicing import permissions
from canone.ledgers.invoicing.models import Document
from canone.ledgers.invoicing.queries import documents
from canone.ledgers.invoicing.queries.reasons import DIFFERENCE, told
from canone.ledgers.invoicing.queries.sums import Sums, is_difference
from canone.ledgers.invoicing.rules.documents import Kind
from canone.ledgers.invoicing.rules.obstacles import Obstacle
from canone.ledgers.invoicing.rules.plan import Item, Planned
from canone.ledgers.invoicing.rules.ports import LeftOut
from canone.ledgers.invoicing.web import looks
from canone.registers.parties import permissions as parties
from canone.registers.parties.models import Party
from canone.ui import formats, origins
from canone.ui.heads import Link
from canone.ui.states import State

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

ICONS = {
    "remote_session": "clock",
    "top_up": "plus",
    "subscription": "sync",
    "contract": "document",
    "contract_usage": "chart",
    "contract_request": "pencil",
    "manual": "pencil",
    DIFFERENCE: "undo",
}
FOLDED = 4
"""So many charges of one kind stand on one row that opens."""
LACKS = State("warn", _("To complete"))
MANDATES = (
    Obstacle.NO_MANDATE,
    Obstacle.SEVERAL_MANDATES,
    Obstacle.MANDATE_UNKNOWN,
    Obstacle.MANDATE_UNSIGNED,
    Obstacle.MANDATE_REVOKED,
    Obstacle.MANDATE_SPENT,
    Obstacle.MANDATE_LAPSED,
)
STATES = {
    Obstacle.BLOCKED.value: State("stop", _("Blocked")),
    Obstacle.NO_CUSTOMER.value: LACKS,
    Obstacle.NO_ADDRESS.value: LACKS,
    Obstacle.NO_IDENTITY.value: LACKS,
    Obstacle.NO_SIREN.value: LACKS,
    **{one.value: State("warn", _("Mandate")) for one in MANDATES},
    Obstacle.MOVED.value: State("stop", _("Moved")),
    Obstacle.NEGATIVE.value: State("idle", _("Waiting")),
    Obstacle.NOTHING.value: State("idle", _("Waiting")),
    Obstacle.UNTICKED.value: State("idle", _("Left out by hand")),
    "suspended": State("idle", _("Suspended")),
    "ended": State("idle", _("Ended")),
    "billed": State("done", _("Billed already")),
    "not_due": State("idle", _("Not due yet")),
    "not_begun": State("idle", _("Not begun")),
    "before_go_live": State("idle", _("Billed elsewhere")),
    "on_request": State("idle", _("On request")),
    "only_work": State("idle", _("By tariff")),
    "no_lines": State("warn", _("No lines")),
}
ORDER = ("stop", "warn", "todo", "run", "idle", "done")
"""What somebody must act on comes first."""
OF_CUSTOMER = frozenset(
    one.value
    for one in (
        Obstacle.BLOCKED,
        Obstacle.NO_CUSTOMER,
        Obstacle.NO_ADDRESS,
        Obstacle.NO_IDENTITY,
        Obstacle.NO_SIREN,
    )
)
OF_TAXATION = frozenset((Obstacle.VAT_ABROAD.value, Obstacle.SPLIT_AND_WITHHOLDING.value))
OF_MANDATE = frozenset(one.value for one in MANDATES)
OF_VAT = frozenset((Obstacle.NO_VAT.value, Obstacle.NO_NATURE.value))


@dataclass(frozen=True, slots=True)
class Row:
    """A charge of a proposed document, or several of a kind that open."""

    icon: str
    text: str
    period: str
    amount: str
    parts: Sequence[Row] = ()


@dataclass(frozen=True, slots=True)
class Proposed:
    """A proposed document with its charges; `number` sets ids of the page apart."""

    number: int
    key: str
    is_in: bool
    title: str
    url: str
    remark: str
    rows: Sequence[Row]
    net: Money
    vat: Money
    gross: Money


@dataclass(frozen=True, slots=True)
class Out:
    """Something that is left out: why, of whom, and where it is mended."""

    state: State
    what: Link
    customer: Link
    reason: str
    amount: Money | None
    remedy: Link | None
    detail: str = ""


def proposed(one: Planned, number: int, user: User, *, is_in: bool) -> Proposed:
    """Return a planned document as the page shows it."""
    sign = -1 if one.kind == Kind.CREDIT_NOTE else 1
    sums = one.totals
    return Proposed(
        number,
        one.key,
        is_in,
        one.customer.name,
        looks.party_url(one.customer.id, user),
        _remark(one, user),
        list(_rows(one.items)),
        Money(sign * sums.net),
        Money(sign * sums.vat),
        Money(sign * sums.gross),
    )


def _remark(one: Planned, user: User) -> str:
    parts: list[str] = []
    if one.kind == Kind.CREDIT_NOTE:
        parts.append(str(Document.Kind.CREDIT_NOTE.label))
    if one.bundle:
        parts.append(str(origins.place(one.bundle, user).words))
    method = looks.method_word(one.payment.method)
    parts.append(f"{method}, {formats.date_of(one.dues[0][0])}" if one.dues else method)
    if one.customer.treatment.is_split:
        parts.append(now_("split payment"))
    return " · ".join(parts)


def _rows(items: Sequence[Item]) -> Iterator[Row]:
    """Yield the charges; many of one kind that follow each other stand on one row."""
    for kind, group in groupby(items, _kind):
        found = list(group)
        rows = [_row(item) for item in found]
        if kind == DIFFERENCE or len(found) < FOLDED:
            yield from rows
            continue
        contents = [item.content for item in found]
        yield Row(
            rows[0].icon,
            f"{len(found)} × {origins.kind_word(kind)}",
            formats.period(
                min(one.service_start for one in contents), max(one.service_end for one in contents)
            ),
            formats.money(Money(sum(one.amount_minor for one in contents))),
            rows,
        )


def _kind(item: Item) -> str:
    return DIFFERENCE if is_difference(item) else item.content.kind


def _row(item: Item) -> Row:
    content = item.content
    kind = _kind(item)
    amount = formats.money(Money(content.amount_minor), signed=kind == DIFFERENCE)
    period = formats.period(content.service_start, content.service_end)
    return Row(ICONS.get(kind, "euro"), content.description, period, amount)


def left_out(found: Sequence[LeftOut], user: User) -> list[Out]:
    """Return what is left out, each with where it is mended."""
    seen = Party.objects.filter(pk__in={one.customer_id for one in found})
    names = dict(seen.values_list("pk", "name"))
    told = [_out(one, names.get(one.customer_id, ""), user) for one in found]
    return sorted(told, key=lambda one: ORDER.index(one.state.kind))


def _out(one: LeftOut, customer: str, user: User) -> Out:
    url = looks.party_url(one.customer_id, user)
    place = origins.place(one.bundle, user) if one.bundle else None
    if place is None or not place.url:
        origin = origins.place(one.origin, user) if one.origin else origins.Place("")
        place = origins.Place(one.title or origin.words, origin.url)
    remedy = Link(now_("Open"), place.url) if place.url else None
    if one.code in OF_CUSTOMER and url:
        remedy = Link(now_("Open the customer"), url)
    if one.code in OF_TAXATION and user.may(permissions.SETTINGS):
        url_of_taxation = reverse("invoicing:taxation", args=[one.customer_id])
        remedy = Link(now_("Open the taxation"), url_of_taxation)
    if one.code in OF_MANDATE and user.may(parties.VIEW_COMMERCIAL):
        url_of_mandates = reverse("parties:mandates", args=[one.customer_id])
        remedy = Link(now_("Open the mandates"), url_of_mandates)
    if one.code in OF_VAT:
        remedy = Link(now_("Open the VAT rates"), reverse("catalog:vat"))
    mend = origins.mend(one.origin, one.code, user) if one.origin else None
    if mend is not None:
        remedy = Link(mend.words, mend.url)
    amount = None if one.amount_minor is None else Money(one.amount_minor)
    what = Link(place.words, place.url)
    # what stands for a whole agreement is told by its charge, or several would look the same
    why = told(one.code, one.reason)
    detail = one.title if one.origin and one.title != place.words else ""
    return Out(state_of(one.code), what, Link(customer, url), why, amount, remedy, detail)


def state_of(code: str) -> State:
    """Return the look of a reason; what desks name besides lacks something."""
    return STATES.get(code, LACKS)


def by_kind(sums: Sums) -> list[tuple[StrOrPromise, Money]]:
    """Return what the run comes to before VAT by kind of charge, the largest first."""
    found: list[tuple[StrOrPromise, Money]] = []
    ordered = sorted(sums.kinds.items(), key=lambda item: (item[0] == DIFFERENCE, -item[1]))
    for kind, cents in ordered:
        word = now_("Differences") if kind == DIFFERENCE else origins.kind_word(kind)
        found.append((word, Money(cents)))
    if sums.stamp:
        found.append((now_("Stamp duty"), Money(sums.stamp)))
    return found


def by_rate(sums: Sums) -> list[tuple[str, Money]]:
    """Return the VAT by rate, the highest first, without those that bear none."""
    found = sorted(sums.taxes.items(), reverse=True)
    return [
        (now_("VAT %(rate)s") % {"rate": documents.rate(*key)}, Money(cents))
        for key, cents in found
        if key[0]
    ]
