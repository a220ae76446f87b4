"""What each remote tool asks of who connects it: fields, defaults, what it can do.

One description a tool; forms, checks, the API and the source's page follow it. Words for people
stand in `queries.naming`, by these names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from canone.channels.connectors.rules.anydesk import sessions
from canone.channels.connectors.rules.meshcentral import events
from canone.channels.connectors.rules.rustdesk import kinds as rustdesk
from canone.channels.connectors.rules.teamviewer import records


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to enter; a `secret` is sealed and never shown again.

    `choices` makes it a choice, `switch` a yes or no; `empty` is what a new source starts with.
    """

    name: str
    secret: bool = False
    required: bool = True
    longest: int = 200
    choices: tuple[str, ...] = ()
    switch: bool = False
    empty: str | bool = ""


@dataclass(frozen=True, slots=True)
class Description:
    """One way in which sessions of a tool reach us.

    `slug` names the way, `key` the tool: a tool can be asked and, under another slug, send by
    itself (`receives`); what arrives is a session at once, or is kept first and made into sessions
    by a pull (`collects`). `kinds` are the kinds of sessions it tells apart, `counted` those that
    count unless somebody says otherwise. `forgets` is after how many days it forgets, as delivered.
    """

    slug: str
    key: str
    title: str
    guide: str
    fields: tuple[Field, ...] = ()
    url: str = ""
    icon: str = "computer"
    receives: bool = False
    collects: bool = False
    listens: bool = False
    kinds: tuple[str, ...] = ()
    counted: frozenset[str] = frozenset()
    forgets: int = 365
    minutes: int = 15

    @property
    def own_server(self) -> bool:
        """Whether it is a server of one's own, whose certificate may be its own too."""
        return not self.receives and not self.url

    @property
    def pulled(self) -> bool:
        """Whether sessions come by pulls, of the tool or of what it sent."""
        return self.collects or not self.receives

    @property
    def secrets(self) -> tuple[str, ...]:
        """The names of the fields that are sealed."""
        return tuple(field.name for field in self.fields if field.secret)

    @property
    def settings(self) -> tuple[str, ...]:
        """The names of the fields that may be shown."""
        return tuple(field.name for field in self.fields if not field.secret)

    def field(self, name: str) -> Field | None:
        """Return the field of this name."""
        return next((field for field in self.fields if field.name == name), None)


MESHCENTRAL = Description(
    slug="meshcentral",
    key="meshcentral",
    title="MeshCentral",
    guide="meshcentral",
    fields=(Field("user"), Field("password", secret=True, longest=400)),
    listens=True,
    kinds=events.KINDS,
    counted=events.DEFAULT_KINDS,
    forgets=20,
)
TEAMVIEWER = Description(
    slug="teamviewer",
    key="teamviewer",
    title="TeamViewer",
    guide="teamviewer",
    fields=(
        Field("token", secret=True, longest=400),
        Field("write_back", required=False, switch=True, empty=False),
    ),
    url="https://webapi.teamviewer.com",
    kinds=records.KINDS,
    counted=frozenset(records.KINDS),
)
ANYDESK = Description(
    slug="anydesk",
    key="anydesk",
    title="AnyDesk",
    guide="anydesk",
    fields=(Field("license"), Field("password", secret=True, longest=400)),
    url="https://v1.api.anydesk.com:8081",
    kinds=sessions.KINDS,
    counted=sessions.DEFAULT_KINDS,
)
RUSTDESK = Description(
    slug="rustdesk",
    key="rustdesk",
    title="RustDesk Server Pro",
    guide="rustdesk",
    fields=(Field("token", secret=True, longest=400),),
    kinds=rustdesk.KINDS,
    counted=rustdesk.DEFAULT_KINDS,
)
RUSTDESK_PUSH = Description(
    slug="rustdesk-push",
    key="rustdesk",
    title="RustDesk",
    guide="rustdesk",
    icon="download",
    fields=(
        Field("devices", required=False, longest=4_000),
        Field("networks", required=False, longest=400),
    ),
    receives=True,
    collects=True,
    kinds=rustdesk.KINDS,
    counted=rustdesk.DEFAULT_KINDS,
    forgets=40,
)
GUACAMOLE = Description(
    slug="guacamole",
    key="guacamole",
    title="Apache Guacamole",
    guide="guacamole",
    fields=(Field("user"), Field("password", secret=True, longest=400)),
)
WEBHOOK = Description(
    slug="webhook",
    key="webhook",
    title="Webhook",
    guide="webhook",
    icon="link",
    receives=True,
)
ALL = (MESHCENTRAL, TEAMVIEWER, ANYDESK, RUSTDESK, RUSTDESK_PUSH, GUACAMOLE, WEBHOOK)
BY_SLUG: Mapping[str, Description] = {each.slug: each for each in ALL}


def of(key: str, settings: Mapping[str, Any]) -> Description:
    """Return the description of a source by its tool and its settings."""
    return BY_SLUG.get(str(settings.get("way") or key)) or BY_SLUG[key]
