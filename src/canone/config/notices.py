"""Mail that tells somebody what changed about their access, so that a thief is noticed."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from canone.base.access.models import User
from canone.base.firm import queries as firm
from canone.base.mail import registry, services
from canone.config import devices
from canone.ui import formats

SAMPLE = {
    "name": "Sara Conti",
    "firm": "Lariotech Servizi S.r.l.",
    "what": "Password",
    "when": "01/12/2026 9:05",
    "device": "Firefox, Linux",
    "place": "192.0.2.7",
}
KEY = registry.declare("config/notice", gettext_lazy("Something changed about an access"), SAMPLE)
WHAT = {
    "password_changed": gettext_lazy("the password was changed"),
    "password_set": gettext_lazy("the password was set"),
    "password_reset": gettext_lazy("the password was chosen anew through a link"),
    "totp_activated": gettext_lazy("codes by app were switched on"),
    "totp_deactivated": gettext_lazy("codes by app were switched off"),
    "recovery_codes_generated": gettext_lazy("new recovery codes were made"),
    "webauthn_added": gettext_lazy("a passkey or security key was added"),
    "webauthn_removed": gettext_lazy("a passkey or security key was removed"),
    "account_connected": gettext_lazy("sign-in through another service was connected"),
    "account_disconnected": gettext_lazy("sign-in through another service was taken away"),
    "factors_removed": gettext_lazy("an owner took the second factors away"),
    "mail_changed": gettext_lazy("the mail address was changed"),
}


def send(request: HttpRequest, user: User, kind: str, *, to: str) -> None:
    """Return nothing; the user is mailed what changed, when, and from where, in their language."""
    now = timezone.now()
    with translation.override(user.language):
        words = {
            "name": user.name,
            "firm": firm.firm().name,
            "what": str(WHAT.get(kind) or _("something about the access was changed")),
            "when": formats.instant(now, firm.zone()),
            "device": devices.name(request.META.get("HTTP_USER_AGENT", "")),
            "place": devices.place(request.META.get("REMOTE_ADDR", "")),
        }
    letter = services.Letter(
        to=to, language=user.language, template=KEY, words=words, owner=f"access.user:{user.pk}"
    )
    services.queue(letter, at=now, by=None)
