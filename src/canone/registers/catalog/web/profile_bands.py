"""After-hours bands in a form: rows of name, days, times and percentage."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms as django_forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from canone.registers.catalog.rules.bands import MOST_BANDS, Band
from canone.ui import forms

HOLIDAY = "7"
DAYS = (
    ("0", _("Mon")),
    ("1", _("Tue")),
    ("2", _("Wed")),
    ("3", _("Thu")),
    ("4", _("Fri")),
    ("5", _("Sat")),
    ("6", _("Sun")),
    (HOLIDAY, _("Holidays")),
)
CLOCK = re.compile(r"\s*([01]?[0-9]|2[0-4])[:.h]?([0-5][0-9])?\s*")


class ClockField(django_forms.Field):
    """A time of the day as minutes: `18:00`, `18.00`, `18`; 24:00 is midnight at the end."""

    def prepare_value(self, value: Any) -> Any:
        """Return the time as it is written."""
        return f"{value // 60:02d}:{value % 60:02d}" if isinstance(value, int) else value

    def to_python(self, value: Any) -> Any:
        """Return the minutes of the day, None where nothing was entered."""
        text = str(value or "").strip()
        if not text:
            return None
        found = CLOCK.fullmatch(text)
        minutes = int(found[1]) * 60 + int(found[2] or 0) if found else 1441
        if minutes > 1440:
            raise ValidationError(_("Not a time. Example: 18:00"), code="invalid")
        return minutes


@dataclass(frozen=True, slots=True)
class BandNames:
    """The names of the fields of one row."""

    number: int

    @property
    def names(self) -> tuple[str, ...]:
        """All fields of the row, in their order on the page."""
        return tuple(f"band{self.number}_{part}" for part in PARTS)

    def initial(self, band: Band | None) -> dict[str, Any]:
        """Return what the row shows for a band; nothing for none."""
        if band is None:
            return {}
        days = [str(day) for day in band.days] + ([HOLIDAY] if band.on_holidays else [])
        values = (band.name, days, band.start, band.end, band.percent)
        return dict(zip(self.names, values, strict=True))

    def band(self, data: Mapping[str, Any]) -> Band | None:
        """Return the band of the row; None for an empty row, ValidationError for half a one."""
        name, days, start, end, percent = (data.get(part) for part in self.names)
        if start is None and end is None and percent is None:
            return None
        if start is None or end is None or percent is None:
            raise ValidationError(_("A band needs two times and a percentage."))
        chosen = tuple(int(day) for day in days or () if day != HOLIDAY)
        return Band(
            name=name or str(_("After hours")),
            days=chosen,
            start=start,
            end=end,
            percent=percent,
            on_holidays=HOLIDAY in (days or ()),
        )


PARTS = ("name", "days", "from", "to", "percent")
BANDS = tuple(BandNames(number) for number in range(1, MOST_BANDS + 1))


def usual_bands() -> tuple[Band, ...]:
    """Return what a profile starts from when after-hours are switched on."""
    return (
        Band(str(_("weekend and holidays")), (5, 6), 0, 1440, 200, on_holidays=True),
        Band(str(_("evening and night")), (0, 1, 2, 3, 4), 18 * 60, 8 * 60, 150),
    )


def _row(number: int) -> dict[str, django_forms.Field]:
    return {
        f"band{number}_name": django_forms.CharField(
            label=_("Name of band %(number)s") % {"number": number},
            max_length=40,
            required=False,
        ),
        f"band{number}_days": django_forms.MultipleChoiceField(
            label=_("Days"),
            choices=DAYS,
            widget=django_forms.CheckboxSelectMultiple,
            required=False,
        ),
        f"band{number}_from": ClockField(label=pgettext_lazy("time", "From"), required=False),
        f"band{number}_to": ClockField(label=pgettext_lazy("time", "To"), required=False),
        f"band{number}_percent": forms.WholeField(
            label=_("Percent of the price"), unit="%", required=False, maximum=10_000
        ),
    }


class BandFields(django_forms.Form):
    """The rows of bands, for a form to inherit."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for band in BANDS:
            self.fields.update(_row(band.number))

    def bands(self, data: Mapping[str, Any]) -> tuple[Band, ...]:
        """Return the bands that were entered; half a one is a fault at its first field."""
        found: list[Band] = []
        for row in BANDS:
            try:
                band = row.band(data)
            except ValidationError as error:
                self.add_error(row.names[2], error)
            else:
                found += [band] if band else []
        return tuple(found)
