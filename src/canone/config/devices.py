"""Words for where somebody is signed in: browser, system, place."""

from __future__ import annotations

from ipaddress import ip_address

from django.utils.translation import gettext as _

BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def name(agent: str) -> str:
    """Return browser and system, as far as the browser tells."""
    known = [
        next((word for sign, word in signs if sign in agent), "") for signs in (BROWSERS, SYSTEMS)
    ]
    return ", ".join(word for word in known if word) or _("unknown device")


def place(address: str) -> str:
    """Return the network address, with the words for this machine and the house's network."""
    try:
        found = ip_address(address)
    except ValueError:
        return _("unknown place")
    if found.is_loopback:
        return _("this machine")
    if found.is_private:
        return _("own network, %(address)s") % {"address": address}
    return address
