"""One pool: its balance, its movements, the correction of one, its warnings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from canone.base.access.models import User
from canone.base.firm import queries as firm
from canone.kernel.money import Money
from canone.ledgers.allowances import permissions, queries
from canone.ledgers.allowances.models import Allowance, Entry
from canone.ledgers.allowances.queries import remedies, words
from canone.ledgers.allowances.services import entries
from canone.ledgers.allowances.services.book import AllowanceError
from canone.ledgers.allowances.web import looks
from canone.ledgers.allowances.web.forms import ReasonForm
from canone.ui import forms, lists, origins, pages, slots
from canone.ui.heads import Action, Counter, Head, Link
from canone.ui.pages import PageRequest, page


class _Figure(lists.Text):
    """A quantity in the words of its unit."""

    numeric = True


class MovementTable(lists.Table):
    """What the list of movements shows."""

    kind = lists.StateColumn(_("Movement"), words.movement)
    day = lists.Date(_("Date"), "day")
    origin = lists.Text(_("Origin"), "origin_words", export=False, sort=())
    note = lists.Text(_("Note"), "note_words", sort=())
    expires_on = lists.Date(_("Last day"), "expires_on")
    amount = lists.Money(_("Amount"), lambda entry: entry.amount or None, sort="amount")
    quantity = _Figure(_("Quantity"), "quantity_words", sort="quantity")
    balance = _Figure(_("Balance"), "balance_words", sort=())
    actions = lists.Actions(lambda entry: entry.buttons)


class MovementFile(lists.Table):
    """What files of movements carry."""

    kind = lists.StateColumn(_("Movement"), words.movement)
    day = lists.Date(_("Date"), "day")
    origin = lists.Text(_("Origin"), "origin")
    revision = lists.Number(_("Revision"), "revision")
    note = lists.Text(_("Note"), "note")
    expires_on = lists.Date(_("Last day"), "expires_on")
    amount = lists.Money(_("Amount"), "amount")
    quantity = lists.Number(_("Quantity"), "quantity")
    overage = lists.Number(_("Overage"), "overage")
    balance = lists.Number(_("Balance"), "balance_after")
    posted = lists.Instant(_("Posted"), "posted_at")


class MovementFilters(lists.FilterSet):
    """How movements are searched."""

    text = lists.TextFilter(_("Text"), ["note", "origin"], hint=_("note, origin"))
    kind = lists.ChoiceFilter(_("Movement"), Entry.Kind.choices, field="kind")
    start = lists.DayFilter(_("From"), field="day", first=True)
    end = lists.DayFilter(_("To"), field="day", first=False)


class MovementList(lists.List):
    """The movements of one pool, newest first, with the balance after each."""

    key = "allowances.movements"
    table, file_table, filters = MovementTable, MovementFile, MovementFilters
    order = ("-pk",)
    template = "allowances/pool.html"
    file_name = "movements"

    def __init__(self, request: PageRequest, parameters: QueryDict | None = None) -> None:
        super().__init__(request, parameters)
        match = request.resolver_match
        self.pool = find(request.user, match.kwargs["pk"] if match else 0)
        self.title = self.pool.title
        self.named: dict[str, str] = {}

    def rows(self) -> QuerySet[Entry]:
        """Return the pool's movements."""
        return queries.movements(self.pool)

    def shown_table(self, page: Sequence[Any]) -> lists.Table:
        """Return the table over movements that know their words and buttons."""
        for entry in page:
            self._dress(entry)
        return super().shown_table(page)

    def totals(self, rows: QuerySet[Entry]) -> lists.Totals:
        """Return the sum of the filter's movements and amounts."""
        row = rows.aggregate(count=Count("pk"), quantity=Sum("quantity"), amount=Sum("amount"))
        cells = {
            "amount": row["amount"] or Money(0),
            "quantity": words.quantity(row["quantity"] or 0, self.pool.unit, signed=True),
        }
        foot = lists.Foot(_("Total of the filter"), cells, sum=True)
        return lists.Totals(row["count"], [foot])

    def head(self, totals: lists.Totals) -> Head:  # noqa: ARG002 (the pool's own)
        """Return the top of the pool's page."""
        pool, url = self.pool, looks.customer_url(self.pool, self.user)
        return Head(
            pool.title,
            crumbs=[Link(_("Prepaid hours"), reverse("allowances:list")), Link(pool.customer.name)],
            subject=Link(pool.customer.name, url),
            state=words.state(pool),
            counters=[
                Counter(words.quantity(value, pool.unit), word)
                for value, word in (
                    (pool.granted, _("granted")),
                    (pool.topped_up, _("topped up")),
                    (pool.consumed, _("consumed")),
                    (pool.expired, _("expired")),
                    (pool.balance, _("left")),
                )
            ],
            actions=self._actions(),
        )

    def extra(self) -> dict[str, Any]:
        """Return what stands beside the movements."""
        pool = self.pool
        lots = [
            (words.quantity(lot.remaining, pool.unit), lot.entry, lot.expires_on)
            for lot in queries.lots(pool)
        ]
        warnings = ", ".join(words.threshold(text, pool.unit) for text in pool.thresholds)
        return {
            "pool": pool,
            "gauge": words.gauge(pool),
            "lots": lots,
            "facts": [
                (_("Agreement"), link(origins.place(pool.owner, self.user, named=self.named))),
                (_("Warnings at"), warnings or now_("none")),
                (_("Carry-over"), words.rollover(pool)),
            ],
        }

    def row_label(self, record: Any) -> str:
        """Return kind and date."""
        return f"{record.get_kind_display()} {record.day}"

    def empty(self) -> lists.Empty:
        """Return that nothing has moved."""
        return lists.Empty(now_("Nothing has moved yet"))

    def _actions(self) -> list[Action]:
        found = slots.actions("allowances.pool", self.user, self.pool.pk)
        owner, number = origins.find(self.pool.owner), origins.number_of(self.pool.owner)
        for way in owner.ways if owner and number else ():
            url = way.url(number or 0, self.user)
            if url and self.pool.is_active:
                found.append(Action(way.title, url, way.icon, main=True))
        if self.user.may(permissions.SET_UP):
            url = reverse("allowances:set_up", args=[self.pool.pk])
            found.append(Action(_("Warnings and carry-over"), url, "bell", key="e"))
        return found

    def _dress(self, entry: Any) -> None:
        """Give a movement its words and buttons, for the columns."""
        entry.origin_words = link(origins.place(entry.origin, self.user, named=self.named))
        entry.quantity_words = words.quantity(entry.quantity, self.pool.unit, signed=True)
        entry.note_words = words.note(entry, self.pool.unit)
        entry.balance_words = words.quantity(entry.balance_after, self.pool.unit)
        entry.buttons = self._button(entry)

    def _button(self, entry: Entry) -> object:
        """Return the way to take a movement back: here, or where it comes from."""
        if not remedies.is_correctable(entry):
            return ""
        origin = origins.find(entry.origin)
        title, url = str(now_("Reverse")), ""
        if origin is not None and origin.undo is not None and entry.kind != Entry.Kind.DRAW:
            title, url = str(origin.undo.title), origin.undo.url(entry.pk, self.user)
        elif remedies.is_reversible(entry) and self.user.may(permissions.CORRECT):
            url = reverse("allowances:reverse", args=[entry.pk])
        if not url:
            return ""
        return format_html('<a class="btn btn-quiet btn-sm" href="{}">{}</a>', url, title)


