"""What one part of Canone could not tell another: seen, and told again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from canone.base.access.functions import SETTINGS
from canone.base.events import queries, services
from canone.base.events.models import Delivery
from canone.ui import lists, pages
from canone.ui.pages import PageRequest, page
from canone.ui.states import State

DEAD = State("stop", gettext_lazy("Set aside"))


class UndeliveredTable(lists.Table):
    """The columns of the list."""

    state = lists.StateColumn(gettext_lazy("State"), lambda _row: DEAD)
    event = lists.Name(gettext_lazy("Event"), "event__kind", sub=lambda row: row.handler)
    at = lists.Instant(gettext_lazy("Happened"), "event__published_at", span="w3")
    attempts = lists.Number(gettext_lazy("Attempts"), "attempts", span="w3")
    error = lists.Text(gettext_lazy("Why"), "error", span="w6")


class UndeliveredList(lists.List):
    """The deliveries that failed too often."""

    key = "config.undelivered"
    title = gettext_lazy("Undelivered events")
    table = UndeliveredTable
    order = ("-pk",)
    file_name = "undelivered"

    def rows(self) -> QuerySet[Delivery]:
        """Return what was set aside."""
        return queries.dead()

    def bulk(self) -> Sequence[lists.Bulk]:
        """Return the button that tries again."""
        return [lists.Bulk(_("Deliver again"), reverse("undelivered_retry"), "sync")]

    def row_label(self, record: Any) -> str:
        """Return the event's name."""
        return str(record.event.kind)

    def empty(self) -> lists.Empty:
        """Return that all is well."""
        text = _("What happens in one part of Canone reached all the others.")
        return lists.Empty(_("Nothing was set aside"), text)


@page(SETTINGS)
def undelivered(request: PageRequest) -> HttpResponseBase:
    """Show what was set aside."""
    return UndeliveredList(request).response()


@require_POST
@page(SETTINGS)
def retry(request: PageRequest) -> HttpResponse:
    """Deliver the chosen events again."""
    chosen = list(lists.selected(request, UndeliveredList).rows)
    for delivery in chosen:
        services.retry(delivery=delivery, at=timezone.now())
    words = ngettext(
        "%(n)s event will be delivered again.", "%(n)s events will be delivered again.", len(chosen)
    )
    return pages.done(request, words % {"n": len(chosen)}, reverse("undelivered"))
