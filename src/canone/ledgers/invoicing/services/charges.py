"""Posts charges and reverses them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from json.encoder import encode_basestring as quoted
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from canone.base import bulk
from canone.base.events import facts as told
from canone.base.history import services as history
from canone.kernel.money import Money
from canone.ledgers.invoicing.events import ChargePosted, ChargeReversed
from canone.ledgers.invoicing.models import Charge
from canone.ledgers.invoicing.queries import charges as queries

COLUMNS = (
    "id",
    "origin",
    "revision",
    "is_reversal",
    "customer_id",
    "kind",
    "description",
    "quantity_micros",
    "unit",
    "unit_price",
    "amount",
    "vat_id",
    "service_start",
    "service_end",
    "explanation",
    "posted_at",
    "posted_by_id",
    "reason",
    "document",
    "bundle",
    "site_id",
    "article_id",
    "discount_bp",
    "invoice_on",
    "sequence",
)
ATTEMPTS = 3
ONE_DAY = timedelta(days=1)


class ChargeError(Exception):
    """A charge that cannot be posted or corrected; its text is for the reader of a page."""


class AlreadyPostedError(ChargeError):
    """The origin and revision of a draft carry a charge already."""

    def __init__(self, origin: str, revision: int) -> None:
        super().__init__(
            _("%(origin)s is charged already (revision %(revision)s); nothing was posted.")
            % {"origin": origin, "revision": revision}
        )
        self.origin = origin
        self.revision = revision


class UnknownChargeError(ChargeError):
    """There is no charge with this id."""

    def __init__(self, charge_id: int) -> None:
        super().__init__(_("There is no charge %(id)s.") % {"id": charge_id})
        self.charge_id = charge_id


class AlreadyReversedError(ChargeError):
    """The charge is reversed already, or is a reversal itself."""

    def __init__(self, charge_id: int, description: str) -> None:
        super().__init__(
            _("“%(description)s” (charge %(id)s) is reversed already; nothing was reversed.")
            % {"description": description, "id": charge_id}
        )
        self.charge_id = charge_id


class OnDocumentError(ChargeError):
    """The charge is on a document."""

    def __init__(self, charge_id: int, document: str) -> None:
        super().__init__(
            _(
                "Charge %(id)s is on document %(document)s: correct it with a credit note. "
                "Nothing was reversed."
            )
            % {"id": charge_id, "document": document}
        )
        self.charge_id = charge_id
        self.document = document


class ReasonMissingError(ChargeError):
    """A reversal says why."""

    def __init__(self) -> None:
        super().__init__(_("Write why it is reversed: the reason stays on record."))


class ChargeDraft(NamedTuple):
    """A charge to post, in the values that the database stores.

    `quantity_micros` and `unit_price_micros` are millionths, `amount_minor` cents, `service_end`
    the first day after the service, `explanation` JSON text (a list of steps). The amount has the
    discount taken off. `bundle` is what it belongs to, such as `contract:12`, and `invoice_on` the
    day from which it is invoiced, without one the first of the service.
    """

    origin: str
    revision: int
    customer_id: int
    kind: str
    description: str
    quantity_micros: int
    unit: str
    unit_price_micros: int
    amount_minor: int
    vat_id: int | None
    service_start: date
    service_end: date
    explanation: str = "[]"
    bundle: str = ""
    site_id: int | None = None
    article_id: int | None = None
    discount_bp: int = 0
    invoice_on: date | None = None
    sequence: int = 0


Key = tuple[str, int]


def post(
    drafts: Sequence[ChargeDraft], *, at: datetime, by: int | None, journal: bool = True
) -> list[int]:
    """Return the ids of the new charges, in the order of the drafts; all of them or none.

    Each leaves a fact `charge.posted` in the journal; a caller that closes the same amounts in
    facts of its own says `journal=False`. Raises AlreadyPostedError naming the first draft whose
    origin and revision are posted, or stand twice among the drafts.
    """
    if not drafts:
        return []
    moment = bulk.instant(at)
    try:
        with transaction.atomic():
            ids = list(bulk.reserve(Charge, len(drafts)))
            rows = (
                (
                    number,
                    draft.origin,
                    draft.revision,
                    False,
                    draft.customer_id,
                    draft.kind,
                    draft.description,
                    draft.quantity_micros,
                    draft.unit,
                    draft.unit_price_micros,
                    draft.amount_minor,
                    draft.vat_id,
                    draft.service_start.isoformat(),
                    draft.service_end.isoformat(),
                    draft.explanation,
                    moment,
                    by,
                    "",
                    "",
                    draft.bundle,
                    draft.site_id,
                    draft.article_id,
                    draft.discount_bp,
                    draft.invoice_on and draft.invoice_on.isoformat(),
                    draft.sequence,
                )
                for number, draft in zip(ids, drafts, strict=True)
            )
            bulk.insert(Charge, COLUMNS, rows)
            if journal:
                history.append(_posted_facts(ids, drafts), at=at, by=by)
            told.tell(ChargePosted, _posted(ids, drafts), at=at)
    except IntegrityError as error:
        key = _first_posted(drafts)
        if key is None:
            raise
        raise AlreadyPostedError(*key) from error
    return ids


def post_missing(
    drafts: Sequence[ChargeDraft], *, at: datetime, by: int | None, journal: bool = True
) -> dict[Key, int]:
    """Return the id of every charge that was new, by (origin, revision); the rest is passed over.

    Running it again posts nothing, so a run that was cut short is simply repeated.
    """
    for attempt in range(ATTEMPTS):
        known = queries.posted([draft.origin for draft in drafts])
        missing = {(d.origin, d.revision): d for d in drafts if (d.origin, d.revision) not in known}
        try:
            ids = post(list(missing.values()), at=at, by=by, journal=journal)
        except AlreadyPostedError:
            if attempt == ATTEMPTS - 1:
                raise
            continue
        return dict(zip(missing, ids, strict=True))
    raise AssertionError("unreachable")


@transaction.atomic
def reverse(
    *, charge_ids: Sequence[int], reason: str, at: datetime, by: int | None
) -> dict[int, int]:
    """Return the id of the reversal of each charge; all of them are reversed or none.

    Each reversal has the origin, revision and period of its charge, and the opposite quantity and
    amount. Raises UnknownChargeError, AlreadyReversedError, OnDocumentError, ReasonMissingError.
    """
    reason = reason.strip()
    if not reason:
        raise ReasonMissingError
    wanted = sorted(set(charge_ids))
    charges = {charge.pk: charge for part in chunks(wanted) for charge in _locked(part)}
    reversed_keys = queries.posted([c.origin for c in charges.values()], is_reversal=True)
    for charge_id in wanted:
        check_free(charges.get(charge_id), charge_id, reversed_keys)
    ids = dict(zip(wanted, bulk.reserve(Charge, len(wanted)), strict=True))
    moment = bulk.instant(at)
    rows = [_opposite(charges[old], new, reason, moment, by) for old, new in ids.items()]
    bulk.insert(Charge, COLUMNS, rows)
    facts = [_reversed_fact(charges[old], new, reason) for old, new in ids.items()]
    history.append(facts, at=at, by=by)
    told.tell(
        ChargeReversed,
        (_reversed(charges[old], new, reason) for old, new in ids.items()),
        at=at,
    )
    return ids


def check_free(charge: Charge | None, charge_id: int, reversed_keys: set[Key]) -> None:
    """Return nothing for a charge that is neither reversed nor on a document; else raise why."""
    if charge is None:
        raise UnknownChargeError(charge_id)
    if charge.is_reversal or (charge.origin, charge.revision) in reversed_keys:
        raise AlreadyReversedError(charge_id, charge.description)
    if charge.document:
        raise OnDocumentError(charge_id, charge.document)


def chunks(values: Sequence[int]) -> Iterator[Sequence[int]]:
    """Return the values in parts that fit into one statement."""
    for start in range(0, len(values), queries.CHUNK):
        yield values[start : start + queries.CHUNK]


def _locked(charge_ids: Sequence[int]) -> list[Charge]:
    return list(
        Charge.objects.select_for_update(of=("self",)).filter(pk__in=charge_ids).order_by("pk")
    )


def _first_posted(drafts: Sequence[ChargeDraft]) -> Key | None:
    known = queries.posted([draft.origin for draft in drafts])
    for draft in drafts:
        key = (draft.origin, draft.revision)
        if key in known:
            return key
        known.add(key)
    return None


def _posted_facts(ids: Sequence[int], drafts: Sequence[ChargeDraft]) -> list[history.Fact]:
    """Return one fact per charge; its JSON is written by hand, because runs post 100,000."""
    return [
        history.Fact(
            "charge.posted",
            f"charge:{number}",
            f'{{"amount":{d.amount_minor},"customer":{d.customer_id},'
            f'"description":{quoted(d.description)},"explanation":{d.explanation},'
            f'"kind":{quoted(d.kind)},"origin":{quoted(d.origin)},'
            f'"quantity":{d.quantity_micros},"revision":{d.revision},'
            f'"service_end":"{d.service_end.isoformat()}",'
            f'"service_start":"{d.service_start.isoformat()}","unit":{quoted(d.unit)},'
            f'"unit_price":{d.unit_price_micros},'
            f'"vat":{"null" if d.vat_id is None else d.vat_id}}}',
        )
        for number, d in zip(ids, drafts, strict=True)
    ]


def _posted(ids: Sequence[int], drafts: Sequence[ChargeDraft]) -> Iterator[ChargePosted]:
    for number, draft in zip(ids, drafts, strict=True):
        yield ChargePosted(
            charge_id=number,
            origin=draft.origin,
            revision=draft.revision,
            customer_id=draft.customer_id,
            kind=draft.kind,
            description=draft.description,
            amount=Money(draft.amount_minor),
            first_day=draft.service_start,
            last_day=draft.service_end - ONE_DAY,
        )


def _reversed(charge: Charge, number: int, reason: str) -> ChargeReversed:
    return ChargeReversed(
        charge_id=charge.pk,
        reversal_id=number,
        origin=charge.origin,
        revision=charge.revision,
        customer_id=charge.customer_id,
        amount=-charge.amount,
        reason=reason,
    )


def _opposite(
    charge: Charge, number: int, reason: str, moment: object, by: int | None
) -> tuple[object, ...]:
    return (
        number,
        charge.origin,
        charge.revision,
        True,
        charge.customer_id,
        charge.kind,
        charge.description,
        -charge.quantity_micros,
        charge.unit,
        charge.unit_price.micros,
        -charge.amount.minor,
        charge.vat_id,
        charge.service_start.isoformat(),
        charge.service_end.isoformat(),
        history.canonical(charge.explanation),
        moment,
        by,
        reason,
        "",
        charge.bundle,
        charge.site_id,
        charge.article_id,
        charge.discount_bp,
        charge.invoice_on and charge.invoice_on.isoformat(),
        charge.sequence,
    )


def _reversed_fact(charge: Charge, number: int, reason: str) -> history.Fact:
    payload = {
        "amount": -charge.amount.minor,
        "customer": charge.customer_id,
        "origin": charge.origin,
        "reason": reason,
        "reversal": number,
        "revision": charge.revision,
    }
    return history.Fact("charge.reversed", f"charge:{charge.pk}", history.canonical(payload))
