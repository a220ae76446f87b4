"""Tariffs and prices in the reader's words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from canone.kernel.money import Money, NotAnAmountError, UnitPrice, exact
from canone.registers.catalog.rules import problems, rating
from canone.registers.catalog.rules.terms import Problem, Terms
from canone.ui import explain, formats

Data = Mapping[str, Any]
Mark = Callable[[str], str]


def _in(language: str | None) -> AbstractContextManager[None]:
    return translation.override(language) if language else nullcontext()


def step(data: Data, language: str | None = None) -> str:
    """Return one step of an explanation (as `rating.explain` gives it) in words."""
    with _in(language):
        writer = STEPS.get(str(data.get("code")))
        words = writer(data) if writer else str(data.get("code", ""))
        if data.get("band") and data.get("code") != "weighted":
            return _("%(words)s, %(percent)s (%(band)s)") % {
                "words": words,
                "percent": _percent(data),
                "band": data["band"],
            }
        return words


def steps(data: Iterable[Data], language: str | None = None) -> list[explain.Step]:
    """Return the steps of an explanation with their figures, for `ui.explain`."""
    return [explain.Step(step(item, language), figure(item, language)) for item in data]


def figure(data: Data, language: str | None = None) -> str:
    """Return what a step comes to: an amount, or minutes where there is none."""
    amount = data.get("amount")
    if amount is not None:
        try:
            return formats.unit_price(UnitPrice.of(exact(amount)), language)
        except NotAnAmountError:
            return formats.money(Money.of(amount), language)
    if data.get("code") in {"pool", "weighted"}:
        return formats.duration(int(data["count"]) * _length(data))
    return formats.MISSING


def declare(writers: Mapping[str, Callable[[Data], str]]) -> None:
    """Return nothing; `step` knows these codes of a higher context from now on."""
    STEPS.update(writers)


def sentence(terms: Terms, language: str | None = None) -> str:
    """Return a tariff in one or two plain sentences."""
    with _in(language):
        return str(_sentence(terms, lambda text: text))


def sentence_bold(terms: Terms, language: str | None = None) -> SafeString:
    """Return `sentence` as HTML with its numbers in bold."""
    with _in(language):
        # every part of the sentence is ours; the numbers are escaped by `_bold`
        return mark_safe(_sentence(terms, _bold))  # noqa: S308


def short(rated: rating.Rated, language: str | None = None) -> str:
    """Return in a few words what led to a price: `initial + 5 steps`."""
    with _in(language):
        counted = sum(item.times for item in rated.steps if item.code == "step")
        codes = {item.code for item in rated.steps}
        if rated.error is not None:
            return problem(rated.error)
        if codes & {"below_minimum", "zero", "pool", "flat"}:
            found = next(s for s in rated.steps if s.code in SHORT)
            return SHORT[found.code](rated)
        first = {"initial": _("initial step"), "call": _("call fee")}
        opening = next((first[code] for code in ("initial", "call") if code in codes), "")
        many = ngettext("%(count)s step", "%(count)s steps", counted) % {"count": counted}
        words = " + ".join(part for part in (opening, many if counted else "") if part)
        return _("%(words)s, at most") % {"words": words} if "cap" in codes else words


def problem(found: Problem, language: str | None = None) -> str:
    """Return what is wrong, as a sentence."""
    with _in(language):
        return translation.gettext(problems.SENTENCES[found.code]) % {"value": found.value}


def minutes(count: int, language: str | None = None) -> str:
    """Return `1 minute`, `45 minutes`, `90 minutes`, `2 hours`."""
    with _in(language):
        if count < 60 or count % 60:
            return _in_minutes(count)
        hours = count // 60
        return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}


def _in_minutes(count: int) -> str:
    return ngettext("%(count)s minute", "%(count)s minutes", count) % {"count": count}


def options(terms: Terms, language: str | None = None) -> list[str]:
    """Return the options of a tariff that are on, a sentence each."""
    with _in(language):
        return [writer(terms) for is_on, writer in OPTIONS if is_on(terms)]


def _length(data: Data) -> int:
    return int(data.get("minutes", 1)) if data.get("code") == "pool" else 1


def _percent(data: Data) -> str:
    percent = int(data.get("percent", 100))
    return f"{percent}%" if formats.language_or() == "en" else f"{percent}{formats.NO_BREAK}%"


def _price(data: Data) -> str:
    return formats.unit_price(UnitPrice.of(str(data.get("price", "0"))))


def _bold(text: str) -> str:
    return format_html("<b>{}</b>", text)


def _counted(data: Data) -> str:
    count = int(data.get("count", 1))
    return ngettext(
        "%(count)s step of %(minutes)s × %(price)s",
        "%(count)s steps of %(minutes)s × %(price)s",
        count,
    ) % {"count": count, "minutes": minutes(int(data["minutes"])), "price": _price(data)}


def _pool(data: Data) -> str:
    count = int(data.get("count", 1))
    return ngettext(
        "%(count)s step of %(minutes)s from the prepaid hours",
        "%(count)s steps of %(minutes)s from the prepaid hours",
        count,
    ) % {"count": count, "minutes": minutes(int(data["minutes"]))}


STEPS: dict[str, Callable[[Data], str]] = {
    "initial": lambda data: (
        _("Initial step, %(minutes)s") % {"minutes": minutes(int(data["minutes"]))}
    ),
    "call": lambda _data: _("Call fee"),
    "flat": lambda _data: _("Flat price"),
    "step": _counted,
    "zero": lambda _data: _("No time to pay for"),
    "cap": lambda data: _("Highest price, %(price)s") % {"price": _price(data)},
    "rounding": lambda _data: _("Rounding to the cent"),
    "pool": _pool,
    "weighted": lambda data: (
        _("%(minutes)s at %(percent)s (%(band)s)")
        % {
            "minutes": minutes(int(data["count"])),
            "percent": _percent(data),
            "band": data.get("band", ""),
        }
    ),
    "below_minimum": lambda data: (
        _("Below the minimum of %(minutes)s") % {"minutes": minutes(int(data["minutes"]))}
    ),
    "overage": lambda data: (
        _("%(minutes)s over the prepaid hours, %(price)s an hour")
        % {"minutes": minutes(int(data["minutes"])), "price": _price(data)}
    ),
    "merged": lambda _data: _("Together with another session"),
}
SHORT: dict[str, Callable[[rating.Rated], str]] = {
    "below_minimum": lambda _rated: _("below the minimum"),
    "zero": lambda _rated: _("nothing"),
    "flat": lambda _rated: _("flat price"),
    "pool": lambda rated: (
        _("%(minutes)s from the prepaid hours") % {"minutes": minutes(rated.billed_minutes)}
    ),
}


def _sentence(terms: Terms, mark: Mark) -> str:
    parts = [_prepaid(terms, mark) if terms.is_subscription else _price_sentence(terms, mark)]
    least = terms.minimum_minutes
    if least:
        # the number stands in both forms, for languages whose article follows it
        parts.append(
            ngettext(
                "Below %(minutes)s nothing is accounted.",
                "Below %(minutes)s nothing is accounted.",
                least,
            )
            % {"minutes": mark(_in_minutes(least))}
        )
    return " ".join(parts)


def _prepaid(terms: Terms, mark: Mark) -> str:
    given = {
        "hours": mark(formats.duration(terms.total_minutes)),
        "amount": mark(formats.money(terms.amount)),
        "step": mark(minutes(terms.step_minutes)),
    }
    if terms.step_minutes == 1:
        return _("%(hours)s prepaid hours for %(amount)s, taken by the minute.") % given
    return _("%(hours)s prepaid hours for %(amount)s, taken by steps of %(step)s.") % given


def _price_sentence(terms: Terms, mark: Mark) -> str:
    fee = mark(formats.unit_price(terms.initial_price))
    if not terms.step_minutes or not terms.step_price:
        if not terms.initial_price:
            return _("It costs nothing.")
        return _("It costs %(fee)s, however long it takes.") % {"fee": fee}
    then = _("%(price)s for %(every)s") % {
        "price": mark(formats.unit_price(terms.step_price)),
        "every": _every(terms.step_minutes, mark),
    }
    first = terms.initial_minutes
    if not first:
        if not terms.initial_price:
            return _("It costs %(then)s.") % {"then": then}
        return _("Each call costs %(fee)s, then %(then)s.") % {"fee": fee, "then": then}
    if not terms.initial_price:
        text = ngettext(
            "The first %(first)s is free, then %(then)s.",
            "The first %(first)s are free, then %(then)s.",
            first,
        )
    else:
        text = ngettext(
            "The first %(first)s costs %(fee)s, then %(then)s.",
            "The first %(first)s cost %(fee)s, then %(then)s.",
            first,
        )
    return text % {"first": mark(_in_minutes(first)), "fee": fee, "then": then}


def _every(length: int, mark: Mark) -> str:
    hours, rest = divmod(length, 60)
    shown = mark(minutes(length))
    if length == 1:
        return _("every minute begun")
    if rest:
        return _("every %(minutes)s begun") % {"minutes": shown}
    return _("every hour begun") if hours == 1 else _("every %(hours)s begun") % {"hours": shown}


def _rounding(terms: Terms) -> str:
    if terms.rounding == "nearest":
        return _("Seconds are rounded to the nearest minute.")
    if terms.rounding == "down":
        return _("Only full minutes count.")
    return ngettext(
        "A started minute counts after %(count)s second.",
        "A started minute counts after %(count)s seconds.",
        terms.tolerance_seconds,
    ) % {"count": terms.tolerance_seconds}


def _overlap(terms: Terms) -> str:
    if terms.overlap == "customer":
        return _("Simultaneous sessions of one customer count once.")
    return _("Simultaneous sessions of one technician for one customer count once.")


def _exhaust(terms: Terms) -> str:
    if terms.on_exhaust == "refuse":
        return _("When the hours are used up nothing more is accounted.")
    price = formats.unit_price(terms.overage_price)
    return _("What goes over the hours costs %(price)s an hour.") % {"price": price}


def _bands(terms: Terms) -> str:
    shown = [f"{band.name} {_percent({'percent': band.percent})}" for band in terms.bands]
    return _("After hours: %(bands)s.") % {"bands": ", ".join(shown)}


def _lasting(terms: Terms) -> str:
    return ngettext(
        "Prepaid hours end after %(count)s month.",
        "Prepaid hours end after %(count)s months.",
        terms.expiry_months,
    ) % {"count": terms.expiry_months}


OPTIONS: tuple[tuple[Callable[[Terms], bool], Callable[[Terms], str]], ...] = (
    (lambda t: t.rounding != "up" or bool(t.tolerance_seconds), _rounding),
    (
        lambda t: t.maximum_price is not None,
        lambda t: _("At most %(price)s each time.") % {"price": formats.money(t.maximum_price)},
    ),
    (
        lambda t: bool(t.merge_gap_minutes),
        lambda t: (
            _("Reconnections of the same technician within %(minutes)s are merged.")
            % {"minutes": minutes(t.merge_gap_minutes)}
        ),
    ),
    (lambda t: t.overlap != "none", _overlap),
    (lambda t: bool(t.bands), _bands),
    (lambda t: t.on_exhaust != "negative", _exhaust),
    (lambda t: bool(t.expiry_months), _lasting),
    (
        lambda t: bool(t.rollover_minutes),
        lambda t: (
            _("Up to %(hours)s hours are carried over.")
            % {"hours": formats.duration(t.rollover_minutes)}
        ),
    ),
    (
        lambda t: bool(t.warn_at_percent),
        lambda t: (
            _("A warning goes out at %(percents)s of the hours.")
            % {"percents": ", ".join(_percent({"percent": p}) for p in t.warn_at_percent)}
        ),
    ),
    (lambda t: t.note_required, lambda _t: _("Without a note nothing is accounted.")),
    (
        lambda t: t.tariff_by == "start",
        lambda _t: _("The version in force at the start of a session prices it."),
    ),
)
