"""The list of webhooks, and the log of one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from canone.base.events import facts
from canone.channels.webhooks import queries
from canone.channels.webhooks.models import Delivery, Hook
from canone.channels.webhooks.permissions import MANAGE
from canone.channels.webhooks.services import replaying
from canone.channels.webhooks.web import details, looks
from canone.ui import lists, pages
from canone.ui.heads import Action, Head
from canone.ui.pages import PageRequest, page


class HookTable(lists.Table):
    """Addresses with what they are told and how it goes."""

    state = lists.StateColumn(_("State"), looks.hook_state)
    name = lists.Name(_("Webhook"), "name", link=looks.url, sub=lambda hook: hook.url, sort="name")
    facts = lists.Text(
        _("It is told"), lambda hook: ", ".join(queries.titles(hook.facts)), span="w6"
    )
    last = lists.Instant(_("Last delivered"), "last_done_at", span="w3")
    waiting = lists.Number(_("Waiting"), "waiting")
    dead = lists.Number(_("Given up"), "dead")


class HookList(lists.List):
    """Every address that is told what happens here."""

    key = "webhooks.hooks"
    title = _("Webhooks")
    table, order, file_name = HookTable, ("name",), "webhooks"

    def rows(self) -> QuerySet[Hook]:
        """Return all of them."""
        return queries.hooks()

    def totals(self, rows: QuerySet[Any]) -> lists.Totals:
        """Return how many there are, and what waits and was given up in all."""
        count = rows.count()
        found = Delivery.objects.filter(hook__in=rows.values("pk")).values_list("state")
        sums = dict(found.annotate(n=Count("pk")).order_by())
        cells = {
            "waiting": sums.get(Delivery.State.WAITING, 0),
            "dead": sums.get(Delivery.State.DEAD, 0),
        }
        return lists.Totals(count, [lists.Foot(_("All webhooks"), cells, sum=True)])

    def actions(self) -> Sequence[Action]:
        """Return the way to a new one."""
        return [Action(_("New webhook"), reverse("webhooks:new"), "plus", key="n", main=True)]

    def empty(self) -> lists.Empty:
        """Return what would stand here."""
        text = now_("A program of yours can be told, as it happens, what is charged or changed.")
        return lists.Empty(now_("No webhooks yet"), text, self.actions())

    def row_label(self, record: Hook) -> str:
        """Return its name."""
        return record.name


class DeliveryTable(lists.Table):
    """Deliveries with how they went."""

    state = lists.StateColumn(_("State"), looks.delivery_state)
    what = lists.Name(
        _("What"),
        lambda row: looks.fact(row.message.fact),
        link=lambda row: reverse("webhooks:delivery", args=[row.hook_id, row.pk]),
        sub=lambda row: row.message.webhook_id,
    )
    at = lists.Instant(_("Happened"), "message__told_at", span="w3")
    done = lists.Instant(_("Delivered"), "done_at", span="w3")
    failures = lists.Number(_("Failed attempts"), "failures")
    said = lists.Text(_("Answer"), looks.said, span="w6")


class DeliveryFilters(lists.FilterSet):
    """Deliveries by state, fact and day."""

    state = lists.ChoiceFilter(
        _("State"), [(key.value, look.word) for key, look in looks.LOOKS.items()], field="state"
    )
    fact = lists.ChoiceFilter(
        _("What"), lambda: [(one.code, one.title) for one in facts.every()], field="message__fact"
    )
    start = lists.DayFilter(_("From"), field="message__told_at", first=True, instants=True)
    end = lists.DayFilter(_("To"), field="message__told_at", first=False, instants=True)


class DeliveryList(lists.List):
    """Everything that a hook was or will be told."""

    key = "webhooks.log"
    table, filters, order, file_name = DeliveryTable, DeliveryFilters, ("-pk",), "deliveries"
    hook: Hook

    def rows(self) -> QuerySet[Delivery]:
        """Return the hook's deliveries."""
        return queries.deliveries(self.hook.pk)

    def totals(self, rows: QuerySet[Any]) -> lists.Totals:
        """Return how many there are and how often they failed."""
        sums = rows.aggregate(count=Count("pk"), failures=Sum("failures"))
        foot = lists.Foot(_("Total of the filter"), {"failures": sums["failures"] or 0}, sum=True)
        return lists.Totals(sums["count"], [foot])

    def head(self, totals: lists.Totals) -> Head:  # noqa: ARG002 (the head is the hook's)
        """Return the hook's head with its second tab open."""
        return details.head(self.hook, tab="log")

    def bulk(self) -> Sequence[lists.Bulk]:
        """Return the button that sends again."""
        url = reverse("webhooks:again", args=[self.hook.pk])
        return [lists.Bulk(now_("Send again"), url, "sync")]

    def empty(self) -> lists.Empty:
        """Return what would stand here."""
        text = now_("Every delivery leaves a line here, with the answer, for 30 days.")
        return lists.Empty(now_("Nothing told yet"), text)

    def row_label(self, record: Any) -> str:
        """Return the message's id."""
        return str(record.message.webhook_id)


@page(MANAGE)
def hooks(request: PageRequest) -> HttpResponseBase:
    """Show the webhooks."""
    return HookList(request).response()


@page(MANAGE)
def log(request: PageRequest, pk: int) -> HttpResponseBase:
    """Show everything a hook was told."""
    hook = looks.found(pk)
    listed = DeliveryList(request)
    listed.hook, listed.title = hook, hook.name
    return listed.response()


@require_POST
@page(MANAGE)
def again(request: PageRequest, pk: int) -> HttpResponse:
    """Send the chosen deliveries again."""
    hook = looks.found(pk)
    bound = type("Bound", (DeliveryList,), {"hook": hook})
    chosen = list(lists.selected(request, bound).rows.order_by("pk").values_list("pk", flat=True))
    now = timezone.now()
    for delivery_id in chosen:
        replaying.again(delivery_id=delivery_id, at=now)
    words = ngettext(
        "%(n)s delivery is sent again.", "%(n)s deliveries are sent again.", len(chosen)
    )
    return pages.done(request, words % {"n": len(chosen)}, reverse("webhooks:log", args=[pk]))
