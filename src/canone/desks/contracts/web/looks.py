"""How contracts look: states, addresses, words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from django.db.models import Model
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from canone.base.history import queries as history
from canone.base.history.queries import Change
from canone.desks.contracts.models import Contract, Cover, Line
from canone.desks.contracts.queries import cycles, naming
from canone.desks.contracts.queries.past import Happened
from canone.kernel.periods import ONE_DAY
from canone.registers.assets.models import Asset
from canone.ui import formats, timelines, zones
from canone.ui.states import State

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SOON = timedelta(days=60)
NUMBER = re.compile(r"\d+")
ISO_DAY = len("2026-11-30")
CYCLES = cycles.NAMES


def contract_url(contract: Contract) -> str:
    """Return the address of a contract's page."""
    return reverse("contracts:detail", args=[contract.pk])


def state(contract: Contract, day: date) -> State:
    """Return where a contract stands on a day."""
    if contract.end is not None and contract.end <= day:
        return State("idle", _("Ended"))
    if contract.suspended_from is not None and contract.suspended_from <= day:
        return State("idle", _("Suspended"))
    if contract.start > day:
        return State("run", _("Not begun"))
    if contract.cancelled_on is not None:
        return State("warn", _("Cancelled"))
    if contract.end is not None and contract.end - day <= SOON:
        return State("warn", _("Expires soon"))
    return State("done", _("Active"))


cycle = cycles.words


def cycle_names(names: Iterable[str]) -> str:
    """Return the words of several cycles; mixed ones are told as such."""
    known = sorted(set(names))
    if len(known) > 1:
        return now_("Mixed")
    words = dict(CYCLES)
    return "".join(str(words.get(name, now_("Other"))) for name in known)


def cycle_and_timing(line: Line) -> str:
    """Return `Monthly, in advance, only in May`; what is used is known when the period is over."""
    if line.kind == Line.Kind.TARIFF:
        return now_("as work is accounted")
    is_usage = line.kind == Line.Kind.USAGE
    timing = Line.When.IN_ARREARS.label if is_usage else line.get_timing_display()
    return ", ".join(filter(None, (cycle(line), str(timing), cycles.when(line))))


def line_words(line: Line) -> str:
    """Return what a line is: its text, else its article's or its profile's."""
    return naming.plain(line)


def line_text(line: Line) -> SafeString:
    """Return the same with a mark where an invoice fills something in."""
    return format_html_join(
        "", "{}{}", ((text, _chip(word) if word else "") for text, word in naming.pieces(line))
    )


def _chip(word: StrOrPromise) -> SafeString:
    return format_html('<span class="cn-token">{}</span>', word)


PAGES = {Line.Kind.USAGE: "usage", Line.Kind.TARIFF: "work"}


def line_url(line: Line, what: str) -> str:
    """Return the address of the form of a line of its kind: `edit` or `revise`."""
    return reverse(f"contracts:{PAGES.get(Line.Kind(line.kind), 'line')}_{what}", args=[line.pk])


def covers(line: Line) -> str:
    """Return for whom a line prices work; nothing where it is no such line."""
    if line.kind != Line.Kind.TARIFF:
        return ""
    if line.group is not None:
        return now_("work for %(group)s") % {"group": line.group.name}
    return now_("work for all groups of the customer")


def granted(line: Line) -> str:
    """Return what a line includes besides, such as `10 tickets`; nothing where it does not."""
    if not line.grants:
        return ""
    is_hours = line.grants == Line.Grants.MINUTE
    much = formats.duration(line.granted) if is_hours else formats.number(line.granted)
    return f"{much} {line.get_grants_display()}"


def quantity(line: Line) -> str:
    """Return the quantity with the digits it has."""
    return formats.number(Fraction(line.quantity_micros, 1_000_000))


def last_day(end: date | None) -> date | None:
    """Return the last day before an end."""
    return None if end is None else end - ONE_DAY


KINDS: dict[str, StrOrPromise] = {
    "line": _("Line: %(name)s"),
    "agent": _("Agent: %(name)s"),
    "machine": _("Machine: %(name)s"),
    "paper": _("Paper: %(name)s"),
}


def entries(happened: Iterable[Happened]) -> list[timelines.Entry]:
    """Return the history of a contract as a timeline: one entry for what was saved together."""
    found: list[timelines.Entry] = []
    words = {"created": now_("Created"), "deleted": now_("Deleted"), "changed": now_("Changed")}
    of_parts = {"created": now_("added"), "deleted": now_("taken away"), "changed": now_("changed")}
    for one in happened:
        change = one.change
        told = [_changed(change)] if change.field else []
        what: StrOrPromise = words[change.kind]
        if one.kind:
            what = f"{KINDS[one.kind] % {'name': one.name}} · {of_parts[change.kind]}"
        last = found[-1] if found else None
        if last and told and (last.at, last.who, last.what) == (one.when, change.who, what):
            found[-1] = timelines.Entry(
                last.at, last.who, last.what, changes=[*last.changes, *told]
            )
            continue
        found.append(timelines.Entry(one.when, change.who, what, changes=told))
    return found


def _changed(change: Change) -> timelines.Change:
    """Return a change with its days as people write them, ends by their last day."""
    fields = (model._meta.get_field("end") for model in (Contract, Line, Cover))  # noqa: SLF001
    ends = {field.verbose_name for field in fields}
    back = ONE_DAY if change.field in ends else timedelta(0)
    if change.field == Line._meta.get_field("months").verbose_name:  # noqa: SLF001
        before, after = (_months(text) for text in (change.before, change.after))
        return timelines.Change(change.field, before, after)
    before, after = (_day_or_text(text, back) for text in (change.before, change.after))
    return timelines.Change(change.field, before, after)


def _months(text: str) -> str:
    numbers = [int(number) for number in NUMBER.findall(text)]
    return cycles.month_names(numbers) or now_("all the year")


def _day_or_text(text: str, back: timedelta) -> str:
    try:
        return formats.date_of(date.fromisoformat(text) - back) if len(text) == ISO_DAY else text
    except ValueError:
        return text


def last_change(row: Model) -> tuple[str, str]:
    """Return who changed a row last, and when, for the page of a conflict."""
    changes = history.timeline(row, limit=1)
    if not changes:
        return "", ""
    return changes[0].who, formats.instant(changes[0].when, zones.zone())


def tell(form: Any, faults: dict[str, list[str]]) -> None:
    """Put a service's faults to the fields of the form; what has no field goes on top."""
    names = {
        "granted": "granted_units",
        "unit_of_cycle": "cycle",
        "every": "cycle",
        "discount_bp": "discount",
        "quantity_micros": "quantity",
        "end": "last_day",
    }
    for name, texts in faults.items():
        field = names.get(name, name).replace("custom.", "custom_")
        for text in texts:
            form.add_error(field if field in form.fields else None, text)


def machine(asset: Asset) -> str:
    """Return a machine's name with its serial number."""
    return f"{asset.name} · {asset.serial}" if asset.serial else asset.name
