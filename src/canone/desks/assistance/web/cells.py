"""The cells of the list that are more than a value: extra minutes, note, padlock."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.loader import get_template
from django.utils.functional import cached_property
from django.utils.safestring import SafeString

from canone.base.access.models import User
from canone.desks.assistance import permissions
from canone.desks.assistance.queries.listing import Shown
from canone.desks.assistance.queries.pieces import Piece
from canone.desks.assistance.rules.states import State
from canone.desks.assistance.web import folding, looks


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

    def may(self, code: str) -> bool:
        """Return whether the reader holds a function."""
        return self.user.may(code)

    def draw(self, template: str, row: Shown, *, within: bool = False) -> SafeString:
        """Return a cell of a session, or of one `within` an open piece of work."""
        typed, fault = self.faults.get(row.session.pk, ("", ""))
        context: dict[str, Any] = {
            "row": row,
            "session": row.session,
            "query": self.query,
            "typed": typed,
            "fault": fault,
            "is_saved": self.saved == row.session.pk,
            "can_edit": self.may(permissions.EDIT),
            "can_account": self.may(permissions.ACCOUNT),
            "can_assign": self.may(permissions.ASSIGN),
            "can_split": self.may(permissions.SPLIT),
            "names_group": self.names_group,
            "when": looks.when(row),
            "together": "" if within else looks.together(row),
            "lead_id": row.lead_id if self.may(permissions.VIEW_ALL) and not row.leads else None,
            "is_pending": row.state is State.PENDING,
        }
        return self._drawn(template, context)

    def _drawn(self, template: str, context: dict[str, Any]) -> SafeString:
        """Return the template, without the frame's context: a menu for every cell took half of
        the page's time.
        """
        context["csrf_token"] = self.token
        return SafeString(get_template(template).render(context))

    @cached_property
    def token(self) -> str:
        """What the forms of the cells carry, made once for the page."""
        return get_token(self.request)

    def draw_piece(self, template: str, piece: Piece) -> SafeString:
        """Return a cell of a piece of work; it stands open while something is written in it."""
        touched = {*self.faults, self.saved}
        context: dict[str, Any] = {
            "piece": piece,
            "lead": piece.lead.session,
            "query": self.query,
            "name": folding.name(piece),
            "group": piece.lead.session.group if self.names_group else None,
            "count": folding.count(piece),
            "when": folding.when(piece),
            "why": folding.why(piece),
            "billed": piece.lead.billed_minutes if self.may(permissions.PRICES) else None,
            "is_open": any(row.session.pk in touched for row in piece.rows),
            "is_pending": piece.lead.state is State.PENDING,
            "can_account": self.may(permissions.ACCOUNT),
            "can_split": self.may(permissions.SPLIT),
        }
        return self._drawn(template, context)
