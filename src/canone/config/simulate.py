"""`canone simulate`: cases in, prices or charges out, one JSON line each; no database, no Django.

The form of the lines is described in docs/algorithms/simulate.md.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import IO, Any, NamedTuple
from zoneinfo import ZoneInfo

from canone.config import casefile, simulate_contract
from canone.config.casefile import CaseError
from canone.registers.catalog.rules import codec, grouping, problems, rating
from canone.registers.catalog.rules.terms import OnExhaust, Overlap, Problem, Terms

USAGE = "usage: canone simulate sessions|contract < cases.jsonl"
INITIAL = ("initial_minutes", "initial_price")
NOUGHT = (0, "0", "0.0", "0.00")
NEEDED = ("step_minutes", "step_price")
BALANCES = 10**9


class Given(NamedTuple):
    """A session as the line gives it; `error` where its times cannot be."""

    work: rating.Work
    end: datetime | None
    who: tuple[object, object, object]
    error: str = ""


def main(arguments: Sequence[str]) -> int:
    """Return 0 when every line could be read, 1 when one was in error, 2 for a wrong call."""
    if list(arguments) in (["-h"], ["--help"]):
        print(f"{USAGE}\n\nReads one case a line from standard input and writes one answer a line.")
        return 0
    if len(arguments) != 1 or arguments[0] not in KINDS:
        print(USAGE, file=sys.stderr)
        return 2
    return casefile.run(sys.stdin.buffer, sys.stdout.buffer, KINDS[arguments[0]])


def run(source: IO[bytes], target: IO[bytes]) -> int:
    """Return the exit status after pricing the sessions of every line of `source`."""
    return casefile.run(source, target, price)


def price(case: dict[str, Any]) -> dict[str, Any]:
    """Return the answer to a case; raises CaseError where it cannot be read."""
    terms = _terms(case)
    sessions = _sessions(case.get("sessions"))
    zone = _zone(case)
    balance = _balance(case, terms)
    return {"id": case.get("id"), "sessions": _priced(terms, sessions, zone, balance)}


def _priced(
    terms: Terms, sessions: list[Given], zone: ZoneInfo, balance: int
) -> list[dict[str, Any]]:
    rater = rating.Rater(terms, zone)
    results: dict[int, dict[str, Any]] = {}
    for keys, work in _pieces(terms, sessions):
        lead = keys[0]
        error = sessions[lead].error
        if error:
            results[lead] = _refused(None, None, error)
            continue
        rated = rater.rate(work)
        results[lead], balance = _one(terms, rated, balance)
        for key in keys[1:]:
            results[key] = _member(rater.rate(sessions[key].work), results[lead], lead)
    return [results[number] for number in range(len(sessions))]


def _pieces(terms: Terms, sessions: list[Given]) -> list[tuple[tuple[int, ...], rating.Work]]:
    if not terms.merge_gap_minutes and terms.overlap is Overlap.NONE:
        return [((number,), given.work) for number, given in enumerate(sessions)]
    finished = [
        grouping.Session(
            number,
            *given.who,
            given.work.start,
            given.end,
            given.work.seconds,
            given.work.extra_minutes,
            given.work.manual,
            given.work.included,
        )
        for number, given in enumerate(sessions)
    ]
    return [(group.keys, group.work) for group in grouping.group_sessions(terms, finished)]


def _one(terms: Terms, rated: rating.Rated, balance: int) -> tuple[dict[str, Any], int]:
    if rated.error is not None:
        message = problems.sentence(rated.error)
        return _refused(rated.connection_minutes, rated.total_minutes, message), balance
    result: dict[str, Any] = {
        "connection_minutes": rated.connection_minutes,
        "total_minutes": rated.total_minutes,
        "price": None if rated.price is None else str(rated.price),
        "status": rated.status,
        "billed_minutes": rated.billed_minutes,
        "explanation": rating.explain(rated.steps),
    }
    if terms.is_subscription and rated.status == rating.BILLABLE:
        return _drawn(terms, rated, result, balance)
    return result, balance


def _drawn(
    terms: Terms, rated: rating.Rated, result: dict[str, Any], balance: int
) -> tuple[dict[str, Any], int]:
    taken, over, amount = rating.overage(terms, rated.billed_minutes, balance)
    if over and terms.on_exhaust is OnExhaust.REFUSE:
        message = problems.sentence(Problem("exhausted", "", str(max(balance, 0))))
        return _refused(rated.connection_minutes, rated.total_minutes, message), balance
    if over and terms.on_exhaust is OnExhaust.OVERAGE:
        result["price"] = str(amount)
        result["explanation"].append(
            {"code": "overage", "minutes": over, "price": str(terms.overage_price)}
            | {"amount": str(amount)}
        )
        balance -= taken
    else:
        balance -= rated.billed_minutes
    return result | {"balance_minutes": balance}, balance


def _member(own: rating.Rated, lead: dict[str, Any], place: int) -> dict[str, Any]:
    return {
        "connection_minutes": own.connection_minutes,
        "total_minutes": own.total_minutes,
        "price": None if lead["price"] is None else "0.00",
        "status": lead["status"],
        "billed_minutes": 0,
        "explanation": [{"code": "merged", "into": place}],
    } | ({"error": lead["error"]} if "error" in lead else {})


def _refused(connection: int | None, total: int | None, error: str) -> dict[str, Any]:
    return {
        "connection_minutes": connection,
        "total_minutes": total,
        "price": None,
        "status": rating.REJECTED,
        "error": error,
        "explanation": [],
    }


def _terms(case: dict[str, Any]) -> Terms:
    data = case.get("tariff")
    if not isinstance(data, dict):
        raise CaseError("tariff: an object is needed")
    prepaid = data.get("kind") == "subscription"
    missing = [key for key in (NEEDED[:1] if prepaid else NEEDED) if key not in data]
    for one, other in (INITIAL, INITIAL[::-1]):
        if one not in data and data.get(other, 0) not in NOUGHT:
            missing.append(one)
    if missing:
        raise CaseError("; ".join(f"tariff.{key}: is missing" for key in missing))
    try:
        return codec.read(data)
    except codec.UnreadableError as error:
        texts = [f"tariff.{p.field}: {problems.sentence(p)}" for p in error.problems]
        raise CaseError("; ".join(texts)) from error


def _sessions(given: Any) -> list[Given]:
    if not isinstance(given, list):
        raise CaseError("sessions: a list is needed")
    return [_session(number, item) for number, item in enumerate(given)]


def _session(number: int, item: Any) -> Given:
    place = f"sessions[{number}]"
    if not isinstance(item, dict):
        raise CaseError(f"{place}: an object is needed")
    try:
        extra = codec.whole(item.get("extra_minutes", 0))
    except ValueError as error:
        raise CaseError(f"{place}.extra_minutes: a whole number is needed") from error
    flags = {key: item.get(key, False) for key in ("manual", "included")}
    for key, value in flags.items():
        if not isinstance(value, bool):
            raise CaseError(f"{place}.{key}: true or false is needed")
    who = (item.get("customer"), item.get("technician"), item.get("device"))
    if any(not isinstance(name, str | int | None) for name in who):
        raise CaseError(f"{place}: customer, technician and device are texts")
    if "seconds" in item and ("start" in item or "end" in item):
        raise CaseError(f"{place}: give seconds, or start and end, not both")
    if "seconds" in item:
        work = rating.Work(_seconds(place, item["seconds"]), extra, None, **flags)
        return Given(work, None, who)
    return _between(place, item, extra, flags, who)


def _seconds(place: str, value: Any) -> int | Fraction:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    # exponents beyond a year of microseconds would only fill memory
    if isinstance(value, Decimal) and abs(value.adjusted()) <= 12:
        exact = Fraction(value)
        return exact.numerator if exact.denominator == 1 else exact
    raise CaseError(f"{place}.seconds: a number is needed")


def _between(
    place: str,
    item: dict[str, Any],
    extra: int,
    flags: dict[str, bool],
    who: tuple[object, object, object],
) -> Given:
    missing = [key for key in ("start", "end") if key not in item]
    if missing:
        raise CaseError(f"{place}.{missing[0]}: is missing (or give seconds)")
    moments: list[datetime] = []
    for key in ("start", "end"):
        if not isinstance(item[key], str):
            raise CaseError(f"{place}.{key}: a text such as 2026-11-20T10:00:00+01:00 is needed")
        moment = _instant(item[key])
        if moment is None:
            problem = f"{key}: an instant with its offset is needed, not {item[key][:40]!r}"
            return Given(rating.Work(0, extra), None, who, problem)
        moments.append(moment)
    start, end = moments
    return Given(rating.Work(grouping.span(end - start), extra, start, **flags), end, who)


def _instant(text: str) -> datetime | None:
    """Return the instant that `text` names; None without an offset or far from our time."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.utcoffset() is not None and 1900 <= moment.year <= 2200 else None


def _zone(case: dict[str, Any]) -> ZoneInfo:
    name = case.get("time_zone", "Europe/Rome")
    try:
        return ZoneInfo(name if isinstance(name, str) else "")
    except (KeyError, ValueError, OSError) as error:
        raise CaseError("time_zone: a name such as Europe/Rome is needed") from error


def _balance(case: dict[str, Any], terms: Terms) -> int:
    try:
        balance = codec.whole(case.get("balance_minutes", terms.total_minutes))
    except ValueError as error:
        raise CaseError("balance_minutes: a whole number is needed") from error
    if abs(balance) > BALANCES:
        raise CaseError("balance_minutes: this number is too large")
    return balance


KINDS = {"sessions": price, "contract": simulate_contract.answer}

if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
