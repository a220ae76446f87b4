"""The types of contracts: list, and a form with the fields that each adds."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any, cast

from django import forms as django_forms
from django.db.models import Count, QuerySet
from django.forms import BaseFormSet, formset_factory
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from canone.desks.contracts.models import ContractType
from canone.desks.contracts.permissions import SETTINGS
from canone.desks.contracts.rules import custom
from canone.desks.contracts.rules.custom import Kind
from canone.desks.contracts.services import types
from canone.desks.contracts.web import looks, shared
from canone.ui import forms, lists, pages
from canone.ui.heads import Action, Head, Link
from canone.ui.pages import PageRequest, page
from canone.ui.states import State

EMPTY = 3
KINDS = [
    (Kind.TEXT.value, _("Text")),
    (Kind.NUMBER.value, _("Number")),
    (Kind.DAY.value, _("Date")),
    (Kind.YES.value, _("Yes or no")),
    (Kind.CHOICE.value, _("One of a list")),
]


def _state(row: ContractType) -> State:
    return State("done", _("In use")) if row.is_active else State("idle", _("No longer used"))


def _url(row: ContractType) -> str:
    return reverse("contracts:type_edit", args=[row.pk])


class TypeTable(lists.Table):
    """One type a row."""

    state = lists.StateColumn(_("State"), _state, sort=("is_active",))
    name = lists.Name(_("Type"), "name", link=_url, sub=lambda row: row.code)
    own = lists.Number(_("Own fields"), lambda row: len(row.fields), sort=())
    contracts = lists.Number(_("Contracts"), "contracts_here", sort=("contracts_here",))


class TypeList(lists.List):
    """All types of contracts."""

    key = "contracts.types"
    title = _("Types of contracts")
    table, order, file_name = TypeTable, ("name",), "contract-types"

    def rows(self) -> QuerySet[Any]:
        """Return all types, with how many contracts each has."""
        return ContractType.objects.annotate(contracts_here=Count("contracts"))

    def row_label(self, record: ContractType) -> str:
        """Return the type's name."""
        return record.name

    def actions(self) -> list[Action]:
        """Return the way to a new type."""
        url = reverse("contracts:type_new")
        return [Action(now_("New type"), url, "plus", key="n", main=True)]

    def empty(self) -> lists.Empty:
        """Return what types are for."""
        text = now_("A type gives its contracts fields of their own and conditions to begin with.")
        return lists.Empty(now_("No types yet"), text, self.actions())


class TypeForm(forms.ModelForm):
    """A type; its own fields stand below."""

    guard = True
    panels = (forms.Panel(_("Type"), ["code", "name", "conditions", "is_active"]),)
    is_active = forms.SwitchField(label=_("In use"), initial=True, required=False)

    class Meta:
        model = ContractType
        fields = ["code", "name", "conditions", "is_active"]
        help_texts = {"conditions": _("New contracts of this type begin with them.")}

    def _post_clean(self) -> None:
        """Leave the row as it is: the service writes it, and says what is wrong."""


