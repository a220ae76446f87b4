"""How machines and readings look: addresses, states, words."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from canone.base.access.models import User
from canone.registers.assets import queries
from canone.registers.assets.models import Asset, Meter, Reading
from canone.ui import formats, forms
from canone.ui.heads import Link
from canone.ui.states import State

LIST = _("Machines")
ACTIVE = State("done", _("Active"))
INACTIVE = State("idle", _("Not active"))


def state(row: Any) -> State:
    """Return whether a machine or a meter is in use."""
    return ACTIVE if row.is_active else INACTIVE


def asset_url(asset: Asset) -> str:
    """Return the address of a machine's page."""
    return reverse("assets:detail", args=[asset.pk])


def kind(asset: Asset) -> str:
    """Return maker and model."""
    return " ".join(part for part in (asset.maker, asset.model) if part)


def sub(asset: Asset) -> str:
    """Return what stands below a machine's name: serial number, maker and model."""
    return " · ".join(part for part in (asset.serial, kind(asset)) if part)


def value(reading: Reading | None, meter: Meter) -> str:
    """Return what a meter showed, with its unit; what it began at where it was never read."""
    shown = formats.number(reading.value if reading is not None else meter.opening)
    return f"{shown} {meter.unit}".strip()


def find(user: User, pk: int) -> Asset:
    """Return the machine; what its user may not see does not exist."""
    try:
        return queries.in_full(pk, user)
    except Asset.DoesNotExist:
        raise Http404 from None


def find_meter(user: User, pk: int) -> Meter:
    """Return the meter of a machine that `user` may see."""
    found = queries.meters_of(user).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def crumbs(asset: Asset | None = None, *more: Link) -> list[Link]:
    """Return the way from the list of machines to a page."""
    found = [Link(LIST, reverse("assets:list"))]
    if asset is not None:
        found.append(Link(asset.name, asset_url(asset) if more else ""))
    return [*found, *more]


def tell(form: forms.Form | forms.ModelForm, error: ValidationError) -> None:
    """Put a service's faults to the fields of the form; what has no field goes on top."""
    for name, faults in error.update_error_dict({}).items():
        for text in (text for one in faults for text in one.messages):
            form.add_error(name if name in form.fields else None, text)
