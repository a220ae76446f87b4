"""Records of TeamViewer's connection report, turned into sessions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from canone.channels.connectors.rules import values
from canone.channels.connectors.rules.port import RawSession, clean

KINDS = ("remote", "support", "sdk", "other")
KIND_OF_TYPE: Mapping[int, str] = {1: "remote", 2: "support", 3: "sdk"}
KEPT = ("support_session_type", "session_code", "billing_state")
LONGEST_NOTE = 10_000


@dataclass(frozen=True, slots=True)
class Reading:
    """Sessions of a list of records, and how many records made no sense."""

    sessions: tuple[RawSession, ...]
    unreadable: int = 0


def read(records: list[Any], mails: Mapping[str, str]) -> Reading:
    """Return one session for each id; `mails` are the addresses of the tool's users by their id."""
    found: dict[str, RawSession] = {}
    unreadable = 0
    for record in records:
        session = one(record, mails)
        if session is None:
            unreadable += 1
        elif session.external_id not in found or session.ended_at is not None:
            found[session.external_id] = session
    return Reading(tuple(found.values()), unreadable)


def one(record: object, mails: Mapping[str, str]) -> RawSession | None:
    """Return the session of a record; None without id or start, or with an impossible end.

    A record without an end is a session that runs.
    """
    if not isinstance(record, Mapping):
        return None
    key = values.text(record.get("id"), 160).lower()
    started_at = values.written(record.get("start_date"))
    if not key or started_at is None:
        return None
    ended_at = values.written(record.get("end_date"))
    seconds = None if ended_at is None else values.length(started_at, ended_at)
    if seconds is None and (ended_at is not None or not _endless(record.get("end_date"))):
        return None
    user = values.text(record.get("userid"))
    return RawSession(
        external_id=key,
        user_id=user,
        technician_name=values.text(record.get("username")),
        technician_mail=mails.get(user, ""),
        device_id=values.text(record.get("deviceid")),
        device_name=values.text(record.get("devicename")),
        group_id=values.text(record.get("groupid")),
        group_name=_group(record),
        started_at=started_at,
        ended_at=ended_at,
        seconds=seconds,
        protocol=KIND_OF_TYPE.get(values.number(record.get("support_session_type")) or 0, "other"),
        note=_note(record),
        raw={name: record[name] for name in KEPT if record.get(name) is not None},
    )


def _endless(told: object) -> bool:
    """Whether there is no end yet: nothing, or the first or last year of TeamViewer's calendar."""
    return told in (None, "") or str(told).startswith(("0001-", "9999-"))


def _group(record: Mapping[str, Any]) -> str:
    """Return whose computer it is: the group of the device or, in a service case, the customer.

    The group of a service case is the queue that it waited in, not the customer.
    """
    group, customer = values.text(record.get("groupname")), record.get("end_customer")
    named = values.text(customer.get("name")) if isinstance(customer, Mapping) else ""
    in_case = bool(values.text(record.get("session_code")))
    return (named or group) if in_case else (group or named)


def _note(record: Mapping[str, Any]) -> str:
    """Return what the technician wrote at the end, and on the service case."""
    told = (record.get("notes"), record.get("session_note"))
    texts = [clean(each).strip() for each in told if isinstance(each, str)]
    return "\n".join(dict.fromkeys(filter(None, texts)))[:LONGEST_NOTE]


def mails(users: object) -> dict[str, str]:
    """Return the mail addresses of TeamViewer's users by their id."""
    if not isinstance(users, list):
        return {}
    known = [user for user in users if isinstance(user, Mapping)]
    pairs = ((values.text(user.get("id")), values.text(user.get("email"))) for user in known)
    return {key: mail for key, mail in pairs if key and mail}
