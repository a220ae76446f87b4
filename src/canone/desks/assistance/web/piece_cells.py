"""The cells of a piece of work: a row that opens its sessions."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from canone.desks.assistance import permissions
from canone.desks.assistance.queries.pieces import Piece
from canone.desks.assistance.rules.states import State
from canone.desks.assistance.web import folding
from canone.desks.assistance.web.cells import NOTHING, Desk, button, joined, padlock, sub
from canone.ui import formats


def name(desk: Desk, piece: Piece) -> SafeString:
    """Return whose sessions they are and why they count as one.

    It stands open while something is written in one of them.
    """
    touched = {*desk.faults, desk.saved}
    is_open = any(row.session.pk in touched for row in piece.rows)
    lead = piece.lead.session
    group = lead.group if desk.names_group else None
    count = folding.count(piece)
    billed = piece.lead.billed_minutes if desk.may(permissions.PRICES) else None
    if billed:
        count += " · " + _("counts for %(billed)s") % {"billed": formats.duration(billed)}
    return format_html(
        '<details class="cn-unfold" id="piece-{}"{}><summary><span class="cn-b">{}</span>{}{}'
        "</summary>{}</details>",
        lead.pk,
        SafeString(" open" if is_open else ""),
        folding.name(piece),
        sub(group.name) if group else NOTHING,
        sub(count),
        joined(format_html('<p class="cn-s cn-muted">{}</p>', line) for line in folding.why(piece)),
    )


def action(desk: Desk, piece: Piece) -> SafeString:
    """Return what can be done with the piece: take it apart, account it."""
    pk = piece.lead.session.pk
    named = {"name": folding.name(piece), "when": folding.when(piece)}
    if piece.lead.state is not State.PENDING:
        of = {"device": named["name"], "when": named["when"]}
        label = _("Accounted: %(device)s, %(when)s") % of
        return padlock(desk.url("session", pk), label)
    forms = []
    if desk.may(permissions.SPLIT):
        said = _("Take apart: %(name)s, %(when)s") % named
        whole = SafeString('<input type="hidden" name="whole" value="1">')
        inside = whole + button("split", _("Take apart"), said)
        forms.append(desk.form("take_apart", pk, inside))
    if desk.may(permissions.ACCOUNT):
        price = {"price": formats.money(piece.lead.price)}
        text = _("Account together: %(name)s, %(when)s, %(price)s") % (named | price)
        forms.append(desk.form("account", pk, button("unlock", _("Account"), text, look="plain")))
    return format_html(
        '<span class="cn-row flex-nowrap justify-content-end">{}</span>', joined(forms)
    )
