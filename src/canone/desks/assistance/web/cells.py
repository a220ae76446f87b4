"""The cells of the list that are more than a value: extra minutes, note, padlock.

They are put together here and not in templates: a list has hundreds of them, and most of its
page's time went into five small templates for every row.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from canone.base.access.models import User
from canone.desks.assistance import permissions
from canone.desks.assistance.models import RemoteSession
from canone.desks.assistance.queries.listing import Shown
from canone.desks.assistance.rules.states import State
from canone.desks.assistance.web import looks
from canone.ui import formats
from canone.ui.templatetags.ui import icon

NOTHING = SafeString("")


@dataclass
class Desk:
    """What cells know beside their row: the page, its reader, and what was just typed.

    `faults` holds, by session, what was typed and why it was refused; `saved` the session that
    was just saved. `names_group` says that the rows belong to several customers.
    """

    request: HttpRequest
    user: User
    query: str
    faults: dict[int, tuple[str, str]] = field(default_factory=dict)
    saved: int | None = None
    names_group: bool = False
    _ways: dict[str, tuple[str, str]] = field(default_factory=dict)

    def may(self, code: str) -> bool:
        """Return whether the reader holds a function."""
        return self.user.may(code)

    def url(self, name: str, pk: int) -> str:
        """Return an address of a session; each kind is looked up once for the page."""
        if name not in self._ways:
            before, _zero, after = reverse(f"assistance:{name}", args=[0]).rpartition("0")
            self._ways[name] = (before, after)
        before, after = self._ways[name]
        return f"{before}{pk}{after}"

    @cached_property
    def carried(self) -> SafeString:
        """What every form of the cells carries, made once for the page."""
        return format_html(
            '<input type="hidden" name="csrfmiddlewaretoken" value="{}">'
            '<input type="hidden" name="filter" value="{}">',
            get_token(self.request),
            self.query,
        )

    def form(self, name: str, pk: int, inside: SafeString, *, more: str = "") -> SafeString:
        """Return a form of a session that redraws the list; `more` are attributes of ours."""
        url = self.url(name, pk)
        return format_html(
            '<form method="post" action="{}" hx-post="{}" hx-target="#results"'
            ' hx-swap="outerHTML"{}>{}{}</form>',
            *(url, url, SafeString(more), self.carried, inside),
        )


def joined(parts: Iterable[SafeString]) -> SafeString:
    """Return parts of a cell behind each other."""
    return SafeString("".join(parts))


def sub(what: object) -> SafeString:
    """Return a second, quiet line."""
    return format_html('<span class="sub">{}</span>', what)


def button(drawing: str, title: str, label: str, *, look: str = "quiet") -> SafeString:
    """Return a button that is a drawing alone; `label` is what a screen reader says."""
    return format_html(
        '<button class="btn btn-{} btn-icon" title="{}" aria-label="{}">{}</button>',
        *(look, title, label, icon(drawing)),
    )


def padlock(url: str, label: str) -> SafeString:
    """Return the lock of what is accounted."""
    return format_html(
        '<a class="cn-lock" href="{}" aria-label="{}">{}</a>', url, label, icon("lock")
    )


def no_action() -> SafeString:
    """Return what a screen reader hears where nothing can be done."""
    return format_html('<span class="visually-hidden">{}</span>', _("No action"))


def name(desk: Desk, row: Shown, *, within: bool = False) -> SafeString:
    """Return computer and technician, with whom it is priced, and the note.

    `within` an open piece of work, that it is priced with others stands above.
    """
    session = row.session
    parts = [
        format_html(
            '<a class="cn-b" href="{}">{}</a> <span class="cn-muted">· {}</span>',
            desk.url("session", session.pk),
            session.device_name or formats.MISSING,
            session.technician_name or formats.MISSING,
        )
    ]
    if desk.names_group and session.group:
        parts.append(sub(session.group.name))
    if not within:
        parts.append(_together(desk, row))
    if session.is_apart:
        parts.append(_apart(desk, row))
    if desk.may(permissions.EDIT):
        parts.append(_note(desk, row))
    elif session.note:
        parts.append(sub(session.note))
    return joined(parts)


def extra_minutes(desk: Desk, row: Shown) -> SafeString | str:
    """Return the extra minutes, in a field of their own while they can be changed."""
    session = row.session
    if not session.ended_at:
        return format_html('<span class="cn-muted">{}</span>', formats.MISSING)
    if not desk.may(permissions.EDIT) or row.state is State.ACCOUNTED:
        return f"{'+' if session.extra_minutes > 0 else ''}{session.extra_minutes}"
    typed, fault = desk.faults.get(session.pk, ("", ""))
    form = desk.form(
        "edit",
        session.pk,
        _extra_field(session, looks.when(row), typed if fault else session.extra_minutes, fault),
        more=' hx-trigger="change, submit" class="cn-extra"',
    )
    if fault:
        return form + format_html(
            '<span class="invalid-feedback" id="fault-{}" role="alert">{} {}</span>',
            *(session.pk, icon("octagon"), fault),
        )
    if desk.saved == session.pk:
        saved = format_html('<span class="sub cn-saved">{} {}</span>', icon("check"), _("saved"))
        return form + saved
    return form


def action(desk: Desk, row: Shown) -> SafeString:
    """Return what can be done with a session as it stands: account, include, end, assign."""
    session, state, label = row.session, row.state, _named(row)
    if state is State.PENDING and desk.may(permissions.ACCOUNT) and row.leads:
        text = _("Account: %(technician)s, %(device)s, %(when)s, %(price)s")
        said = text % (label | {"price": formats.money(row.price)})
        return desk.form("account", session.pk, button("unlock", _("Account"), said, look="plain"))
    if state is State.ACCOUNTED:
        return _locked(desk, row)
    if state is State.IGNORED and desk.may(permissions.EDIT):
        text = _("Include all the same: %(technician)s, %(device)s, %(when)s")
        inside = button("plus", _("Include all the same"), text % label)
        return desk.form("include", session.pk, inside)
    if state is State.ORPHAN and desk.may(permissions.EDIT):
        url, text = desk.url("close", session.pk), _("Write the end: %(device)s, %(when)s")
        return _way(url, _("Write the end"), text % label, "pencil")
    if state is State.UNASSIGNED and desk.may(permissions.ASSIGN):
        url, text = reverse("assistance:inbox"), _("Assign to a customer: %(device)s, %(when)s")
        return _way(url, _("Assign to a customer"), text % label, "people")
    return no_action()


def part_action(desk: Desk, row: Shown) -> SafeString:
    """Return what can be done with one session of a piece of work: let it count alone."""
    if row.state is State.PENDING and desk.may(permissions.SPLIT):
        text = _("Count alone: %(technician)s, %(device)s, %(when)s") % _named(row)
        return desk.form("take_apart", row.session.pk, button("split", _("Count alone"), text))
    return _locked(desk, row) if row.state is State.ACCOUNTED else no_action()


def _named(row: Shown) -> dict[str, str]:
    """Return by what a screen reader tells one row from the others."""
    session = row.session
    return {
        "technician": session.technician_name,
        "device": session.device_name,
        "when": looks.when(row),
    }


def _locked(desk: Desk, row: Shown) -> SafeString:
    text = _("Accounted: %(device)s, %(when)s") % _named(row)
    return padlock(desk.url("session", row.session.pk), text)


def _way(url: str, title: str, label: str, drawing: str) -> SafeString:
    return format_html(
        '<a class="btn btn-plain btn-icon" href="{}" title="{}" aria-label="{}">{}</a>',
        *(url, title, label, icon(drawing)),
    )


def _together(desk: Desk, row: Shown) -> SafeString:
    words = looks.together(row)
    if not words:
        return NOTHING
    shown: object = words
    if row.lead_id and not row.leads and desk.may(permissions.VIEW_ALL):
        shown = format_html('<a href="{}">{}</a>', desk.url("session", row.lead_id), words)
    return format_html('<span class="sub">{} {}</span>', icon("link"), shown)


def _apart(desk: Desk, row: Shown) -> SafeString:
    pk = row.session.pk
    if row.state is not State.PENDING or not desk.may(permissions.SPLIT):
        return format_html('<span class="sub">{} {}</span>', icon("split"), _("counts alone"))
    label = _("Put together again: %(device)s, %(when)s") % _named(row)
    line = format_html(
        '<span class="sub">{} {} · <button class="cn-link" form="together-{}" aria-label="{}">{}'
        "</button></span>",
        *(icon("split"), _("counts alone"), pk, label, _("put together again")),
    )
    url = desk.url("put_together", pk)
    return line + format_html(
        '<form id="together-{}" method="post" action="{}" hx-post="{}" hx-target="#results"'
        ' hx-swap="outerHTML" hidden>{}</form>',
        *(pk, url, url, desk.carried),
    )


def _note(desk: Desk, row: Shown) -> SafeString:
    session = row.session
    shown: object = session.note
    if not shown:
        shown = format_html('<span class="cn-add">{}</span>', _("Add a note"))
    inside = format_html(
        '{}<textarea class="form-control form-control-sm" name="note" rows="2" maxlength="2000"'
        ' id="note-{}" aria-label="{}">{}</textarea><button class="btn btn-plain">{}</button>',
        *(_seen(session), session.pk, _("Note"), session.note, _("Save note")),
    )
    return format_html(
        '<details class="cn-edit"><summary class="sub" aria-label="{}">{}</summary>{}</details>',
        _("Note: %(device)s, %(when)s") % _named(row),
        shown,
        desk.form("edit", session.pk, inside, more=' class="cn-row mt-1"'),
    )


def _seen(session: RemoteSession) -> SafeString:
    """Return which state of the session the reader saw, so that nobody's change is lost."""
    return format_html(
        '<input type="hidden" name="seen" value="{}">', session.updated_at.isoformat()
    )


def _extra_field(session: RemoteSession, when: str, value: object, fault: str) -> SafeString:
    label = _("Extra minutes: %(technician)s, %(device)s, %(when)s") % {
        "technician": session.technician_name,
        "device": session.device_name,
        "when": when,
    }
    wrong = NOTHING
    if fault:
        text = ' aria-invalid="true" aria-describedby="fault-{}"'
        wrong = format_html(text, session.pk)
    return format_html(
        '{}<input class="form-control form-control-sm cn-num{}" type="text" inputmode="numeric"'
        ' name="extra" id="extra-{}" value="{}" autocomplete="off" aria-label="{}"{}><noscript>'
        '<button class="btn btn-plain btn-sm">{}</button></noscript>',
        *(_seen(session), " is-invalid" if fault else "", session.pk, value, label, wrong),
        _("Save"),
    )