def link(place: origins.Place) -> object:
    """Return a place as a link where it may be followed."""
    if not place.url:
        return place.words
    return format_html('<a href="{}">{}</a>', place.url, place.words)


def find(user: User, pk: int) -> Allowance:
    """Return the pool that `user` may see; what is not theirs does not exist."""
    pool = queries.pools(user).filter(pk=pk).first()
    if pool is None:
        raise Http404
    return pool


@page(permissions.VIEW)
def pool(request: PageRequest, pk: int) -> HttpResponseBase:  # noqa: ARG001 (read from the address)
    """Show a pool with its movements."""
    return MovementList(request).response()


@page(permissions.CORRECT)
def reverse_entry(request: PageRequest, pk: int) -> HttpResponse:
    """Ask why a movement is reversed, and reverse it."""
    seen = queries.pools(request.user)
    rows = Entry.objects.select_related("allowance__customer", "reversal")
    entry = rows.filter(pk=pk, allowance__in=seen).first()
    if entry is None or not remedies.is_reversible(entry):
        raise Http404
    of = entry.allowance
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        try:
            entries.reverse(
                entry_ids=[pk],
                reason=form.cleaned_data["reason"],
                day=now.astimezone(firm.zone()).date(),
                at=now,
                by=request.user.pk,
            )
        except AllowanceError as error:
            form.add_error(None, str(error))
        else:
            text = now_("Reversed: %(quantity)s.") % {
                "quantity": words.quantity(-entry.quantity, of.unit, signed=True)
            }
            return pages.done(request, text, looks.pool_url(of))
    told = words.movement(entry).word
    shown = words.quantity(entry.quantity, of.unit, signed=True)
    head = Head(
        _("Reverse a movement"),
        crumbs=[
            Link(_("Prepaid hours"), reverse("allowances:list")),
            Link(of.title, looks.pool_url(of)),
        ],
        subject=Link(of.customer.name),
        subtitle=f"{told} {shown}",
    )
    buttons = forms.Buttons(_("Reverse movement"), cancel=looks.pool_url(of))
    consequences = now_(
        "The movement stays; an opposite one is added with your reason. "
        "Its charge, if it has one, is corrected among the charges."
    )
    return forms.render(request, form, head, buttons, consequences=consequences)
