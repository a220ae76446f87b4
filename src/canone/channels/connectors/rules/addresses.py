"""Addresses of web servers: which may be asked, with and without encryption."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from canone.channels.connectors.rules.port import Trouble

IN_HOUSE = (".local", ".lan", ".internal", ".home.arpa")


@dataclass(frozen=True, slots=True)
class Address:
    """A server's place; `path` starts every path on it and has no slash at its end."""

    encrypted: bool
    host: str
    port: int
    path: str


def address(url: str) -> Address:
    """Return the parts of a server's address; raises Trouble for what cannot be one.

    Without encryption only servers in the house are asked, as credentials go along.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError as error:
        raise Trouble("address", final=True, url=url) from error
    host = parts.hostname or ""
    known = parts.scheme == "https" or (parts.scheme == "http" and in_house(host))
    bare = not (parts.query or parts.fragment or "@" in parts.netloc)
    if not known or not host or not bare or not host.isascii():
        raise Trouble("address", final=True, url=url)
    encrypted = parts.scheme == "https"
    return Address(encrypted, host, port or (443 if encrypted else 80), parts.path.rstrip("/"))


def in_house(host: str) -> bool:
    """Whether the name or number can only be a machine of one's own network."""
    try:
        number = ipaddress.ip_address(host)
    except ValueError:
        return "." not in host or host.endswith(IN_HOUSE)
    return number.is_private or number.is_loopback
