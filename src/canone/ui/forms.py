"""Forms: panels of fields, all faults at once, input kept, consequences first, no lost updates."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core import signing
from django.forms import BoundField
from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext as now_

from canone.ui import pages
from canone.ui.fields import (
    DateField,
    DurationField,
    InstantField,
    MinutesField,
    MoneyField,
    NumberField,
    PercentField,
    PickField,
    SwitchField,
    UnitPriceField,
    WholeField,
)
from canone.ui.heads import Head
from canone.ui.picks import SearchField

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

__all__ = [
    "Buttons",
    "Conflict",
    "DateField",
    "Difference",
    "DurationField",
    "Form",
    "InstantField",
    "MinutesField",
    "ModelForm",
    "MoneyField",
    "NumberField",
    "Panel",
    "PercentField",
    "PickField",
    "Renderer",
    "SearchField",
    "ShownPanel",
    "SwitchField",
    "UnitPriceField",
    "WholeField",
    "conflicted",
    "render",
]
SEEN = "seen"


class Renderer(TemplatesSetting):
    """Draws every form and field with the kit's templates."""

    form_template_name = "ui/form.html"
    field_template_name = "ui/field.html"


@dataclass(frozen=True, slots=True)
class Panel:
    """Fields that belong together; `columns` sets them side by side, `template` stands below."""

    title: StrOrPromise
    fields: Sequence[str]
    remark: StrOrPromise = ""
    columns: bool = False
    template: str = ""


@dataclass(frozen=True, slots=True)
class ShownPanel:
    """A panel with its bound fields."""

    title: StrOrPromise
    fields: Sequence[BoundField]
    remark: StrOrPromise
    columns: bool
    template: str


@dataclass(frozen=True, slots=True)
class Fault:
    """A field that needs correcting and the id that a link leads to."""

    label: str
    target: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that two people changed: its words, ours and theirs as text."""

    label: str
    mine: str
    theirs: str
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Conflict:
    """Somebody saved meanwhile: who, when (as text), and what differs."""

    who: str
    when: str
    differences: Sequence[Difference]


class _Kit:
    """What the kit adds to Django's forms."""

    panels: ClassVar[Sequence[Panel]] = ()
    fields: dict[str, forms.Field]
    errors: Any
    required_css_class = ""

    def get_context(self) -> dict[str, Any]:
        """Return what `ui/form.html` needs."""
        return {"form": self, **super().get_context()}  # type: ignore[misc]

    @property
    def panels_shown(self) -> list[ShownPanel]:
        """The panels with their fields; fields that no panel names come in a last one."""
        named = {name for panel in self.panels for name in panel.fields}
        rest = [name for name in self.fields if name not in named]
        panels = [*self.panels, *([Panel("", rest)] if rest else [])]
        shown = [
            ShownPanel(
                panel.title,
                [self._bound(name) for name in panel.fields if name in self.fields],
                panel.remark,
                panel.columns,
                panel.template,
            )
            for panel in panels
        ]
        return [panel for panel in shown if any(not field.is_hidden for field in panel.fields)]

    @property
    def faults(self) -> list[Fault]:
        """The fields to correct, in the order of the page."""
        bound = [self._bound(name) for name in self.fields if name in self.errors]
        return [Fault(str(field.label), field.id_for_label or field.auto_id) for field in bound]

    def _bound(self, name: str) -> BoundField:
        field: BoundField = self[name]  # type: ignore[index]
        field.field.quiet = isinstance(field.field, forms.BooleanField)  # type: ignore[attr-defined]
        return field


