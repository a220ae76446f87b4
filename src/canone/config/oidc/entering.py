"""What somebody enters about the provider, on the page or through the API: read, and tried."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

import jwt
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from canone.base.access import services
from canone.base.access.models import IdentityProvider
from canone.channels.connectors.rules import addresses
from canone.channels.connectors.rules.port import Trouble
from canone.config.oidc import asking, words

HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?")


@dataclass(frozen=True, slots=True)
class Tried:
    """Whether the provider can be read, and what is told of it."""

    answers: bool
    text: str


def issuer(text: str) -> str:
    """Return the address, without a slash at its end; a ValidationError for none to be asked."""
    text = text.strip().rstrip("/").removesuffix(asking.DESCRIPTION)
    try:
        addresses.address(text)
    except Trouble as trouble:
        raise ValidationError(words.of("address", {"url": text}, ""), code="address") from trouble
    return text


def hosts(lines: Iterable[str]) -> tuple[str, ...]:
    """Return the hosts, each once; whole addresses are cut down to theirs."""
    said = (line.strip().lower() for line in lines)
    found = dict.fromkeys(_host(line) for line in said if line)
    wrong = [host for host in found if not HOST.fullmatch(host)]
    if wrong:
        raise ValidationError(_("This is no host: %(host)s") % {"host": wrong[0]}, code="host")
    return tuple(found)


def _host(line: str) -> str:
    try:
        return urlsplit(line).netloc or line
    except ValueError:
        return line


def tried(said: services.Provider) -> Tried:
    """Return what the provider's description says, or why it cannot be read."""
    row = IdentityProvider(name=said.name, issuer=said.issuer, hosts=list(said.hosts))
    try:
        found = asking.described(row, anew=True)
        jwt.PyJWKSet.from_dict(asking.keys(row, found))
    except asking.Fault as fault:
        return Tried(answers=False, text=str(words.of(fault.code, fault.values, said.name)))
    except jwt.PyJWTError:
        return Tried(answers=False, text=str(words.of("garbled", {}, said.name)))
    text = _(
        "%(provider)s answers: people are sent to %(place)s, and its keys can be read. "
        "Client id and secret show only when somebody signs in."
    )
    place = urlsplit(found.authorization).netloc
    return Tried(answers=True, text=text % {"provider": said.name, "place": place})
