"""MeshCentral as a tool that can be asked for its sessions."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from datetime import timedelta
from typing import Any

from canone.channels.connectors.rules.meshcentral import events, names, pull
from canone.channels.connectors.rules.port import Json, Notice, Probe, Pulled, Trouble, Window
from canone.channels.connectors.services.meshcentral.wire import Access, Conversation, conversation

FIRST_LIMIT = 1_000
LAST_LIMIT = 64_000
MANAGE_USERS = 2
LISTEN_STEP = 1.0


class MeshCentral:
    """A MeshCentral server, reached with a login token."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def probe(self) -> Probe:
        """Return what the account is and sees; raises Trouble."""
        with conversation(self._access) as talk:
            _require_groups(talk)
            known = _names(talk)
            return Probe(
                account=str(talk.account.get("name", "")),
                server=str(talk.server.get("name", "")),
                devices=len(known.devices),
                groups=len(known.groups),
                warnings=_rights(talk),
            )

    def pull(self, cursor: Json, window: Window) -> Iterator[Pulled]:
        """Yield the sessions of the window in one page: the server knows no pages."""
        with conversation(self._access) as talk:
            _require_groups(talk)
            relayed, cut = _events(talk, "relaylog", window)
            notes, notes_cut = _events(talk, "manual", window)
            answers = pull.Answers(
                events=[*relayed, *notes],
                report=_report(talk, window),
                names=_names(talk),
                cut=cut or notes_cut,
                server_at=events.instant(talk.server.get("serverTime")),
                warnings=_rights(talk),
            )
        yield pull.assemble(answers, cursor, window)

    def listen(self) -> Generator[bool, None, None]:
        """Return about one answer a second: whether a session started, ended or got a note."""
        with conversation(self._access) as talk:
            _require_groups(talk)
            while True:
                message = talk.next(LISTEN_STEP)
                yield message is not None and _is_of_a_session(message)


def _require_groups(talk: Conversation) -> None:
    """Refuse an account without device groups: the server would never answer it."""
    if not talk.account.get("links"):
        raise Trouble("no_groups", account=str(talk.account.get("name", "")))


def _rights(talk: Conversation) -> tuple[Notice, ...]:
    """Return the warning that other technicians' sessions may be missing."""
    return () if _manages_users(talk) else (Notice("few_rights"),)


def _manages_users(talk: Conversation) -> bool:
    rights = talk.account.get("siteadmin")
    return isinstance(rights, int) and bool(rights & MANAGE_USERS)


def _events(talk: Conversation, kind: str, window: Window) -> tuple[list[Any], bool]:
    """Return the newest events back to the window's start, and whether some were cut off.

    The server gives the newest N and knows no other page, so N grows until it reaches far enough.
    """
    limit = FIRST_LIMIT
    while True:
        found = talk.ask("events", filter=kind, limit=limit).get("events")
        if not isinstance(found, list):
            raise Trouble("garbled", action="events")
        oldest = events.read(found[-1:]).oldest if found else None
        reached = len(found) < limit or (oldest is not None and oldest < window.since)
        if reached or limit >= LAST_LIMIT:
            return found, not reached
        limit *= 4


def _report(talk: Conversation, window: Window) -> object:
    until = window.at + timedelta(days=1)
    answer = talk.ask(
        "report",
        type=1,
        groupBy=1,
        devGroup=None,
        start=int(window.since.timestamp()),
        end=int(until.timestamp()),
        tz="UTC",
        tf=0,
        l="en",
        showTraffic=False,
    )
    return answer.get("data")


def _names(talk: Conversation) -> names.Names:
    nodes = talk.ask("nodes").get("nodes")
    meshes = talk.ask("meshes").get("meshes")
    users = talk.ask("users").get("users") if _manages_users(talk) else []
    return names.names(nodes, meshes, users)


def _is_of_a_session(message: Mapping[str, Any]) -> bool:
    event = message.get("event") if message.get("action") == "event" else None
    return isinstance(event, dict) and event.get("action") in {"relaylog", "manual"}
