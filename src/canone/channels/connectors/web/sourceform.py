"""The form of a source, made from what its tool asks for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms as plain
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from canone.channels.connectors.models import Source
from canone.channels.connectors.queries import naming
from canone.channels.connectors.rules.kinds import Description, Field
from canone.channels.connectors.services.checking import Connection, checked
from canone.ui import forms

COMMON = ("fingerprint", "authority", "interval_minutes", "first_day", "retention_days", "live")


class SourceForm(forms.Form):
    """A source as its owner describes it; the tool's own fields stand between the common ones."""

    title = plain.CharField(label=_("Name"), max_length=80)
    url = plain.CharField(label=_("Address"), max_length=300)
    fingerprint = plain.CharField(
        label=_("Fingerprint (SHA-256)"),
        max_length=200,
        required=False,
        help_text=_("“Try the connection” shows the one of the server: compare before you accept."),
    )
    authority = plain.CharField(
        label=_("Certificate of your own authority (PEM)"),
        max_length=20_000,
        required=False,
        widget=plain.Textarea(attrs={"rows": 4}),
    )
    kinds = plain.MultipleChoiceField(
        label=_("Sessions that count"), widget=plain.CheckboxSelectMultiple
    )
    first_day = forms.DateField(
        label=_("Sessions from"),
        required=False,
        help_text=_("Empty: everything that the server still remembers."),
    )
    interval_minutes = forms.WholeField(
        label=_("Fetch every"), minimum=1, maximum=1440, unit=_("minutes")
    )
    live = forms.SwitchField(label=_("Also fetch as sessions start and end"), required=False)
    retention_days = forms.WholeField(
        label=_("The server remembers"), minimum=1, maximum=3650, unit=_("days")
    )

    def __init__(
        self, tool: Description, data: Any = None, *, known: Source | None = None, **more: Any
    ) -> None:
        super().__init__(data, **more)
        self.tool, self.known = tool, known
        for name in _unasked(tool):
            del self.fields[name]
        for asked in tool.fields:
            self.fields[asked.name] = _field(tool, asked, known)
        if tool.kinds:
            self.fields["kinds"].choices = [(k, naming.KINDS.get(k, k)) for k in tool.kinds]  # type: ignore[attr-defined]
        for name, field in self.fields.items():
            field.help_text = field.help_text or naming.help_text(tool, name)
        if tool.receives:
            self.fields["first_day"].help_text = now_("Empty: everything that arrives.")
        self.panels = _panels(tool)  # type: ignore[misc]
        self.initial = _initial(tool, known)

    def clean(self) -> dict[str, Any]:
        """Return what was entered, checked as the services check it."""
        cleaned = dict(super().clean() or self.cleaned_data)
        if not self.errors:
            try:
                checked(self.connection(), self.known)
            except plain.ValidationError as faults:
                self.add_error(None, faults)
        return cleaned

    def connection(self) -> Connection:
        """Return the description that services take."""
        said = self.cleaned_data
        return Connection(
            tool=self.tool.slug,
            title=said["title"],
            url=said.get("url", ""),
            fields={name: said[name] for name in self.tool.settings},
            secrets={name: said[name] for name in self.tool.secrets},
            kinds=frozenset(said["kinds"]) if "kinds" in said else None,
            **{name: said[name] for name in COMMON if name in said},
        )


def _unasked(tool: Description) -> list[str]:
    """Return the common fields that mean nothing for the tool."""
    out = []
    if tool.receives:
        out += ["url", "interval_minutes", "retention_days"]
    if not tool.own_server:
        out += ["fingerprint", "authority"]
    if not tool.kinds:
        out.append("kinds")
    if not tool.listens:
        out.append("live")
    return out


def _field(tool: Description, asked: Field, known: Source | None) -> plain.Field:
    words: dict[str, Any] = {
        "label": naming.label(tool, asked.name),
        "help_text": naming.help_text(tool, asked.name),
        "required": asked.required,
    }
    if asked.switch:
        return forms.SwitchField(**words | {"required": False})
    if asked.choices:
        offered = [(value, naming.choice(tool, asked.name, value)) for value in asked.choices]
        return plain.ChoiceField(choices=offered, **words)
    if not asked.secret:
        return plain.CharField(max_length=asked.longest, **words)
    if known is not None:
        words |= {"required": False, "help_text": now_("Empty: it stays as it is.")}
    hidden = plain.PasswordInput(attrs={"autocomplete": "new-password"})
    return plain.CharField(max_length=asked.longest, widget=hidden, **words)


def _panels(tool: Description) -> Sequence[forms.Panel]:
    asked = [field.name for field in tool.fields if not field.switch]
    switches = [field.name for field in tool.fields if field.switch]
    title = naming.CREDENTIALS.get(tool.slug, _("Credentials"))
    remark = naming.REMARKS.get(tool.slug, "")
    own = _("only if the server’s certificate is its own")
    panels = [
        forms.Panel(_("Source") if tool.receives else _("Server"), ["title", "url"]),
        forms.Panel(title, asked, remark=remark, columns=True) if asked else None,
        forms.Panel(_("Certificate"), ["fingerprint", "authority"], remark=own),
        forms.Panel(_("What counts"), ["kinds", *switches, "first_day"]),
        forms.Panel(_("How often"), ["interval_minutes", "live", "retention_days"]),
    ]
    unasked = {*_unasked(tool)}
    return [panel for panel in panels if panel and not unasked.issuperset(panel.fields)]


def _initial(tool: Description, known: Source | None) -> dict[str, Any]:
    if known is None:
        return {
            "url": tool.url,
            "kinds": sorted(tool.counted),
            "interval_minutes": tool.minutes,
            "retention_days": tool.forgets,
            "live": tool.listens,
            **{field.name: field.empty for field in tool.fields if not field.secret},
        }
    plainly = {"title": known.title, "url": known.url, "interval_minutes": known.interval_minutes}
    return {**known.settings, **plainly}
