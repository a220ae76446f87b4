"""Series of documents, and their numbers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from canone.base.firm import queries as firms
from canone.base.history import services as history
from canone.base.numbering import queries as numbers
from canone.base.numbering import services as numbering
from canone.ledgers.invoicing.models import Document, Series
from canone.ledgers.invoicing.queries.series import FLAGS, USUAL
from canone.ui import formats

FIELDS = (
    "code", "title", "for_invoices", "for_credit_notes", "for_pro_formas", "is_default",
    "is_active",
)  # fmt: skip


USED = gettext_lazy("Documents bear the name %(series)s already. Begin another series instead.")


class SeriesError(ValidationError):
    """The series cannot number the document; its text says what to do."""


@transaction.atomic
def save(*, by: int | None, series_id: int | None = None, **values: Any) -> Series:
    """Return the series, new without an id; making it the default takes that from another.

    What cannot be is a ValidationError that names the fields.
    """
    row = Series.objects.select_for_update().get(pk=series_id) if series_id else Series()
    before = row.code
    for name in FIELDS:
        if name in values:
            setattr(row, name, values[name])
    row.code = row.code.strip().upper()
    if before and row.code != before and Document.objects.filter(series=before).exists():
        raise ValidationError({"code": USED % {"series": before}})
    if not any(getattr(row, flag) for flag in FLAGS.values()):
        raise ValidationError({"for_invoices": _("Say which documents the series numbers.")})
    with history.acting(by):
        if row.is_default:
            for flag in FLAGS.values():
                others = Series.objects.exclude(pk=row.pk).filter(is_default=True, **{flag: True})
                for other in others if getattr(row, flag) else ():
                    other.is_default = False
                    other.save()
        row.full_clean()
        row.save()
    return row


def find(kind: str, code: str = "") -> Series:
    """Return the series of that code, or the default one, which numbers documents of the kind.

    Before anybody chose one, the usual one of the country begins. Raises SeriesError.
    """
    flag = FLAGS[kind]
    if code:
        row = Series.objects.filter(code=code, is_active=True, **{flag: True}).first()
        if row is None:
            text = _("There is no active series %(code)s for documents of this kind.")
            raise SeriesError(text % {"code": code})
        return row
    rows = Series.objects.filter(is_active=True, **{flag: True})
    row = rows.order_by("-is_default", "id").first()
    if row is not None:
        return row
    usual = USUAL[firms.firm().country][kind]
    made, _is_new = Series.objects.get_or_create(
        code=usual, defaults={flag: True, "is_default": True}
    )
    if not getattr(made, flag):
        text = _("No series numbers documents of this kind. Begin one in the settings.")
        raise SeriesError(text)
    return made


def give(
    *, series: str, day: date, count: int, at: datetime, by: int | None
) -> tuple[list[numbering.Number], str]:
    """Return the next `count` numbers, held until the transaction ends, and a remark.

    A counter that somebody edited by hand is set right first, so that no number is given twice
    and none is left out: the remark says so, the journal keeps it. A day before the last
    document's is a SeriesError.
    """
    known = Document.objects.filter(series=series, year=day.year, number__isnull=False)
    remark = ""
    numbering.hold(series=series, year=day.year)
    number, last_day = known.order_by("-number").values_list("number", "issue_date").first() or (
        0,
        None,
    )
    last = number or 0
    wrong = numbering.align(series=series, year=day.year, last=last, day=last_day)
    if wrong is not None:
        remark = _(
            "The counter of series %(series)s said %(wrong)s, but its last document is %(last)s: "
            "it goes on behind that, and no number is given twice."
        ) % {"series": series, "wrong": wrong, "last": last}
        payload = history.canonical({"last": last, "wrong": wrong, "year": day.year})
        history.append([history.Fact("series.aligned", f"series:{series}", payload)], at=at, by=by)
    try:
        return numbering.next_numbers(series=series, day=day, count=count), remark
    except numbering.BackInDateError as error:
        raise _back_in_date(series, error.last.day, day) from error


def check_day(series: str, day: date) -> None:
    """Return nothing when a document of the series can bear the day; else raise SeriesError."""
    known = Document.objects.filter(series=series, year=day.year, number__isnull=False)
    last = known.order_by("-number").values_list("issue_date", flat=True).first()
    if last is None:  # what was given elsewhere; the counter of a series in use may be edited
        given = numbers.last(series, day.year)
        last = given.day if given else None
    if last is not None and day < last:
        raise _back_in_date(series, last, day)


def _back_in_date(series: str, last: date, day: date) -> SeriesError:
    text = _(
        "Series %(series)s has a document of %(last)s already, so none can bear the date "
        "%(day)s. Choose a later date, or another series."
    )
    told = {"series": series, "last": formats.date_of(last), "day": formats.date_of(day)}
    return SeriesError(text % told)
