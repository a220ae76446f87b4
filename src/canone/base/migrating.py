"""Makes the way through the migrations shorter: fields are copied, not taken apart and rebuilt.

At every step Django renders anew each model that something joins to the changed one, and for that
clones all their fields through what their constructors are told. With histories that point to
users nearly everything is joined to everything: half the time of a first start went there. The
fields of a migration's state belong to no model yet, so that a copy is the same field.
"""

from __future__ import annotations

import copy
from typing import Any, TypeVar

from django.db.models import Field, ForeignKey, ManyToManyField
from django.utils.functional import cached_property

AnyField = TypeVar("AnyField", bound="Field[Any, Any]")
_rebuilt = Field.clone
DERIVED = frozenset(
    name
    for kind in (*ForeignKey.__mro__, *ManyToManyField.__mro__)
    for name, value in vars(kind).items()
    if isinstance(value, cached_property)
)
"""What fields work out once and keep."""


def hasten() -> None:
    """Let fields of no model be cloned by copying; call it before anything migrates."""
    Field.clone = clone  # type: ignore[method-assign, assignment]


def clone(field: AnyField) -> AnyField:
    """Return an equal field with its own place in the order of making, as `Field.clone` does."""
    if hasattr(field, "model"):  # a copy would keep the model
        return _rebuilt(field)
    made = copy.deepcopy(field)
    for name in made.__dict__.keys() & DERIVED:
        del made.__dict__[name]  # worked out while what it relates to was but a name
    if made.auto_created:  # keys that Django adds by itself stand before all others
        made.creation_counter = Field.auto_creation_counter
        Field.auto_creation_counter -= 1
    else:
        made.creation_counter = Field.creation_counter
        Field.creation_counter += 1
    return made