class OwnFieldForm(forms.Form):
    """A field that the type adds; a row without a label is none."""

    label = django_forms.CharField(label=_("Label"), max_length=120, required=False)
    kind = django_forms.ChoiceField(label=_("Holds"), choices=KINDS, required=False)
    choices = django_forms.CharField(
        label=_("Choices"), max_length=1_000, required=False, help_text=_("Separated by commas.")
    )
    key = django_forms.CharField(
        label=_("Key"),
        max_length=30,
        required=False,
        help_text=_("For programs; empty: made of the label. It stays when the label changes."),
    )
    required = forms.SwitchField(label=_("It has to be filled in"), required=False)

    def clean(self) -> dict[str, Any]:
        """Ask for what a field needs."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("label"):
            data["key"] = data.get("key") or key_of(data["label"])
            if not custom.KEY.fullmatch(data["key"]):
                text = _("A key has small letters, digits and _, and begins with a letter.")
                self.add_error("key", text)
            if data.get("kind") == Kind.CHOICE and not _listed(data.get("choices", "")):
                self.add_error("choices", _("Write the choices."))
        return data


class OwnFieldsBase(BaseFormSet[OwnFieldForm]):
    """The fields of a type, each key once."""

    def clean(self) -> None:
        """Refuse a key that stands in two rows."""
        seen: set[str] = set()
        for form in self.forms:
            data = getattr(form, "cleaned_data", {})
            if data.get("label") and data.get("key") in seen:
                form.add_error("key", _("Another field has this key."))
            seen.add(data.get("key", ""))

    @property
    def values(self) -> list[dict[str, Any]]:
        """Return the fields as the type keeps them."""
        return list(self._values())

    def _values(self) -> Iterator[dict[str, Any]]:
        for form in self.forms:
            data = form.cleaned_data
            if not data.get("label"):
                continue
            found = {"key": data["key"], "label": data["label"], "kind": data["kind"] or "text"}
            if found["kind"] == Kind.CHOICE:
                found["choices"] = _listed(data["choices"])
            yield found | {"required": data["required"]}


OwnFields = cast(
    "type[OwnFieldsBase]",
    formset_factory(
        OwnFieldForm,
        formset=OwnFieldsBase,
        extra=0,
        max_num=custom.MOST_FIELDS,
        absolute_max=custom.MOST_FIELDS,
    ),
)


def key_of(label: str) -> str:
    """Return a key made of a label: `Numero impianto` is `numero_impianto`."""
    plain = unicodedata.normalize("NFKD", label.casefold()).encode("ascii", "ignore").decode()
    key = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:30]
    return key if key[:1].isalpha() else f"f_{key}"[:30].rstrip("_")


def _listed(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _rows(row: ContractType | None) -> list[dict[str, Any]]:
    known: list[dict[str, Any]] = [
        {**one, "choices": ", ".join(one.get("choices") or [])}
        for one in (row.fields if row else [])
    ]
    room = max(custom.MOST_FIELDS - len(known), 0)
    return known + [{} for _number in range(min(EMPTY, room))]


@page(SETTINGS)
def listing(request: PageRequest) -> HttpResponseBase:
    """Return the list of types."""
    return TypeList(request).response()


@page(SETTINGS)
def edit(request: PageRequest, pk: int | None = None) -> HttpResponse:
    """Return the form of a type, or the list after saving."""
    row = get_object_or_404(ContractType, pk=pk) if pk else None
    form = TypeForm(request.POST or None, instance=row)
    own = OwnFields(request.POST or None, initial=_rows(row), prefix="own")
    back = reverse("contracts:types")
    head = Head(row.name if row else now_("New type"), crumbs=[Link(TypeList.title, back)])
    if request.method == "POST":
        conflict = form.conflict(who=lambda: looks.last_change(row)) if row else None
        if conflict:
            return forms.conflicted(request, form, conflict, head, reload=request.path)
        if (
            form.is_valid()
            and own.is_valid()
            and shared.saved(form, lambda: _save(request, form, own))
        ):
            return pages.done(request, now_("Saved."), back)
    buttons = forms.Buttons(now_("Save the type"), cancel=back)
    parts = {"form": form, "own": own, "buttons": buttons}
    status = 422 if form.is_bound else 200
    return pages.render(request, "contracts/type.html", head, status=status, **parts)


def _save(request: PageRequest, form: TypeForm, own: OwnFieldsBase) -> None:
    values = {name: form.cleaned_data[name] for name in ("code", "name", "conditions", "is_active")}
    values["fields"] = own.values
    stamp: dict[str, Any] = {"at": timezone.now(), "by": request.user.pk}
    if form.instance.pk:
        types.update(type_id=form.instance.pk, **stamp, **values)
    else:
        types.create(**stamp, **values)
