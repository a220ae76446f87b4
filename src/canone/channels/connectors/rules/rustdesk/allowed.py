"""Which computers may tell of their connections, and from where."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable

SEPARATORS = re.compile(r"[\s,;]+")
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def devices(said: str) -> frozenset[str]:
    """Return the ids of the computers; none means all."""
    return frozenset(part for part in SEPARATORS.split(said.replace("\u00a0", "")) if part)


def networks(said: str) -> list[Network]:
    """Return the networks; ValueError names what is none."""
    return [
        ipaddress.ip_network(part, strict=False) for part in SEPARATORS.split(said) if part.strip()
    ]


def inside(address: str, known: Iterable[Network]) -> bool:
    """Whether an address lies in one of the networks; none means all."""
    allowed = list(known)
    try:
        number = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return not allowed
    mapped = getattr(number, "ipv4_mapped", None)
    return not allowed or any((mapped or number) in network for network in allowed)
