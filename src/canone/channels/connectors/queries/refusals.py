"""Why a delivery was not taken, in words: for the answer, and for the log of its source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

REFUSALS: dict[str, StrOrPromise] = {
    "nobody": _("Nobody receives at this address."),
    "method": _("Send with POST."),
    "too_large": _("A delivery has at most %(limit)s bytes. Send fewer sessions at a time."),
    "not_signed": _(
        "The delivery is not signed: webhook-id, webhook-timestamp and webhook-signature are sent "
        "as headers."
    ),
    "id": _("webhook-id has at most 100 letters, digits and . _ : ~ -."),
    "signature": _(
        "The signature fits none of the keys. Signed are id, timestamp and body, joined with full "
        "stops, exactly as they are sent."
    ),
    "timestamp": _(
        "webhook-timestamp is not within five minutes of now, in seconds since 1970. Set the clock "
        "of the sender, and sign anew when you send again."
    ),
    "paused": _("The source is paused. Keep the sessions and send them when it resumes."),
    "replayed": _("A delivery with this id was taken before. Nothing was done again."),
    "faulty": _("Nothing was taken. Faults: %(count)s."),
}
FAULTS: dict[str, StrOrPromise] = {
    "not_json": _("The body is not JSON in UTF-8."),
    "not_a_list": _("Send one session or a list of them."),
    "empty": _("There is no session in it."),
    "too_many": _("At most %(value)s sessions at a time."),
    "not_an_object": _("A session is an object with fields."),
    "unknown_field": _("There is no such field."),
    "missing": _("This field is required."),
    "not_a_text": _("Write a text."),
    "too_long": _("At most %(value)s characters."),
    "not_an_instant": _(
        "Write an instant with its zone, such as 2026-11-20T15:00:00+01:00, between 2000 and 2100."
    ),
    "in_the_future": _("This instant is still to come."),
    "before_start": _("The end lies before the start."),
    "too_long_a_session": _("A session lasts a year at most."),
    "not_seconds": _("Write whole seconds, from 0."),
    "without_end": _("Seconds without an end: send ended_at as well."),
    "longer_than_span": _("Longer than the %(value)s seconds from start to end."),
    "twice": _("The same id as in row %(value)s."),
}


def refusal(code: str, values: Mapping[str, Any]) -> str:
    """Return the sentence for a delivery that was not taken."""
    return str(REFUSALS.get(code, code)) % dict(values)


def fault(code: str, value: str | int) -> str:
    """Return the sentence for what is wrong in one place."""
    return str(FAULTS.get(code, code)) % {"value": value}


def sentences(reason: str, faults: Sequence[Sequence[Any]]) -> list[str]:
    """Return why a delivery was refused, then what is wrong where; nothing for one that was not."""
    if not reason:
        return []
    return [refusal(reason, {"count": len(faults)}), *(_place(*each) for each in faults)]


def _place(number: int | None, field: str, code: str, value: str | int) -> str:
    said = fault(code, value)
    if number is None:
        return said
    where = now_("Row %(n)s") % {"n": number}
    return f"{where}, {field}: {said}" if field else f"{where}: {said}"
