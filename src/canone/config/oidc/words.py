"""What went wrong with the provider, in the reader's language, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

REFUSED: dict[str, StrOrPromise] = {
    "cancelled": _("Signing in was broken off. Nothing has happened."),
    "lost": _("This attempt is no longer valid: it was too old, or begun elsewhere. Begin again."),
    "unverified": _(
        "%(provider)s does not vouch for your mail address. Have it confirmed there, or sign in "
        "with your password."
    ),
    "unknown": _(
        "Nobody here has the address %(email)s. The owner of the firm can add or invite you."
    ),
    "password_first": _("Choose a password first, with the link of your invitation."),
    "invitation_closed": _(
        "Your invitation was withdrawn or has run out. Ask the owner for a new one."
    ),
    "other_subject": _(
        "Another account at %(provider)s is connected with this address. The owner can take that "
        "connection away on your user’s page."
    ),
    "somebody_else": _("%(provider)s says that you are somebody else than who is signed in here."),
    "not_asked_again": _(
        "%(provider)s did not ask you again who you are. Sign out here and in again."
    ),
    "expired": _(
        "The answer of %(provider)s has run out. If this happens again, the clocks differ: the "
        "owner should have a look."
    ),
    "untrusted": _("The answer of %(provider)s cannot be trusted: it is not meant for this try."),
}
"""Why a person was not let in."""
TROUBLES: dict[str, StrOrPromise] = {
    "unreachable": _("%(provider)s cannot be reached: %(reason)s."),
    "silent": _("%(provider)s does not answer."),
    "redirected": _(
        "%(provider)s sends to another address (%(place)s). Enter the final one as its issuer."
    ),
    "certificate_unknown": _(
        "The certificate of %(provider)s is not known to this machine (%(reason)s)."
    ),
    "refused": _("%(provider)s refuses client id or secret. Check both."),
    "rate_limited": _("%(provider)s was asked too often. Try again in some minutes."),
    "server_fault": _("%(provider)s has a fault of its own (answer %(status)s)."),
    "odd_answer": _("%(provider)s answered %(status)s to %(action)s. Check the address."),
    "address": _(
        "“%(url)s” is no address that can be asked. It starts with https:// like the issuer "
        "(http:// only inside the house)."
    ),
    "other_host": _(
        "%(provider)s also uses %(host)s. Nothing is asked there until it stands under “Further "
        "hosts”."
    ),
    "other_issuer": _(
        "The provider calls itself “%(said)s”: enter exactly this as the address of the issuer."
    ),
    "not_described": _("The description of %(provider)s lacks “%(name)s”: it cannot be used."),
    "secret_unreadable": _(
        "The secret was sealed by another installation and cannot be opened here. Enter it again."
    ),
}
"""Why the provider is of no use now."""
OTHERWISE = _("The answer of %(provider)s makes no sense. Is this a provider of OpenID Connect?")


def of(code: str, values: Mapping[str, object], provider: str) -> str:
    """Return the words for a code."""
    text = REFUSED.get(code) or TROUBLES.get(code) or OTHERWISE
    return str(text) % {"provider": provider, **values}
