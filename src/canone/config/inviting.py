"""Invitations made: the link, and the mail that brings it."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from canone.base.access import services
from canone.base.access.models import Invitation, User
from canone.base.firm import queries as firm
from canone.base.mail import registry
from canone.base.mail import services as mail
from canone.ui import formats

SAMPLE = {
    "name": "Sara Conti",
    "firm": "Lariotech Servizi S.r.l.",
    "inviter": "Olga Conti",
    "link": "https://canone.example/invitation/…/",
    "until": "08/12/2026 9:05",
}
KEY = registry.declare("config/invitation", gettext_lazy("Invitation of a user"), SAMPLE)


def invite(request: HttpRequest, user: User, *, by: User, by_mail: bool) -> tuple[Invitation, str]:
    """Return the invitation and its link, never shown again; it is mailed too if wanted.

    Earlier links end. Who is switched off is a ValidationError.
    """
    made, secret = services.invite(user=user, at=timezone.now(), by=by.pk)
    link = request.build_absolute_uri(reverse("invitation", args=[secret]))
    if by_mail:
        words = {
            "name": user.name,
            "firm": firm.firm().name,
            "inviter": by.name,
            "link": link,
            "until": formats.instant(made.expires_at, firm.zone()),
        }
        owner = f"access.user:{user.pk}"
        letter = mail.Letter(
            to=user.email, language=user.language, template=KEY, words=words, owner=owner
        )
        mail.queue(letter, at=made.made_at, by=by.pk)
    return made, link
