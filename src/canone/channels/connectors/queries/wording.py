"""What happened, in the reader's language: what it means and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

TROUBLES: dict[str, StrOrPromise] = {
    "address": _(
        "“%(url)s” is no address of a server. It starts with https:// (http:// only for a machine "
        "of your own network) and has neither user nor password in it."
    ),
    "refused": _(
        "The server refuses the credentials. Nothing is tried again until you enter them anew: "
        "repeated attempts could lock the account."
    ),
    "second_factor": _(
        "The account asks for a second factor. Use a login token of that account instead of its "
        "password."
    ),
    "banned": _(
        "The server has shut this address out after failed attempts. Wait until its ban ends, then "
        "check user and password and resume."
    ),
    "turned_away": _("The server ended the conversation: %(reason)s."),
    "no_groups": _(
        "The account “%(account)s” belongs to no device group, and the server answers such an "
        "account nothing. Link it to every group whose sessions you want."
    ),
    "certificate_unknown": _(
        "The server’s certificate is not known to this machine (%(reason)s). If it is your "
        "server’s own, its fingerprint is %(fingerprint)s: compare it on the server, then enter "
        "it here."
    ),
    "certificate_changed": _(
        "The server shows another certificate than the one agreed on. Expected %(expected)s, found "
        "%(found)s. If it was renewed, enter the new fingerprint; if not, somebody stands in "
        "between."
    ),
    "authority_unreadable": _("The certificate of the authority cannot be read. Paste it in PEM."),
    "unreachable": _("The server cannot be reached: %(reason)s. It is tried again by itself."),
    "silent": _(
        "The server did not answer within %(seconds)s seconds (%(action)s). It is tried again by "
        "itself."
    ),
    "broken": _("The connection broke in the middle. It is tried again by itself."),
    "garbled": _(
        "The server’s answer makes no sense (%(action)s). Is it the tool that you chose, at the "
        "right address? It is tried again by itself."
    ),
    "broken_off": _(
        "The connection broke in the middle of an answer. It is tried again by itself."
    ),
    "rate_limited": _(
        "The server wants to be left alone for %(minutes)s minutes: it was asked too often. It is "
        "asked again after that, by itself."
    ),
    "server_fault": _(
        "The server has a fault of its own (answer %(status)s to %(action)s). It is tried again by "
        "itself."
    ),
    "odd_answer": _(
        "The server answered %(status)s to %(action)s. Check the address, and that the account may "
        "see the sessions."
    ),
    "redirected": _(
        "The server sends to another address (%(place)s, answer %(status)s). The credentials are "
        "sent to no other: enter the final address."
    ),
    "too_large": _("An answer is larger than %(megabytes)s MB and was not read."),
    "endless": _(
        "The server shows the same page again and again (after %(pages)s pages). What came before "
        "is kept; the rest is tried again by itself."
    ),
    "too_long": _(
        "The server had more to tell than one pull may bring (%(rows)s rows, %(minutes)s minutes). "
        "What came is kept. Choose a first day, or a shorter memory, and fetch again."
    ),
    "clock_skew": _(
        "The clocks of the server and of this machine differ by %(seconds)s seconds, and the "
        "server accepts no such request. Set the clock of this machine, then resume."
    ),
    "only_receives": _("This source is not asked: its tool sends the sessions here."),
    "only_asked": _("This tool does not tell what happens as it happens."),
    "not_meshcentral": _(
        "There is no MeshCentral at this address (answer %(status)s). Check address and port."
    ),
    "too_much": _("The answer is larger than %(megabytes)s MB and was not read."),
    "credentials_unreadable": _(
        "The credentials were sealed by another installation and cannot be opened here. Enter "
        "them again."
    ),
    "may_not_write": _(
        "The token may not write into reports. Give it the right to modify them, or make another "
        "and enter it; nothing is tried until then."
    ),
    "interrupted": _("The pull was interrupted. The next one completes it."),
    "tool_says_no": _("The server refuses: “%(said)s”. Check that the token may see the log."),
    "busy": _("This source is being asked already."),
}
NOTICES: dict[str, StrOrPromise] = {
    "unreadable": _("Rows that make no sense and were left out: %(count)s."),
    "left_out_by_kind": _("Sessions of kinds that do not count here: %(count)s."),
    "clock_disagrees": _(
        "Sessions whose start and length disagree: %(count)s. Their length counts, back from the "
        "end."
    ),
    "only_in_report": _("Sessions that only the server’s report still knew: %(count)s."),
    "events_cut": _(
        "There were more events than the server gives at once. Sessions may be missing: fetch "
        "more often."
    ),
    "shared_desktop_open": _(
        "Desktops shared by several viewers that did not end within a day: %(count)s. Viewers "
        "count when they leave."
    ),
    "clock_ahead": _("The server’s clock is %(count)s seconds ahead."),
    "clock_behind": _("The server’s clock is %(count)s seconds behind."),
    "few_rights": _(
        "The account may not manage users: other technicians’ sessions may be missing. Make it a "
        "site administrator."
    ),
    "no_mails": _(
        "The token may not list users: technicians are recognised by name instead of by mail "
        "address."
    ),
    "no_desks_known": _(
        "No side of the latest sessions belongs to a user. Write the AnyDesk numbers or aliases of "
        "your technicians into their names in other tools."
    ),
    "lengths_disagree": _(
        "Sessions whose instants and told length disagree: %(count)s. Start and end count."
    ),
    "late": _(
        "The last pull was %(days)s days ago, and the server forgets after %(kept)s: sessions may "
        "be missing. Compare with the technicians and add them by hand."
    ),
    "before_first_day": _("Sessions before the first day, left out: %(count)s."),
    "day_full": _(
        "On %(day)s there were more connections than the server gives at once. Some may be "
        "missing: compare with its history."
    ),
    "without_end": _(
        "Sessions without an end although nobody is connected any more: %(count)s. Give them their "
        "end by hand."
    ),
    "unknown_devices": _(
        "Computers that are not among those of this source: %(count)s (%(devices)s). Their "
        "messages are kept: add the computers to make sessions of them."
    ),
    "notes_without_session": _("Notes that fit no session: %(count)s."),
}


def trouble(code: str, values: Mapping[str, Any]) -> str:
    """Return the sentence for a trouble; empty where there is none."""
    return _filled(TROUBLES.get(code, code), values) if code else ""


def notice(code: str, values: Mapping[str, Any]) -> str:
    """Return the sentence for a notice of a pull."""
    text = _filled(NOTICES.get(code, code), values)
    notes = values.get("notes")
    if isinstance(notes, list):
        told = [str(row[2]) for row in notes if isinstance(row, list) and len(row) > 2]
        text += " " + " · ".join(f"“{note}”" for note in told)
    return text


def notices(rows: list[Any]) -> list[str]:
    """Return the sentences of a log entry's warnings."""
    return [notice(code, values) for code, values in rows]


def _filled(text: StrOrPromise, values: Mapping[str, Any]) -> str:
    return str(text) % _Missing(values)


class _Missing(dict[str, Any]):
    """Values of a sentence; what an older entry does not have is a dash."""

    def __missing__(self, key: str) -> str:
        return "–"
