"""The server that takes our mail: read, entered, tried."""

from __future__ import annotations

from typing import Any, Literal

from django.utils import timezone
from django.utils.translation import gettext as _
from pydantic import Field

from canone.base.access.functions import SETTINGS
from canone.base.mail import queries, services
from canone.base.mail.queries import Server
from canone.config.web.mail_server import trial_text
from canone.ui import api

router = api.Router(tags=["mail"])
Security = Literal["starttls", "tls", "none"]


class MailServerOut(api.Schema):
    """The server as it was entered, its password never told; what the environment names is fixed.

    Without a server `host` is empty and mail waits.
    """

    host: str
    port: int
    security: Security
    username: str
    has_password: bool
    sender: str
    is_fixed: bool


class MailServerIn(api.Schema):
    """The server, whole. An empty password keeps the known one while host and user stay."""

    host: str = Field(min_length=1, max_length=200)
    port: int = Field(587, ge=1, le=65535)
    security: Security = "starttls"
    username: str = Field("", max_length=200)
    password: str = Field("", max_length=500)
    sender: str = Field("", max_length=254, description="empty: the firm's address")


class MailTried(api.Schema):
    """Whether the server took a message to the caller, and what it said when it did not."""

    taken: bool
    said: str


@router.get("/mail-server", response=MailServerOut, summary="Read the mail server")
@api.allows(SETTINGS)
def read_mail_server(request: api.Request) -> dict[str, Any]:  # noqa: ARG001 (the firm's)
    """Return where mail is handed over."""
    return _told()


@router.put("/mail-server", response=MailServerOut, summary="Enter the mail server")
@api.allows(SETTINGS, by_name=True)
def enter_mail_server(request: api.Request, body: MailServerIn) -> dict[str, Any]:
    """Return it as it is kept; what waits is tried at once. Named by the environment: 409."""
    if queries.from_environment():
        text = _("The environment names the server (CANONE_MAIL_URL): it is changed there.")
        raise api.Problem(409, "not_possible", text)
    said = queries.completed(Server(**body.model_dump()))
    services.set_server(said, at=timezone.now(), by=request.user.pk)
    return _told()


@router.post("/mail-server/try", response=MailTried, summary="Send a test through the mail server")
@api.allows(SETTINGS, by_name=True)
def try_mail_server(request: api.Request) -> dict[str, Any]:
    """Return what came of a message to the caller's own address; without a server a 409."""
    if not queries.is_set_up():
        raise api.Problem(409, "not_possible", _("Enter a server first."))
    said = services.try_server(None, to=request.user.email, text=trial_text())
    return {"taken": not said, "said": said}


def _told() -> dict[str, Any]:
    if queries.from_environment():
        server = queries.server()
        security = "starttls" if server["use_tls"] else "tls" if server["use_ssl"] else "none"
        return {
            **{name: server[name] or "" for name in ("host", "username")},
            "port": server["port"] or 0,
            "security": security,
            "has_password": bool(server["password"]),
            "sender": queries.sender(),
            "is_fixed": True,
        }
    row = queries.stored()
    if row is None:
        empty = {"host": "", "port": 0, "security": "none", "username": "", "sender": ""}
        return {**empty, "has_password": False, "is_fixed": False}
    names = ("host", "port", "security", "username", "sender")
    return {
        **{name: getattr(row, name) for name in names},
        "has_password": bool(row.password),
        "is_fixed": False,
    }
