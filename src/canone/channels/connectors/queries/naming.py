"""The words for what a tool asks: names of fields, help, what a tool needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from canone.channels.connectors.rules.kinds import Description

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Words = Mapping[str, "StrOrPromise"]

KINDS: Words = {
    "desktop": _("Remote desktop"),
    "terminal": _("Terminal"),
    "files": _("Files"),
    "rdp": _("RDP in the browser"),
    "vnc": _("VNC in the browser"),
    "ssh": _("SSH in the browser"),
    "sftp": _("SFTP in the browser"),
    "local": _("Devices without an agent"),
    "relay": _("Port mapping"),
    "messenger": _("Chat"),
}
# By "slug.field" where a tool has its own word, else by the field alone.
LABELS: Words = {
    "user": _("User"),
    "password": _("Password"),
    "token": _("Token"),
    "license": _("License ID"),
    "secret": _("Secret"),
    "meshcentral.user": _("User of the token"),
    "meshcentral.password": _("Password of the token"),
    "anydesk.password": _("API password"),
}
HELP: Words = {
    "meshcentral.url": _("Example: https://mesh.example.com"),
    "meshcentral.user": _("Example: ~t:AbCdEfGh01234567"),
    "meshcentral.kinds": _(
        "A session in the browser (RDP, SSH …) may also open a port mapping: counting both "
        "would count the time twice."
    ),
    "meshcentral.retention_days": _(
        "MeshCentral forgets events after 20 days unless it was told otherwise."
    ),
}
CHOICES: Words = {}  # by "slug.field.choice"
CREDENTIALS: Words = {
    "meshcentral": _("Login token"),
}
REMARKS: Words = {  # beside the title of the credentials
    "meshcentral": _(
        "made in MeshCentral under “My account”, for an account that sees every group"
    ),
}
NEEDS: Words = {  # on the card of a tool: how sessions come, and what has to be at hand
    "meshcentral": _(
        "Your own server is asked, and tells sessions as they happen. Needs a login token of an "
        "account that sees every group."
    ),
}


def label(tool: Description, name: str) -> StrOrPromise:
    """Return what a field of the tool is called."""
    return _own(LABELS, tool, name) or name


def help_text(tool: Description, name: str) -> StrOrPromise:
    """Return what helps to fill a field of the tool."""
    return _own(HELP, tool, name)


def choice(tool: Description, name: str, value: str) -> StrOrPromise:
    """Return the word for one of the choices of a field."""
    return _own(CHOICES, tool, f"{name}.{value}") or value


def _own(words: Words, tool: Description, name: str) -> StrOrPromise:
    return words.get(f"{tool.slug}.{name}") or words.get(name, "")
