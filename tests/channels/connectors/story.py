"""What every tool's small server can do, so that one story is told of them all.

A tool that is asked plugs in by adding a factory to `FAKES`. Servers keep their own clock out of
it: instants are those of the sessions, and pulls say when they happen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from tests.channels.connectors.fakes.anydesk import AnyDesk
from tests.channels.connectors.fakes.guacamole import Guacamole
from tests.channels.connectors.fakes.rustdesk import RustDesk
from tests.channels.connectors.fakes.teamviewer import TeamViewer
from tests.channels.connectors.mesh_story import MeshFake
from tests.channels.connectors.told import Told

__all__ = ["FAKES", "FakeTool", "Told"]


class FakeTool(Protocol):
    """A tool's server on the loopback, honest until it is told otherwise."""

    def start(self) -> None:
        """Serve from now on."""

    def stop(self) -> None:
        """Serve no more; called at the end of every test."""

    def add(self, session: Told) -> None:
        """Let the tool know a session from now on; told again under its key it is replaced."""

    def break_after(self, requests: int) -> None:
        """Answer so many requests more, then break every connection in the middle of an answer."""

    def expire_credentials(self) -> None:
        """Refuse who signs in with what `source_settings` gave so far."""

    def heal(self) -> None:
        """Answer honestly again; after an expiry `source_settings` holds the new credentials."""

    def source_settings(self) -> dict[str, Any]:
        """Return what `tests.make.connectors.connection` takes to reach this server."""

    def requests(self) -> int:
        """Return how many requests, or attempts to sign in, came so far."""


@dataclass(frozen=True, slots=True)
class Spec:
    """A tool in the story: its server, and what it cannot tell."""

    make: Callable[[], FakeTool]
    tells_running: bool = True  # whether a session that has not ended is told


FAKES: Mapping[str, Spec] = {
    "meshcentral": Spec(MeshFake),
    "teamviewer": Spec(TeamViewer),
    "anydesk": Spec(AnyDesk),
    "rustdesk": Spec(RustDesk),
    "guacamole": Spec(Guacamole),
}
