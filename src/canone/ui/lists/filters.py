"""Filters that speak: each says in words what it leaves, and reads local dates and numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from canone.ui import formats, picks, zones
from canone.ui.fields import DateField

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Rows = QuerySet[Any]
ALL = _("All")


@dataclass(frozen=True, slots=True)
class Active:
    """A filter in use: its parameter, its words, the query string without it."""

    name: str
    words: str
    without: str


class _Speaking:
    """What our filters add to django-filter's."""

    label: Any
    size = "m"

    def words(self, value: Any) -> str:
        """Return what the filter leaves, for people."""
        return now_("%(label)s: %(value)s") % {"label": self.label, "value": value}


class TextFilter(_Speaking, django_filters.CharFilter):
    """Rows that hold every word of the text in one of `fields`."""

    def __init__(self, label: StrOrPromise, fields: Sequence[str], hint: StrOrPromise = "") -> None:
        self.searched = fields
        widget = forms.TextInput(attrs={"type": "search", "placeholder": hint})
        super().__init__(label=label, widget=widget)

    def filter(self, qs: Rows, value: str) -> Rows:
        """Return the rows that hold every word."""
        for word in (value or "").split()[:8]:
            qs = qs.filter(self.matches(word))
        return qs

    def matches(self, word: str) -> Q:
        """Return the test for one word."""
        return reduce(or_, (Q(**{f"{name}__icontains": word}) for name in self.searched))

    def words(self, value: Any) -> str:
        """Return the text in quotation marks."""
        return now_("“%(text)s”") % {"text": value}


class ChoiceFilter(_Speaking, django_filters.ChoiceFilter):
    """Rows with one of `choices`; `choices` may be a function, `method` may test otherwise."""

    def __init__(
        self,
        label: StrOrPromise,
        choices: Any,
        *,
        field: str | None = None,
        method: Callable[[Rows, str, Any], Rows] | str | None = None,
        every: StrOrPromise = ALL,
    ) -> None:
        self.options = choices
        super().__init__(
            label=label, choices=choices, field_name=field, method=method, empty_label=every
        )

    def words(self, value: Any) -> str:
        """Return the choice's word."""
        options = self.options() if callable(self.options) else self.options
        return str(dict(options).get(value, value))


class ModelFilter(_Speaking, django_filters.ModelChoiceFilter):
    """Rows that belong to one row of another table; `queryset` may be a function of the request."""

    def __init__(
        self,
        label: StrOrPromise,
        queryset: Any,
        *,
        field: str | None = None,
        shown: Callable[[Any], str] = str,
        every: StrOrPromise = ALL,
    ) -> None:
        self.shown = shown
        super().__init__(label=label, queryset=queryset, field_name=field, empty_label=every)

    @property
    def field(self) -> Any:
        """The form field, whose options read as `shown` says."""
        made = super().field
        made.label_from_instance = self.shown
        return made

    def words(self, value: Any) -> str:
        """Return the chosen row's name."""
        return self.shown(value)


class SearchFilter(_Speaking, django_filters.ModelChoiceFilter):
    """Rows that belong to one row of a large table, searched at the page `url_name`."""

    field_class = picks.SearchField

    def __init__(
        self,
        label: StrOrPromise,
        queryset: Any,
        *,
        url_name: str,
        find: picks.Find,
        shown: Callable[[Any], str] = str,
        field: str | None = None,
    ) -> None:
        self.shown = shown
        super().__init__(
            label=label,
            queryset=queryset,
            field_name=field,
            url_name=url_name,
            find=find,
            shown=shown,
        )

    def words(self, value: Any) -> str:
        """Return the chosen row's name."""
        return self.shown(value)


class YesFilter(_Speaking, django_filters.ChoiceFilter):
    """Rows where a condition holds or does not."""

    def __init__(
        self, label: StrOrPromise, *, field: str, yes: StrOrPromise = "", no: StrOrPromise = ""
    ) -> None:
        self.plain = bool(yes and no)
        self.options = [("yes", yes or _("Yes")), ("no", no or _("No"))]
        super().__init__(label=label, choices=self.options, field_name=field, empty_label=ALL)

    def filter(self, qs: Rows, value: str) -> Rows:
        """Return the rows on the chosen side."""
        return qs.filter(**{self.field_name: value == "yes"}) if value else qs

    def words(self, value: Any) -> str:
        """Return the answer; with its question where it is a mere yes or no."""
        answer = str(dict(self.options)[value])
        return answer if self.plain else super().words(answer)


class DayFilter(_Speaking, django_filters.Filter):
    """Rows from a day on (`first`) or up to it, on a date, or on an instant in the firm's zone."""

    field_class = DateField
    size = "s"

    def __init__(
        self, label: StrOrPromise, *, field: str, first: bool, instants: bool = False
    ) -> None:
        self.first, self.instants, self.column = first, instants, field
        super().__init__(label=label, field_name=field)

    def filter(self, qs: Rows, value: date | None) -> Rows:
        """Return the rows on the right side of the day."""
        if value is None:
            return qs
        edge: date | datetime = value if self.first else value + timedelta(days=1)
        if self.instants:
            edge = datetime.combine(edge, time(), tzinfo=zones.zone())
        return qs.filter(**{f"{self.column}__{'gte' if self.first else 'lt'}": edge})

    def words(self, value: date) -> str:
        """Return from or to which day."""
        shown = {"day": formats.date_of(value)}
        return now_("from %(day)s") % shown if self.first else now_("to %(day)s") % shown


class FilterSet(django_filters.FilterSet):
    """A list's filters in order."""

    def get_form_class(self) -> Any:
        """Return the form, whose fields know how wide they stand."""
        made = super().get_form_class()
        for name, chosen in self.filters.items():
            made.base_fields[name].filter_size = chosen.size
        return made

    def active(self, parameters: QueryDict) -> list[Active]:
        """Return the filters in use, in words."""
        if not self.is_bound:
            return []
        found = []
        _ = self.form.errors  # reads the data; faulty values are left out
        for name, tool in self.filters.items():
            value = self.form.cleaned_data.get(name)
            if value in (None, "", []):
                continue
            rest = parameters.copy()
            rest.pop(name, None)
            rest.pop(f"{name}{picks.TYPED}", None)
            rest.pop("page", None)
            found.append(Active(name, str(tool.words(value)), f"?{rest.urlencode()}"))
        return found
