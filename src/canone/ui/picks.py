"""Choosing one row among thousands: a field that searches while one types.

Without scripts the text itself is looked up when the form is sent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from canone.ui import reading

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MOST = 12
TYPED = "_typed"
Find = Callable[[QuerySet[Any], str], QuerySet[Any]]


@dataclass(frozen=True, slots=True)
class Typed:
    """What a form sent: the id that was chosen, and the text that stood there."""

    pk: str
    text: str

    def __bool__(self) -> bool:
        return bool(self.pk or self.text)


class PickInput(forms.Widget):
    """A text field with the list of what fits below it, and the chosen id hidden beside."""

    template_name = "ui/pick.html"

    def __init__(self, url_name: str, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.url_name = url_name
        self.name_of: Callable[[str], str] = str

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Return what the template draws."""
        context = super().get_context(name, None, attrs)
        typed = value if isinstance(value, Typed) else Typed(str(value or ""), "")
        text = typed.text or (self.name_of(typed.pk) if typed.pk else "")
        context["widget"] |= {
            "pk": typed.pk,
            "text": text,
            "typed": f"{name}{TYPED}",
            "url": reverse(self.url_name),
        }
        return context

    def value_from_datadict(self, data: Mapping[str, Any], _files: Any, name: str) -> Typed:
        """Return id and text."""
        return Typed(str(data.get(name) or ""), str(data.get(f"{name}{TYPED}") or "").strip())

    def value_omitted_from_data(self, data: Mapping[str, Any], _files: Any, name: str) -> bool:
        """Whether neither was sent."""
        return name not in data and f"{name}{TYPED}" not in data


class SearchField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One row of `queryset`, searched by `find(rows, text)` at the page `url_name`."""

    def __init__(
        self,
        queryset: Any,
        *,
        url_name: str,
        find: Find,
        shown: Callable[[Any], str] = str,
        **options: Any,
    ) -> None:
        self.find, self.shown, self.url_name = find, shown, url_name
        options.setdefault("widget", PickInput(url_name))
        for passing in ("empty_label", "null_label", "null_value"):
            options.pop(passing, None)
        super().__init__(queryset, **options)

    def __deepcopy__(self, memo: dict[int, Any]) -> SearchField:
        copied: SearchField = super().__deepcopy__(memo)
        if isinstance(copied.widget, PickInput):
            copied.widget.name_of = copied.name_of
        return copied

    def name_of(self, pk: str) -> str:
        """Return the words of the row with that id; nothing when it is not among the rows."""
        row = self._row(pk)
        return "" if row is None else self.shown(row)

    def label_from_instance(self, obj: Any) -> str:
        """Return the row's words."""
        return self.shown(obj)

    def prepare_value(self, value: Any) -> Any:
        """Return what the widget shows."""
        return value.pk if isinstance(value, Model) else value

    def to_python(self, value: Any) -> Any:
        """Return the row: the chosen one, or the only one that the text finds."""
        typed = value if isinstance(value, Typed) else Typed(str(value or ""), "")
        if not typed:
            return None
        chosen = self._row(typed.pk)
        if chosen is not None and typed.text in ("", self.shown(chosen)):
            return chosen
        found = list(self.find(self._rows(), typed.text)[:2]) if typed.text else []
        if len(found) == 1:
            return found[0]
        if found:
            raise forms.ValidationError(
                _("More than one fits “%(text)s”: choose one of the list."),
                code="several",
                params={"text": typed.text},
            )
        raise forms.ValidationError(
            _("Nothing fits “%(text)s”."), code="invalid_choice", params={"text": typed.text}
        )

    def validate(self, value: Any) -> None:
        """Refuse nothing where something is needed."""
        forms.Field.validate(self, value)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether another row is chosen."""
        now = data.pk if isinstance(data, Typed) else str(data or "")
        return str(self.prepare_value(initial) or "") != now

    def _rows(self) -> QuerySet[Any]:
        return cast("QuerySet[Any]", self.queryset)

    def _row(self, pk: str) -> Any:
        return self._rows().filter(pk=pk).first() if reading.is_key(str(pk)) else None


@dataclass(frozen=True, slots=True)
class Option:
    """A row of the list below the field."""

    pk: Any
    words: str
    remark: StrOrPromise = ""


def answer(
    request: HttpRequest,
    rows: QuerySet[Any],
    find: Find,
    shown: Callable[[Any], str] = str,
    remark: Callable[[Any], str] = lambda _row: "",
) -> HttpResponse:
    """Return the list for what was typed (`q`): at most twelve rows, and whether there are more."""
    text = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    found = list((find(rows, text) if text else rows)[: MOST + 1])
    options = [Option(row.pk, shown(row), remark(row)) for row in found[:MOST]]
    more = len(found) > MOST
    return render(request, "ui/pick_options.html", {"options": options, "more": more})
