"""Users, their roles and switches, and what programs use in their name."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from canone.base.access import functions
from canone.base.access.functions import ROLE_NAMES, Role


class UserManager(BaseUserManager["User"]):
    """Creates users by their mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Return a new user; without a password nobody can sign in with one."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Return a new owner."""
        user = self.create_user(email, password, **fields)
        user.grants.create(role=Role.OWNER)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in."""

    class Density(models.TextChoices):
        COMPACT = "compact", _("Compact")
        ROOMY = "roomy", _("Roomy")

    class Theme(models.TextChoices):
        SYSTEM = "system", _("Like the system")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    email = models.EmailField(_("mail address"), unique=True)
    name = models.CharField(_("name"), max_length=150)
    aliases = models.JSONField(_("names in other tools"), default=list, blank=True)
    language = models.CharField(
        _("language"), max_length=5, choices=settings.LANGUAGES, default="it"
    )
    theme = models.CharField(_("theme"), max_length=8, choices=Theme.choices, default=Theme.SYSTEM)
    density = models.CharField(
        _("density"), max_length=8, choices=Density.choices, default=Density.COMPACT
    )
    single_keys = models.BooleanField(_("single-key shortcuts"), default=True)
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = False
    date_joined = models.DateTimeField(_("since"), auto_now_add=True)

    history = HistoricalRecords(excluded_fields=["password", "last_login"])

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = UserManager()

    @cached_property
    def roles(self) -> frozenset[Role]:
        """The roles the user holds, read once per request."""
        return frozenset(Role(grant.role) for grant in self.grants.all())

    @cached_property
    def switched(self) -> dict[str, bool]:
        """The functions an owner switched for this user."""
        return {switch.code: switch.allowed for switch in self.switches.all()}

    def may(self, code: str) -> bool:
        """Whether the user holds the function `code`; unknown codes are a KeyError."""
        function = functions.get(code)
        if not self.is_active:
            return False
        return self.switched.get(code, bool(self.roles & function.roles))

    def get_full_name(self) -> str:
        """Return the name that pages show."""
        return self.name

    def get_short_name(self) -> str:
        """Return the first name."""
        return self.name.split(" ")[0] if self.name else self.email

    @property
    def initials(self) -> str:
        """Up to two letters for the corner of the page."""
        words = [word for word in self.name.split() if word]
        return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words))


class RoleGrant(models.Model):
    """One role of one user."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=16, choices=[(r.value, n) for r, n in ROLE_NAMES.items()])

    class Meta:
        constraints = (models.UniqueConstraint(fields=["user", "role"], name="access_role_once"),)


class Invitation(models.Model):
    """The way in for somebody who chooses a password; only the digest of its secret is kept."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="invitation")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField(_("valid until"))
    withdrawn_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)

    def opens(self, at: datetime) -> bool:
        """Whether the link works at the instant."""
        closed = self.used_at or self.withdrawn_at or not self.user.is_active
        return not closed and at < self.expires_at


class RolePolicy(models.Model):
    """What the firm asks of everybody with a role."""

    role = models.CharField(max_length=16, unique=True)
    second_factor = models.BooleanField(default=False)


class IdentityProvider(models.Model):
    """Who else may say who somebody is: a provider of OpenID Connect; one row."""

    name = models.CharField(_("name"), max_length=60)
    issuer = models.CharField(_("issuer"), max_length=300)
    client_id = models.CharField(_("client id"), max_length=300)
    secret = models.TextField(blank=True, help_text="sealed")
    hosts = models.JSONField(_("further hosts"), default=list, blank=True)
    is_second_factor = models.BooleanField(_("stands for a second factor"), default=False)
    lets_invited_in = models.BooleanField(_("lets invited people in"), default=True)
    is_active = models.BooleanField(_("in use"), default=True)
    updated_at = models.DateTimeField()
    updated_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("changed by")
    )
    history = HistoricalRecords(excluded_fields=["secret"])

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(pk=1), name="access_one_provider"),
        )


class FunctionSwitch(models.Model):
    """A function that an owner allowed to, or took from, one user, whatever the roles say."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="switches")
    code = models.CharField(max_length=64)
    allowed = models.BooleanField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["user", "code"], name="access_switch_once"),)


class ApiToken(models.Model):
    """A key with which a program acts as its user, within its scopes; only its digest is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(_("name"), max_length=80)
    prefix = models.CharField(max_length=12, unique=True)
    digest = models.CharField(max_length=64)
    scopes = models.JSONField(help_text="codes of functions; everything the user may: *")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(_("valid until"), null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def covers(self, code: str) -> bool:
        """Whether the token may be used for the function `code`."""
        return "*" in self.scopes or code in self.scopes


class IdempotencyKey(models.Model):
    """The answer to a write that was already done, for when it is asked again."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=100)
    request_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    answer = models.TextField(blank=True)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["user", "key"], name="access_idempotency_once"),
        )
