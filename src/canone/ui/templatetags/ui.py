"""The kit's template tags and filters: `{% load ui %}`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django import template
from django.forms import BoundField
from django.forms.boundfield import BoundWidget
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from canone.base.access.models import User
from canone.base.firm import queries as firm_queries
from canone.base.firm.models import Firm
from canone.kernel.money import Money, UnitPrice
from canone.ui import controls, formats, slots, zones
from canone.ui.heads import Action
from canone.ui.icons import ICONS
from canone.ui.states import State

register = template.Library()


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """Return the drawing; without a label it is hidden from screen readers."""
    body = mark_safe(ICONS[name])  # noqa: S308 (our own constants)
    if label:
        return format_html(
            '<svg class="cn-i" viewBox="0 0 24 24" role="img" aria-label="{}">{}</svg>', label, body
        )
    return format_html('<svg class="cn-i" viewBox="0 0 24 24" aria-hidden="true">{}</svg>', body)


@register.simple_tag
def state(what: State | None) -> SafeString:
    """Return a state as colour, icon and word; nothing for no state."""
    if what is None:
        return SafeString("")
    return format_html(
        '<span class="cn-state is-{}">{}{}</span>', what.kind, icon(what.drawing), what.word
    )


@register.filter
def money(amount: Money | None) -> str:
    """Return the amount in the page's language."""
    return formats.money(amount)


@register.filter
def money_signed(amount: Money | None) -> str:
    """Return the amount with its sign, for differences."""
    return formats.money(amount, signed=True)


@register.filter
def unit_price(price: UnitPrice | None) -> str:
    """Return the unit price with as many decimals as it has."""
    return formats.unit_price(price)


@register.filter
def number(value: formats.Number | None, decimals: int | None = None) -> str:
    """Return the number with groups."""
    return formats.number(value, decimals=decimals)


@register.filter
def percent(ratio: formats.Number | None, decimals: int = 1) -> str:
    """Return a ratio as a percentage."""
    return formats.percent(ratio, decimals=decimals)


@register.filter
def duration(minutes: int | None) -> str:
    """Return minutes as hours and minutes."""
    return formats.duration(minutes)


@register.filter
def day(value: date | None) -> str:
    """Return `01/12/2026`."""
    return formats.date_of(value)


@register.filter
def instant(moment: datetime | None) -> str:
    """Return date and time in the firm's zone."""
    return formats.instant(moment, zones.zone())


@register.filter
def clock(moment: datetime | None) -> str:
    """Return the time in the firm's zone."""
    return formats.time_of(moment, zones.zone())


@register.simple_tag
def period(start: date, end: date | None) -> str:
    """Return a half-open period with its last day included."""
    return formats.period(start, end)


@register.simple_tag
def control(field: BoundField) -> SafeString:
    """Return the field's control with the kit's class for its kind."""
    return controls.render(field)


@register.filter
def look(field: BoundField) -> str:
    """Return the kind of a field's control: check, switch, choices, text."""
    return controls.look(field)


@register.filter
def options(field: BoundField) -> list[BoundWidget]:
    """Return the single choices of a field."""
    return controls.options(field)


@register.filter
def unit(field: BoundField) -> str:
    """Return the unit that stands inside the field."""
    return controls.unit(field)


@register.simple_tag
def firm() -> Firm:
    """Return the firm, for its name."""
    return firm_queries.firm()


@register.inclusion_tag("ui/action.html", takes_context=True)
def action(context: Context, what: Action, extra: str = "") -> dict[str, Any]:
    """Draw a button."""
    return {"action": what, "extra": extra, "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("ui/facts.html")
def facts(rows: Iterable[tuple[object, object]]) -> dict[str, Any]:
    """Draw pairs of word and value; values may be safe HTML."""
    return {"rows": rows}


@register.inclusion_tag("ui/explain.html")
def explain(explanation: object, shown: str = "") -> dict[str, Any]:
    """Draw a figure that opens its explanation (a `ui.explain.Explanation`)."""
    return {"explanation": explanation, "shown": shown}


@register.inclusion_tag("ui/timeline.html")
def timeline(entries: Sequence[object]) -> dict[str, Any]:
    """Draw history entries: who, when, before → after (`ui.history.Entry`)."""
    return {"entries": entries}


@register.inclusion_tag("ui/gauge.html")
def gauge(balance: object) -> dict[str, Any]:
    """Draw a balance as a bar with its state and its words (`ui.gauges.Gauge`)."""
    return {"gauge": balance}


@register.inclusion_tag("ui/guests.html", takes_context=True)
def guests(context: Context, page: str, slot: str, pk: object = None) -> dict[str, Any]:
    """Draw the panels that higher contexts put into a slot of this page."""
    user = context["request"].user
    found = slots.guests(page, slot, user) if isinstance(user, User) else []
    return {"guests": [(guest, guest.url(pk)) for guest in found]}


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: object) -> str:
    """Return this page's query string with `changes`; None removes a parameter."""
    parameters = context["request"].GET.copy()
    for name, value in changes.items():
        parameters.pop(name, None)
        if value is not None:
            parameters[name] = str(value)
    return f"?{parameters.urlencode()}" if parameters else "?"


@register.inclusion_tag("ui/wizard.html")
def wizard(steps: Sequence[object]) -> dict[str, Any]:
    """Draw the line of steps (`ui.wizards.line`)."""
    return {"steps": steps}


@register.inclusion_tag("ui/progress.html", takes_context=True)
def progress(context: Context, work: object) -> dict[str, Any]:
    """Draw long work (`ui.progress.Progress`)."""
    return {"progress": work, "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("ui/empty.html", takes_context=True)
def empty(context: Context, what: object) -> dict[str, Any]:
    """Draw an empty state (`ui.lists.Empty`)."""
    return {"empty": what, "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("ui/bars.html")
def bars(chart: object) -> dict[str, Any]:
    """Draw a bar chart with its table (`ui.charts.Bars`)."""
    return {"chart": chart}


@register.inclusion_tag("ui/stack.html")
def stack(what: object) -> dict[str, Any]:
    """Draw a whole cut into parts (`ui.stacks.Stack`)."""
    return {"stack": what}
