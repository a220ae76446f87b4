"""The form of the second step: which column is which field, how cells are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import available_timezones

from django import forms as django_forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from canone.base.exchange import readers
from canone.base.exchange.importers import FieldKind, Importer
from canone.base.exchange.models import ImportBatch
from canone.base.exchange.queries import Proposal
from canone.base.exchange.readers import Wish
from canone.base.exchange.rules.durations import DurationUnit
from canone.base.exchange.rules.moments import DateOrder
from canone.base.exchange.rules.rows import Notation, RawRow
from canone.base.exchange.services import Choice
from canone.base.exchange.services.batches import SOURCE_LENGTH
from canone.ui import forms

ORDERS = [
    (DateOrder.DAY_FIRST, gettext_lazy("21/11/2026 (day first)")),
    (DateOrder.MONTH_FIRST, gettext_lazy("11/21/2026 (month first)")),
    (DateOrder.YEAR_FIRST, gettext_lazy("2026-11-21 (year first)")),
    (DateOrder.EXCEL, gettext_lazy("46347.5 (Excel’s days)")),
    (DateOrder.UNIX, gettext_lazy("1795248131 (seconds since 1970)")),
    (DateOrder.UNIX_MS, gettext_lazy("1795248131000 (milliseconds since 1970)")),
]
DECIMALS = [(",", gettext_lazy("Comma: 1.234,56")), (".", gettext_lazy("Point: 1,234.56"))]
UNITS = [
    (DurationUnit.MINUTES, gettext_lazy("Minutes")),
    (DurationUnit.SECONDS, gettext_lazy("Seconds")),
    (DurationUnit.HOURS, gettext_lazy("Hours")),
    (DurationUnit.MINUTES_SECONDS, gettext_lazy("12:30 is minutes and seconds")),
]
DELIMITERS = [
    ("", gettext_lazy("As found")),
    (";", gettext_lazy("Semicolon")),
    (",", gettext_lazy("Comma")),
    ("\t", gettext_lazy("Tab")),
    ("|", "|"),
]
AREAS = (
    "Europe/",
    "America/",
    "Africa/",
    "Asia/",
    "Atlantic/",
    "Australia/",
    "Indian/",
    "Pacific/",
)
TIMED = (FieldKind.INSTANT,)


def zones() -> list[tuple[str, str]]:
    """Return the time zones by name, UTC first."""
    known = sorted(name for name in available_timezones() if name.startswith(AREAS))
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in known)]


class ColumnsForm(forms.Form):
    """Built for one importer and one file."""

    source = django_forms.CharField(
        label=gettext_lazy("Program that the file comes from"),
        max_length=SOURCE_LENGTH,
        help_text=gettext_lazy(
            "The choices on this page are kept under this name, and proposed for its next file."
        ),
    )
    date_order = django_forms.ChoiceField(label=gettext_lazy("Dates"), choices=ORDERS)
    zone = django_forms.ChoiceField(label=gettext_lazy("Time zone of the times"), choices=zones)
    decimal = django_forms.ChoiceField(label=gettext_lazy("Decimal sign"), choices=DECIMALS)
    duration_unit = django_forms.ChoiceField(
        label=gettext_lazy("Unit of durations without one"), choices=UNITS
    )

    def __init__(
        self,
        *args: Any,
        importer: Importer,
        batch: ImportBatch,
        rows: Sequence[RawRow],
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.importer = importer
        places = column_choices(batch.layout["titles"], rows)
        columns, notation = [], ["source"]
        for field in importer.fields:
            nothing = ("", _("Choose a column") if field.required else _("– not in the file –"))
            self.fields[f"column_{field.name}"] = django_forms.ChoiceField(
                label=field.label,
                choices=[nothing, *places],
                required=field.required,
                help_text=field.help,
            )
            columns.append(f"column_{field.name}")
            if field.kind in TIMED:
                name = f"time_{field.name}"
                self.fields[name] = django_forms.ChoiceField(
                    label=_("%(field)s: time, where it has its own column")
                    % {"field": field.label},
                    choices=[("", _("– in the same column –")), *places],
                    required=False,
                )
                columns.append(name)
        notation += self._notation(importer)
        for option in importer.options:
            name = f"option_{option.name}"
            self.fields[name] = django_forms.ChoiceField(
                label=option.label, choices=option.choices(), required=False, help_text=option.help
            )
            notation.append(name)
        self.panels = [  # type: ignore[misc]
            forms.Panel(_("Columns"), columns, _("which column is what"), columns=True),
            forms.Panel(_("Notation"), notation, _("how cells are written"), columns=True),
        ]

    def _notation(self, importer: Importer) -> list[str]:
        """Return the fields of the notation that the importer's fields need; others go."""
        kinds = {field.kind for field in importer.fields}
        needed = {
            "date_order": kinds & {FieldKind.INSTANT, FieldKind.DAY},
            "zone": kinds & {FieldKind.INSTANT},
            "decimal": kinds
            & {FieldKind.NUMBER, FieldKind.MONEY, FieldKind.PRICE, FieldKind.WHOLE},
            "duration_unit": kinds & {FieldKind.DURATION},
        }
        for name, reason in needed.items():
            if not reason:
                self.fields[name].required = False
                self.fields[name].widget = django_forms.HiddenInput()
        return list(needed)

    def choice(self) -> Choice:
        """Return what was chosen."""
        data = self.cleaned_data
        columns: dict[str, list[int]] = {}
        for field in self.importer.fields:
            places = [data.get(f"column_{field.name}"), data.get(f"time_{field.name}")]
            if places[0]:
                columns[field.name] = [int(place) for place in places if place]
        options = {
            option.name: data.get(f"option_{option.name}", "") for option in self.importer.options
        }
        return Choice(data.get("source", ""), columns, self._read_notation(), options)

    def _read_notation(self) -> Notation:
        data = self.cleaned_data
        plain = Notation()
        return Notation(
            DateOrder(data.get("date_order") or plain.date_order),
            data.get("zone") or plain.zone,
            data.get("decimal") or plain.decimal,
            DurationUnit(data.get("duration_unit") or plain.duration_unit),
        )