class _Guard(_Kit):
    """No lost updates: a form that carries what its user saw, and tells what was saved since."""

    unguarded: ClassVar[Sequence[str]] = ()
    """Fields that hold nothing of what is stored, such as the day from which a change holds."""
    is_bound: bool
    initial: Any
    add_prefix: Any
    get_initial_for_field: Any

    def carry_seen(self, seal: str = "") -> None:
        """Carry from now on what the user sees: of all fields there are in the end, or by seal."""
        self.fields[SEEN] = forms.CharField(
            widget=forms.HiddenInput, required=False, initial=seal or self.resealed
        )

    @cached_property
    def stored(self) -> dict[str, Any]:
        """The values as they were read, for comparison."""
        names = [name for name in self.fields if name not in {SEEN, *self.unguarded}]
        return {name: _plain(self.get_initial_for_field(self.fields[name], name)) for name in names}

    def conflict(self, *, who: Callable[[], tuple[str, str]] = lambda: ("", "")) -> Conflict | None:
        """Return what somebody else saved since this form was shown; None if nobody did.

        `who` answers name and time of the last change, and is asked only in a conflict.
        """
        if not self.is_bound or SEEN not in self.fields:
            return None
        seen = self._unsealed(str(self._sent.get(self.add_prefix(SEEN), "")))
        changed = [name for name, value in self.stored.items() if seen.get(name) != _hash(value)]
        found = [self.difference(name) for name in changed]
        differing = [one for one in found if one.mine != one.theirs]
        return Conflict(*who(), differing) if differing else None

    def difference(self, name: str) -> Difference:
        """Return what this form was sent with for a field, and what is stored by now."""
        field = self.fields[name]
        sent = field.widget.value_from_datadict(self._sent, {}, self.add_prefix(name))
        return Difference(
            str(field.label),
            _text(field, sent),
            _text(field, self.initial.get(name)),
            bool(getattr(field, "numeric", False)),
        )

    def resealed(self) -> str:
        """Return a fresh seal, for the button that replaces their values with mine."""
        return signing.dumps({name: _hash(value) for name, value in self.stored.items()})

    @property
    def _sent(self) -> Any:
        return self.data  # type: ignore[attr-defined]

    def _unsealed(self, text: str) -> dict[str, str]:
        try:
            seen: dict[str, str] = signing.loads(text)
        except signing.BadSignature:
            return {}
        return seen


def _text(field: forms.Field, value: Any) -> str:
    """Return the value of a field as a page shows it."""
    if isinstance(field, forms.BooleanField):
        return now_("Yes") if value else now_("No")
    if isinstance(field, forms.ModelChoiceField):
        key = getattr(value, "pk", value)
        found = field.queryset.filter(pk=key).first() if key and field.queryset else None
        return field.label_from_instance(found) if found else "–"
    choices = {str(key): words for key, words in getattr(field, "choices", None) or []}
    if isinstance(value, list | tuple):
        return ", ".join(str(choices.get(str(one), one)) for one in value) or "–"
    if choices:
        return str(choices.get(str(value), value))
    return str(field.prepare_value(value) if value not in (None, "") else "–")


class Form(_Guard, forms.Form):
    """A form of the kit; one about something stored may `carry_seen`."""


class ModelForm(_Guard, forms.ModelForm):  # type: ignore[type-arg]
    """A form over a model; saving goes through the context's services, not through `save()`.

    With `guard = True` it carries what its user saw; `conflict(fresh)` tells what somebody else
    saved since.
    """

    guard: ClassVar[bool] = False

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.guard and self.instance.pk:
            self.carry_seen(self.resealed())


@dataclass(frozen=True, slots=True)
class Buttons:
    """The save bar: what saving is called, where cancelling leads, and what it is called.

    Where saving undoes something, "Cancel" would be mistaken for it: `leave` says otherwise.
    """

    submit: StrOrPromise
    cancel: str = ""
    leave: StrOrPromise = ""


def render(
    request: HttpRequest,
    form: forms.BaseForm,
    head: Head,
    buttons: Buttons,
    template: str = "ui/form_page.html",
    **context: object,
) -> HttpResponse:
    """Return the form's page; 422 when it was sent with faults.

    In `context`, `preview` is an address that gets the form on every change and answers the panel
    beside it; `consequences` says, above the form, what saving will touch.
    """
    status = 422 if form.is_bound and form.errors else 200
    parts = {"form": form, "buttons": buttons, **context}
    return pages.render(request, template, head, status=status, **parts)


def conflicted(
    request: HttpRequest,
    form: Form | ModelForm,
    conflict: Conflict,
    head: Head,
    *,
    reload: str,
) -> HttpResponse:
    """Return the page that lets the user choose between both values; status 409."""
    sent = [
        (name, value)
        for name in request.POST
        if name not in ("csrfmiddlewaretoken", form.add_prefix(SEEN))
        for value in request.POST.getlist(name)
    ]
    sent.append((form.add_prefix(SEEN), form.resealed()))
    return pages.render(
        request, "ui/conflict.html", head, status=409, conflict=conflict, sent=sent, reload=reload
    )


def _plain(value: Any) -> str:
    return json.dumps(value, default=lambda one: str(getattr(one, "pk", one)), sort_keys=True)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
