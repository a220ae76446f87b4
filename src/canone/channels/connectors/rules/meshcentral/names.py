"""What devices, device groups and users are called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from canone.channels.connectors.rules.port import clean


@dataclass(frozen=True, slots=True)
class Names:
    """The server's maps at the time of the pull; a deleted device is in none of them."""

    devices: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)
    mails: Mapping[str, str] = field(default_factory=dict)

    def device(self, node: str) -> str:
        """Return the device's name, or the head of its id when it is gone."""
        return self.devices.get(node, ("", ""))[0] or node.rpartition("/")[2][:12]

    def group_of(self, node: str) -> str:
        """Return the id of the group that the device is in now; empty when it is gone."""
        return self.devices.get(node, ("", ""))[1]


def names(nodes: object, meshes: object, users: object = ()) -> Names:
    """Return the maps out of the answers `nodes`, `meshes` and `users`, leaving out nonsense."""
    devices: dict[str, tuple[str, str]] = {}
    by_group = nodes if isinstance(nodes, Mapping) else {}
    for group, members in by_group.items():
        for member in members if isinstance(members, list) else ():
            if isinstance(member, Mapping) and isinstance(member.get("_id"), str):
                devices[clean(member["_id"])] = (_name(member.get("name")), clean(str(group)))
    groups = {_name(row["_id"]): _name(row.get("name")) for row in _rows(meshes)}
    mails = {_name(row["_id"]): _name(row["email"]) for row in _rows(users) if row.get("email")}
    return Names(devices, groups, mails)


def _name(value: object) -> str:
    return clean(value).strip() if isinstance(value, str) else ""


def _rows(value: object) -> list[Mapping[str, object]]:
    if not isinstance(value, list):
        return []
    return [row for row in value if isinstance(row, Mapping) and isinstance(row.get("_id"), str)]
