"""Erases, in an order in which a run that was cut short can begin again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from canone.base.access import queries as access
from canone.base.access.functions import Role
from canone.base.firm import queries as firm
from canone.base.history import queries as journal
from canone.base.history import services as history
from canone.base.history.models import JournalEntry
from canone.base.mail import queries as mails
from canone.base.tasks import services as tasks
from canone.base.tasks.models import Job
from canone.config.erasing import subjects
from canone.config.erasing.parts import PARTS, Act
from canone.config.erasing.subjects import Subject
from canone.registers.parties.models import Contact
from canone.registers.parties.rules import erasure
from canone.registers.parties.rules.erasure import Fate, Of

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

LAST = frozenset({
    "contact", "contacts", "documents", "groups", "sites", "master", "known_as", "ways_in",
    "account",
})  # fmt: skip
"""What tells by which words the rest is found goes last and at once, with the journal's fact."""

KIND = "config.erase"
"""The background work."""
REMARKS: tuple[StrOrPromise, ...] = (
    gettext_lazy(
        "Free texts about others are not searched: a note on another customer or session may name "
        "them. Search for the name, and change such notes by hand."
    ),
    gettext_lazy(
        "Backups that were made before still hold everything until the plan takes them away."
    ),
    gettext_lazy(
        "What left Canone is not reached: mails in mailboxes, exported files, remote tools and "
        "programs that were told. A tool that tells a session anew tells its names too."
    ),
)
"""What the person who erases has to know, before and after."""


class RefusedError(Exception):
    """They cannot be erased; the text says why."""


class ErasureReason(StrEnum):
    """Why somebody is erased; a choice, because the journal keeps it for ever."""

    ASKED = "asked"
    WITHDRAWN = "withdrawn"
    NEEDLESS = "needless"
    UNLAWFUL = "unlawful"


REASONS: Mapping[ErasureReason, StrOrPromise] = {
    ErasureReason.ASKED: gettext_lazy("They asked for it"),
    ErasureReason.WITHDRAWN: gettext_lazy("They withdrew their consent"),
    ErasureReason.NEEDLESS: gettext_lazy("The data is not needed any more"),
    ErasureReason.UNLAWFUL: gettext_lazy("It should never have been kept"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """What becomes of one kind of rows; without a count they are looked for during the work."""

    code: str
    title: StrOrPromise
    fate: Fate
    count: int | None
    until: date | None = None


def foresee(who: Subject) -> list[Line]:
    """Return what would happen, kind by kind; writes nothing."""
    lines = []
    for kind in erasure.kinds(who.of):
        part, fate = PARTS[kind.code], kind.becomes(is_open=bool(who.open))
        found = part.found(who) if part.found else None
        if found is not None and not found.count:
            continue
        books = fate is Fate.BOOKS and found is not None and found.last
        until = erasure.kept_until(found.last) if books and found and found.last else None
        lines.append(Line(kind.code, part.title, fate, found.count if found else None, until))
    return lines


def erase(
    who: Subject,
    *,
    reason: ErasureReason,
    at: datetime,
    by: int | None,
    after: int | None = None,
    step: Callable[[], object] = lambda: None,
) -> dict[str, int]:
    """Return how many rows of each kind were erased or made anonymous.

    It can begin again after any of its commits. What the journal tells `after` this entry to be
    done is not done again.
    """
    if after is not None and _facts(who).filter(seq__gt=after).exists():
        return {}
    counts: dict[str, int] = {}
    if who.of is Of.PARTY:
        for user in subjects.portal_users(who.pk):
            eyes = subjects.find(Of.USER, user.pk, at=at)
            erase(eyes, reason=reason, at=at, by=by, step=step)
    with translation.override(firm.firm().language):
        called = _("Erased (%(number)s)") % {"number": who.pk}
    act = Act(at, by, called, step)
    fates = {kind.code: kind.becomes(is_open=bool(who.open)) for kind in erasure.kinds(who.of)}
    gone = [code for code, fate in fates.items() if fate in (Fate.ERASED, Fate.ANONYMOUS)]
    for code in gone:
        if code not in LAST:
            counts[code] = _one(code, who, act)
            step()
    with transaction.atomic(), history.acting(by):
        for code in gone:
            if code in LAST:
                counts[code] = _one(code, who, act)
        told = {"reason": reason.value, "kept": sorted(set(fates) - set(gone))}
        fact = history.Fact(f"{who.of}.erased", who.fact_subject, history.canonical(told))
        history.append([fact], at=at, by=by)
    return counts


@transaction.atomic
def start(who: Subject, *, reason: ErasureReason, at: datetime, by: int | None) -> Job:
    """Return the background work; its label is a number, for it stays when the name is gone.

    Who cannot be erased is a RefusedError.
    """
    refuse(who, by)
    after = journal.head().seq
    params = {"of": who.of.value, "id": who.pk, "reason": reason.value, "after": after}
    key = f"erase:{who.fact_subject}"
    return tasks.start(KIND, params=params, by=by, at=at, key=key, label=who.fact_subject)


def is_gone(of: Of, pk: int) -> bool:
    """Whether it is a contact that is not there: erased by a run that could not tell it."""
    return of is Of.CONTACT and not Contact.objects.filter(pk=pk).exists()


def refuse(who: Subject, by: int | None) -> None:
    """Return nothing; raises RefusedError for oneself and for the last owner."""
    if who.of is not Of.USER:
        return
    if who.pk == by:
        raise RefusedError(_("You cannot erase yourself: another owner can."))
    owners = {user.pk for user in access.holders(Role.OWNER)}
    if owners == {who.pk}:
        raise RefusedError(_("The last owner cannot be erased."))


def remarks(who: Subject) -> list[StrOrPromise]:
    """Return what the person who erases has to know."""
    found = list(REMARKS)
    if count := mails.others(who.mails):
        words = _(
            "Mails to an address that others use too, which do not name them and stay: %(count)s"
        )
        found.append(words % {"count": count})
    return found


def last_erased(who: Subject) -> datetime | None:
    """Return when they were erased before, the latest time."""
    return _facts(who).values_list("at", flat=True).last()


def _one(code: str, who: Subject, act: Act) -> int:
    work = PARTS[code].erase
    if work is None:
        raise LookupError(code)
    return work(who, act)


def _facts(who: Subject) -> QuerySet[JournalEntry]:
    return journal.facts_of(who.fact_subject).filter(kind=f"{who.of}.erased")