def initial(proposal: Proposal, name: str) -> dict[str, Any]:
    """Return what the form shows first; `name` is proposed for the source."""
    values: dict[str, Any] = {
        "source": proposal.profile.name if proposal.profile else name,
        "date_order": proposal.notation.date_order,
        "zone": proposal.notation.zone,
        "decimal": proposal.notation.decimal,
        "duration_unit": proposal.notation.duration_unit,
    }
    for field, places in proposal.columns.items():
        values[f"column_{field}"] = str(places[0])
        if len(places) > 1:
            values[f"time_{field}"] = str(places[1])
    values.update({f"option_{key}": value for key, value in proposal.options.items()})
    return values


def column_choices(titles: Sequence[str], rows: Sequence[RawRow]) -> list[tuple[str, str]]:
    """Return the columns with their title, or their number, and an example."""
    shown = []
    for place, title in enumerate(titles):
        cells = (str(row[place]).strip() for row in rows if place < len(row))
        example = next((cell for cell in cells if cell), "")
        name = title or _("Column %(number)s") % {"number": place + 1}
        words = f"{name[:40]} · {example[:24]}" if example else name[:40]
        shown.append((str(place), words))
    return shown


class FileForm(forms.Form):
    """How the file itself is read, where what was found is wrong."""

    delimiter = django_forms.ChoiceField(
        label=gettext_lazy("Separator"), choices=DELIMITERS, required=False
    )
    encoding = django_forms.ChoiceField(label=gettext_lazy("Letters"), required=False)
    sheet = django_forms.ChoiceField(label=gettext_lazy("Sheet"), required=False)
    header = django_forms.ChoiceField(label=gettext_lazy("Row of titles"), required=False)

    def __init__(self, *args: Any, layout: Mapping[str, Any], **options: Any) -> None:
        super().__init__(*args, **options)
        fields: Any = self.fields
        fields["encoding"].choices = [("", _("As found")), *((e, e) for e in readers.ENCODINGS)]
        fields["sheet"].choices = [(name, name) for name in layout["sheets"]]
        numbers = [(str(number), str(number + 1)) for number in range(20)]
        fields["header"].choices = [("", _("As found")), ("none", _("No titles")), *numbers]
        for name in ("delimiter", "encoding") if layout["kind"] == "excel" else ("sheet",):
            del self.fields[name]

    def wish(self) -> Wish:
        """Return what was chosen."""
        data = self.cleaned_data
        header = data.get("header", "")
        return Wish(
            data.get("encoding", ""),
            data.get("delimiter", ""),
            data.get("sheet", ""),
            int(header) if header.isdigit() else None,
            no_header=header == "none",
        )


def file_initial(layout: Mapping[str, Any]) -> dict[str, str]:
    """Return what was found of the file."""
    header = "none" if layout["header"] is None else str(layout["header"])
    return {
        "delimiter": layout["delimiter"],
        "encoding": layout["encoding"] if layout["encoding"] in readers.ENCODINGS else "",
        "sheet": layout["sheet"],
        "header": header,
    }
