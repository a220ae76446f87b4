"""How form controls look: the class, the unit and the kind of every widget."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms import BoundField
from django.forms.boundfield import BoundWidget
from django.utils.safestring import SafeString

NUMERIC = "cn-num"


def look(field: BoundField) -> str:
    """Return the kind of control: `switch`, `check`, `choices`, `hidden`, `text`."""
    widget = field.field.widget
    if isinstance(widget, forms.HiddenInput):
        return "hidden"
    if isinstance(widget, forms.CheckboxInput):
        return "switch" if widget.attrs.get("role") == "switch" else "check"
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "choices"
    return "text"


def unit(field: BoundField) -> str:
    """Return the unit that stands inside the field: `€`, minutes; empty where none."""
    return str(getattr(field.field, "unit", "") or "")


def render(field: BoundField) -> SafeString:
    """Return the control with its class; a fault colours it, help and fault are announced."""
    widget = field.field.widget
    attrs: dict[str, Any] = {}
    base = _class_of(widget)
    if base:
        names = [base, widget.attrs.get("class", "")]
        if field.errors:
            names.append("is-invalid")
        if isinstance(widget, forms.Textarea) and widget.attrs.get("rows") == "10":
            attrs["rows"] = "4"  # Django's default is higher than a note needs
        attrs["class"] = " ".join(name for name in names if name)
    return field.as_widget(attrs=attrs)


def options(field: BoundField) -> list[BoundWidget]:
    """Return the single choices of radio buttons or check boxes, with their class."""
    found: list[BoundWidget] = list(field)
    for option in found:
        attrs = option.data["attrs"]
        option.data["attrs"] = {**attrs, "class": "form-check-input"}
    return found


def _class_of(widget: forms.Widget) -> str:
    if isinstance(widget, forms.HiddenInput):
        return ""
    if isinstance(widget, forms.CheckboxInput | forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "form-check-input"
    if isinstance(widget, forms.Select):
        return "form-select"
    return "form-control"
