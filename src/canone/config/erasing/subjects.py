"""Whose data is erased: their addresses, the words they are known by, what is still open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from canone.base.access.functions import Role
from canone.base.access.models import User
from canone.base.firm import queries as firm
from canone.base.mail.queries import About
from canone.desks.assistance.models import RemoteSession
from canone.desks.assistance.queries import scope
from canone.desks.assistance.rules.states import State
from canone.desks.contracts.models import Contract
from canone.kernel.mentions import Words
from canone.ledgers.allowances.models import Allowance
from canone.ledgers.invoicing.models import Charge, Document, DueItem
from canone.ledgers.invoicing.queries import charges, settlement
from canone.registers.parties.models import Contact, Group, Party, PortalLogin
from canone.registers.parties.rules.erasure import Of

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

PARTY_WORDS = ("name", "vat_number", "tax_code", "siret", "iban", "pec", "email", "phone")
CONTACT_WORDS = ("name", "email", "phone", "mobile")


@dataclass(frozen=True, slots=True)
class Subject:
    """Somebody who is to be erased, as they are known before; `open` says what is not settled."""

    of: Of
    pk: int
    name: str
    words: Words
    mails: About
    open: tuple[StrOrPromise, ...] = ()

    @property
    def fact_subject(self) -> str:
        """How the journal calls them."""
        return f"{self.of}:{self.pk}"


def find(of: Of, pk: int, *, at: datetime) -> Subject:
    """Return whom it is about; Http404 where there is nobody."""
    return {Of.PARTY: _party, Of.CONTACT: _contact, Of.USER: _user}[of](pk, at)


def portal_users(party_id: int) -> list[User]:
    """Return the users who are nothing but eyes of this party: they are erased with it."""
    mine = PortalLogin.objects.filter(party_id=party_id).values("user")
    more = PortalLogin.objects.exclude(party_id=party_id).values("user")
    found = User.objects.filter(pk__in=mine).exclude(pk__in=more).order_by("pk")
    return [user for user in found if user.roles <= {Role.CUSTOMER}]


def sessions(party_id: int) -> Any:
    """Return the sessions of a party's groups."""
    return RemoteSession.objects.filter(group__party_id=party_id)


def _party(pk: int, at: datetime) -> Subject:
    party = get_object_or_404(Party, pk=pk)
    contacts = Contact.objects.filter(party=party)
    known = {
        *_said(Party, {"id": pk}, PARTY_WORDS),
        *_said(Contact, {"party_id": pk}, CONTACT_WORDS, persons=True),
        *_said(Group, {"party_id": pk}, ("name",)),
        *(user.email for user in portal_users(pk)),
    }
    addresses = [party.email, party.pec, *contacts.values_list("email", flat=True)]
    pools = Allowance.objects.filter(customer=party).values_list("pk", flat=True)
    papers = Document.objects.filter(customer_id=pk).values_list("pk", flat=True)
    owners = [
        f"party:{pk}",
        *(f"allowance:{pool}" for pool in pools),
        *(f"document:{paper}" for paper in papers),
    ]
    others = Q(party=pk)
    mails = _mails(party.name, addresses, owners, party=Q(pk=pk), contact=others)
    return Subject(Of.PARTY, pk, party.name, Words.of(known), mails, tuple(_open(pk, at)))


def _contact(pk: int, _at: datetime) -> Subject:
    contact = get_object_or_404(Contact, pk=pk)
    known = _said(Contact, {"id": pk}, CONTACT_WORDS, persons=True)
    mails = _mails(contact.name, [contact.email], [f"contact:{pk}"], contact=Q(pk=pk))
    return Subject(Of.CONTACT, pk, contact.name, Words.of(known), mails)


def _user(pk: int, _at: datetime) -> Subject:
    user = get_object_or_404(User, pk=pk)
    known = {*_said(User, {"id": pk}, ("name", "email"), persons=True), *user.aliases}
    mails = _mails(user.name, [user.email], [f"access.user:{pk}"], user=Q(pk=pk))
    return Subject(Of.USER, pk, user.name, Words.of(known), mails)


def _said(
    model: Any, where: dict[str, Any], fields: Iterable[str], *, persons: bool = False
) -> set[str]:
    """Return the values that the rows have or had.

    A person's name of one word alone is left out: half the world is called Mario.
    """
    found: set[str] = set()
    for rows in (model.objects.filter(**where), model.history.filter(**where)):
        for field in fields:
            values = set(rows.values_list(field, flat=True))
            if field == "name" and persons:
                values = {value for value in values if " " in value.strip()}
            found |= values
    return found


def _mails(
    name: str,
    addresses: Iterable[str],
    owners: list[str],
    *,
    party: Q | None = None,
    contact: Q | None = None,
    user: Q | None = None,
) -> About:
    nobody = Q(pk__in=[])
    own: list[str] = []
    shared: list[str] = []
    for address in sorted({one.casefold() for one in addresses if one}):
        parties = Party.objects.exclude(party or nobody)
        used = (
            parties.filter(Q(email__iexact=address) | Q(pec__iexact=address)).exists()
            or Contact.objects.exclude(contact or nobody).filter(email__iexact=address).exists()
            or User.objects.exclude(user or nobody).filter(email__iexact=address).exists()
            or firm.firm().email.casefold() == address
        )
        (shared if used else own).append(address)
    return About(own, shared, owners, name)


def _open(pk: int, at: datetime) -> Iterator[str]:
    """Yield what is not settled with a party."""
    day = at.astimezone(firm.zone()).date()
    going = Contract.objects.filter(customer_id=pk, cancelled_on=None)
    if contracts := going.filter(Q(end=None) | Q(end__gt=day)).count():
        yield _("Contracts that have not ended: %(count)s") % {"count": contracts}
    charged = charges.to_invoice(Charge.objects.filter(customer_id=pk)).count()
    if charged:
        yield _("Charges to be invoiced: %(count)s") % {"count": charged}
    drafts = Document.objects.filter(customer_id=pk, state=Document.State.DRAFT).count()
    if drafts:
        yield _("Drafts of documents: %(count)s") % {"count": drafts}
    due = settlement.unsettled(DueItem.objects.filter(customer_id=pk)).count()
    if due:
        yield _("Due items that are not settled: %(count)s") % {"count": due}
    pending = scope.in_state(State.PENDING, day=day, now=at)
    waiting = sessions(pk).filter(pending, is_included=False).count()
    if waiting:
        yield _("Sessions to be accounted: %(count)s") % {"count": waiting}
    pools = Allowance.objects.filter(customer_id=pk, is_active=True, balance__gt=0).count()
    if pools:
        yield _("Prepaid pools that are not used up: %(count)s") % {"count": pools}
