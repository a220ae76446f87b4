"""The people of every access test."""

from __future__ import annotations

from dataclasses import dataclass

from tests.make import access

from canone.base.access.functions import Role
from canone.base.access.models import User


@dataclass(frozen=True, slots=True)
class People:
    """One of each; the stranger signs in, and holds no role at all."""

    owner: User
    colleague: User
    technician: User
    customer: User
    stranger: User


def people() -> People:
    """Return the five, saved."""
    return People(
        owner=access.user(Role.OWNER, email="owner@example.com", name="Olga Conti"),
        colleague=access.user(Role.BACK_OFFICE, email="office@example.com", name="Carla Villa"),
        technician=access.user(Role.TECHNICIAN, email="tech@example.com", name="Tito Galli"),
        customer=access.user(Role.CUSTOMER, email="customer@example.com", name="Nora Bianchi"),
        stranger=access.user(email="stranger@example.com", name="Ugo Neri"),
    )
