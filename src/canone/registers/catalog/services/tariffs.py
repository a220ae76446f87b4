"""Tariffs and their versions."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from canone.base.events import services as events
from canone.registers.catalog.events import TariffRevised
from canone.registers.catalog.models import Tariff, TariffVersion
from canone.registers.catalog.rules import codec
from canone.registers.catalog.rules.terms import Problem, Terms, check


class ImpossibleTermsError(ValueError):
    """The terms cannot be; `problems` says at which fields and why."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"{p.field}: {p.code}" for p in problems))
        self.problems = problems


class StaleTariffError(ValueError):
    """Somebody else saved a version meanwhile; `version` is theirs."""

    def __init__(self, version: TariffVersion) -> None:
        super().__init__(f"version {version.number} was saved meanwhile")
        self.version = version


@transaction.atomic
def create(*, name: str, terms: Terms, at: datetime, by: int | None) -> Tariff:
    """Return a new tariff with its version 1; a taken name is a ValidationError under `name`.

    Raises ImpossibleTermsError.
    """
    _refuse_impossible(terms)
    tariff = Tariff(name=name.strip(), kind=terms.kind.value)
    tariff.full_clean()
    tariff.save()
    _append(tariff, 1, terms, at, by)
    return tariff


@transaction.atomic
def revise(
    *,
    tariff: Tariff,
    terms: Terms,
    at: datetime,
    by: int | None,
    seen: int | None = None,
) -> TariffVersion:
    """Return the tariff's new version, or the latest one where nothing would change.

    `seen` is the number of the version the change was made from: a newer one is a
    StaleTariffError. Raises ImpossibleTermsError, and ValidationError for another kind.
    """
    _refuse_impossible(terms)
    locked = Tariff.objects.select_for_update().get(pk=tariff.pk)
    if terms.kind.value != locked.kind:
        raise ValidationError({"kind": _("The kind of a profile stays. Make a new profile.")})
    latest = locked.versions.select_related("tariff").order_by("-number")[0]
    if seen is not None and seen != latest.number:
        raise StaleTariffError(latest)
    if latest.terms() == terms:
        return latest
    version = _append(locked, latest.number + 1, terms, max(at, latest.valid_from), by)
    events.publish(TariffRevised(locked.pk, version.number))
    return version


@transaction.atomic
def rename(*, tariff: Tariff, name: str) -> Tariff:
    """Return the tariff under its new name; a taken one is a ValidationError under `name`."""
    tariff.name = name.strip()
    tariff.full_clean()
    tariff.save()
    return tariff


@transaction.atomic
def activate(*, tariff: Tariff, active: bool) -> Tariff:
    """Return the tariff, offered for new assignments or no longer; what is assigned stays."""
    if tariff.is_active != active:
        tariff.is_active = active
        tariff.save()
    return tariff


@transaction.atomic
def duplicate(*, tariff: Tariff, name: str, at: datetime, by: int | None) -> Tariff:
    """Return a new tariff with the terms of this one's latest version, under another name."""
    latest = tariff.versions.select_related("tariff").order_by("-number")[0]
    return create(name=name, terms=latest.terms(), at=at, by=by)


def _refuse_impossible(terms: Terms) -> None:
    if problems := check(terms):
        raise ImpossibleTermsError(problems)


def _append(
    tariff: Tariff, number: int, terms: Terms, at: datetime, by: int | None
) -> TariffVersion:
    return TariffVersion.objects.create(
        tariff=tariff,
        number=number,
        valid_from=at,
        minimum_minutes=terms.minimum_minutes,
        initial_minutes=terms.initial_minutes,
        initial_price=terms.initial_price,
        step_minutes=terms.step_minutes,
        step_price=terms.step_price,
        total_minutes=terms.total_minutes,
        amount=terms.amount,
        options=codec.options(terms),
        created_by_id=by,
    )
