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
    "remote": _("Remote connection"),
    "support": _("Service case"),
    "sdk": _("From an app (SDK)"),
    "other": _("Other connections"),
    "out": _("The technician connects"),
    "in": _("The customer connects to the technician"),
    "inside": _("Between two technicians"),
    "camera": _("Camera"),
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
    "teamviewer.token": _("Script token"),
    "teamviewer.write_back": _("Write back what was billed"),
    "anydesk.password": _("API password"),
    "rustdesk-push.devices": _("Computers of this source"),
    "rustdesk-push.networks": _("Networks"),
}
HELP: Words = {
    "teamviewer.write_back": _(
        "When a session is accounted, its report in TeamViewer says “Billed”, and carries the note "
        "from here if it has none. Undone, it says “Bill” again. The token needs the right to "
        "modify connection reports."
    ),
    "anydesk.license": _("The number that AnyDesk gave you with the API password, not the key."),
    "anydesk.kinds": _(
        "Who is a technician is known by the users’ names in other tools: write the AnyDesk "
        "numbers or aliases of your technicians there."
    ),
    "meshcentral.url": _("Example: https://mesh.example.com"),
    "meshcentral.user": _("Example: ~t:AbCdEfGh01234567"),
    "meshcentral.kinds": _(
        "A session in the browser (RDP, SSH …) may also open a port mapping: counting both "
        "would count the time twice."
    ),
    "meshcentral.retention_days": _(
        "MeshCentral forgets events after 20 days unless it was told otherwise."
    ),
    "rustdesk.url": _("Example: https://rustdesk.example.com, with the port where there is one."),
    "rustdesk.kinds": _("A port mapping often stands beside a remote desktop: both would count."),
    "rustdesk-push.kinds": _(
        "A port mapping often stands beside a remote desktop: both would count."
    ),
    "rustdesk-push.devices": _(
        "IDs, one after the other. Messages of other computers are kept aside. Empty: all that "
        "know the address."
    ),
    "rustdesk-push.networks": _(
        "Example: 192.168.1.0/24. Only from there messages are taken. Empty: from everywhere."
    ),
    "guacamole.url": _("Example: https://remote.example.com/guacamole"),
}
CHOICES: Words = {}  # by "slug.field.choice"
CREDENTIALS: Words = {
    "meshcentral": _("Login token"),
    "teamviewer": _("Script token"),
    "anydesk": _("API of the licence"),
    "rustdesk": _("API token"),
    "rustdesk-push": _("Who may send"),
    "guacamole": _("User account"),
}
REMARKS: Words = {  # beside the title of the credentials
    "meshcentral": _(
        "made in MeshCentral under “My account”, for an account that sees every group"
    ),
    "teamviewer": _("made in TeamViewer under “Edit profile”, “Apps”"),
    "anydesk": _("from AnyDesk’s support, for your licence"),
    "rustdesk": _("made in RustDesk’s web console under “Settings, Tokens”, with “Audit Log”"),
    "guacamole": _("one of Guacamole’s own, without a second factor, that may see the history"),
}
NEEDS: Words = {  # on the card of a tool: how sessions come, and what has to be at hand
    "meshcentral": _(
        "Your own server is asked, and tells sessions as they happen. Needs a login token of an "
        "account that sees every group."
    ),
    "teamviewer": _(
        "TeamViewer’s connection reports are asked. Needs a licence with connection reports and a "
        "script token."
    ),
    "anydesk": _(
        "AnyDesk is asked for the sessions of your licence. Needs the licence ID and the API "
        "password."
    ),
    "rustdesk": _(
        "Your own Server Pro is asked for its log of connections. Needs a token with the "
        "permission “Audit Log”."
    ),
    "rustdesk-push": _(
        "Without a Server Pro: the client on the customer’s computer tells of each connection. "
        "Needs one setting on every such computer."
    ),
    "guacamole": _(
        "Your own server is asked for its history. Needs an account that may see the history of "
        "all users."
    ),
    "webhook": _(
        "For everything else: a program of yours sends its sessions, signed with a key. Needs "
        "somebody who writes a few lines."
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
