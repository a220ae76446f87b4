"""The forms for a code of the second factor, each with the count of wrong ones."""

from __future__ import annotations

from typing import Any

from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from django.core.exceptions import ValidationError
from django.utils.translation import ngettext

from canone.base.access.models import User
from canone.config.guesses import services


class Counted:
    """A form for a code of the app or a recovery code, that looks at so many only."""

    user: User

    def clean_code(self) -> str:
        """Return the code if it is right."""
        if not services.may_try(self.user):
            minutes = max(1, round(services.pause().total_seconds() / 60))
            told = ngettext(
                "Too many wrong codes. Try again in %(minutes)s minute.",
                "Too many wrong codes. Try again in %(minutes)s minutes.",
                minutes,
            )
            raise ValidationError(told % {"minutes": minutes}, code="too_many")
        parent: Any = super()
        code = str(parent.clean_code())
        services.forget(self.user)
        return code


class EnterForm(Counted, AuthenticateForm):
    """The code that is asked for after the password."""


class AgainForm(Counted, ReauthenticateForm):
    """The code that is asked for again before what matters."""
