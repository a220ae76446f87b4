"""The only writer of users, roles, switches, API tokens and stored answers."""

from canone.base.access.services.answers import (
    KeyReusedError,
    claim_answer,
    forget_answers,
    keep_answer,
    kept_answer,
)
from canone.base.access.services.erasing import erase, forget_answers_about
from canone.base.access.services.invitations import (
    ClosedError,
    accept_invitation,
    ask_second_factor,
    invite,
    use_invitation,
    withdraw_invitation,
)
from canone.base.access.services.provider import (
    Provider,
    note_disconnected,
    remove_provider,
    set_provider,
)
from canone.base.access.services.tokens import authenticate_token, create_token, revoke_token
from canone.base.access.services.users import (
    AlreadySetUpError,
    LastOwnerError,
    activate,
    create,
    create_first,
    deactivate,
    revise,
    set_password,
    set_roles,
    switch,
    update,
)

__all__ = [
    "AlreadySetUpError",
    "ClosedError",
    "KeyReusedError",
    "LastOwnerError",
    "Provider",
    "accept_invitation",
    "activate",
    "ask_second_factor",
    "authenticate_token",
    "claim_answer",
    "create",
    "create_first",
    "create_token",
    "deactivate",
    "erase",
    "forget_answers",
    "forget_answers_about",
    "invite",
    "keep_answer",
    "kept_answer",
    "note_disconnected",
    "remove_provider",
    "revise",
    "revoke_token",
    "set_password",
    "set_provider",
    "set_roles",
    "switch",
    "update",
    "use_invitation",
    "withdraw_invitation",
]
