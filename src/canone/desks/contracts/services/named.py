"""What the rows of a file of contracts name, looked up once for a whole import."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Set
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from canone.desks.contracts.models import ContractType
from canone.registers.assets.models import Asset, Meter
from canone.registers.catalog.models import Article, Tariff, VatRate
from canone.registers.parties.models import Group, Mandate, Party, PaymentTerms, Site
from canone.registers.parties.rules import names

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Values = dict[str, Any]
NO_CUSTOMER = _("No customer has this code, VAT number or name.")
MANY_CUSTOMERS = _("Several customers have this name. Write the code of the right one.")
NOBODY = _("%(who)s is nobody’s code, VAT number or name.")
SEVERAL = _("Several are called %(who)s. Write the code of the right one.")
UNKNOWN = _("This is not known here. Correct it, or enter it first.")
NO_SITE = _("The customer has no site of this name.")
NO_MACHINE = _("The customer has no machine %(what)s.")
MANY_MACHINES = _("Several machines of the customer are called %(what)s. Write a serial number.")
NO_METER = _("The machine has no such meter.")
WHICH_METER = _("There are several meters. Write machine and meter.")


class NotFoundError(Exception):
    """Nothing, or more than one thing, goes by a word; `text` tells the user, of which field."""

    def __init__(self, field: str, text: StrOrPromise) -> None:
        super().__init__(field)
        self.field, self.text = field, text


class Named:
    """The records that a file can name, by its words; only those of the columns it has."""

    def __init__(self, columns: Set[str]) -> None:
        self.customers = _by_word(Party.objects.filter(is_customer=True))
        self.everybody: dict[str, list[Any]] = {}
        if "agents" in columns:
            rows = Party.objects.only("code", "vat_number", "name")
            self.everybody = {word: [p.pk for p in found] for word, found in _by_word(rows).items()}
        terms: dict[str, PaymentTerms] = {}
        for one in PaymentTerms.objects.filter(is_active=True):
            for word in (one.code, *one.names.values()):
                terms.setdefault(names.fold(str(word)), one)
        self.tables: dict[str, dict[str, Any]] = {
            "type": {
                names.fold(w): t for t in ContractType.objects.all() for w in (t.code, t.name)
            },
            "payment_terms": terms,
            "article": {names.fold(a.code): a for a in Article.objects.filter(is_active=True)},
            "vat": {names.fold(v.code): v for v in VatRate.objects.filter(is_active=True)},
            "tariff": {names.fold(t.name): t for t in Tariff.objects.filter(is_active=True)},
            "group": {names.fold(g.name): g for g in Group.objects.all()},
        }
        self.mandates = {m.reference: m for m in Mandate.objects.all()}
        self.sites: dict[tuple[int, str], Site] = {}
        if "site" in columns:
            self.sites = {(s.party_id, names.fold(s.name)): s for s in Site.objects.all()}
        self.machines = Machines(columns)

    def customer(self, word: str) -> Party:
        """Return the customer with this code, VAT number or name."""
        found = self.customers.get(names.fold(word), [])
        if len(found) != 1:
            raise NotFoundError("customer", MANY_CUSTOMERS if found else NO_CUSTOMER)
        party: Party = found[0]
        return party

    def agent(self, word: str) -> int:
        """Return the id of the party with this code, VAT number or name."""
        found = self.everybody.get(names.fold(word), [])
        if len(found) != 1:
            raise NotFoundError("agents", (SEVERAL if found else NOBODY) % {"who": word})
        return int(found[0])

    def site(self, customer: Party, word: str) -> Site:
        """Return the customer's site of this name."""
        found = self.sites.get((customer.pk, names.fold(word)))
        if found is None:
            raise NotFoundError("site", NO_SITE)
        return found

    def mandate(self, reference: str) -> Mandate:
        """Return the mandate of this reference."""
        if reference not in self.mandates:
            raise NotFoundError("mandate", UNKNOWN)
        return self.mandates[reference]

    def other(self, field: str, word: str) -> Any:
        """Return the record of one of the small tables."""
        found = self.tables[field].get(names.fold(word))
        if found is None:
            raise NotFoundError(field, UNKNOWN)
        return found


class Machines:
    """Machines and meters by customer, where the file has a column for them."""

    def __init__(self, columns: Set[str]) -> None:
        self.by_word: dict[tuple[int, str], set[int]] = defaultdict(set)
        self.of_customer: dict[int, set[int]] = defaultdict(set)
        self.meters: dict[int, list[Meter]] = defaultdict(list)
        if columns & {"machine", "meter", "machines"}:
            self._read_machines()
        if columns & {"machine", "meter"}:
            for meter in Meter.objects.filter(is_active=True).select_related("asset"):
                self.meters[meter.asset_id].append(meter)

    def _read_machines(self) -> None:
        rows = Asset.objects.values_list("pk", "customer_id", "serial", "name")
        by_name: dict[tuple[int, str], set[int]] = defaultdict(set)
        for key, customer, serial, name in rows.iterator(chunk_size=5_000):
            self.of_customer[customer].add(key)
            by_name[customer, names.fold(name)].add(key)
            if serial:
                self.by_word[customer, names.fold(serial)].add(key)
        for word, found in by_name.items():
            self.by_word.setdefault(word, found)

    def machine(self, customer: Party, word: str, field: str = "machines") -> int:
        """Return the id of the customer's machine with this serial number, or this name."""
        found = self.by_word.get((customer.pk, names.fold(word)), set())
        if len(found) != 1:
            raise NotFoundError(field, (MANY_MACHINES if found else NO_MACHINE) % {"what": word})
        [key] = found
        return key

    def meter(self, customer: Party, machine: str, name: str) -> Meter:
        """Return the meter of this name; without one, or without a machine, the only one."""
        if machine:
            among: Iterable[int] = {self.machine(customer, machine, "machine")}
        else:
            among = self.of_customer.get(customer.pk, set())
        found = [meter for key in among for meter in self.meters.get(key, ())]
        if name:
            found = [meter for meter in found if names.fold(meter.name) == names.fold(name)]
        if len(found) != 1:
            raise NotFoundError("meter", WHICH_METER if found else NO_METER)
        return found[0]


def _by_word(parties: Iterable[Party]) -> dict[str, list[Any]]:
    """Return parties by code and VAT number, and by name where those are nobody's."""
    certain: dict[str, list[Any]] = {}
    by_name: dict[str, list[Any]] = {}
    for party in parties:
        for word in {party.code, party.vat_number} - {""}:
            certain[names.fold(word)] = [party]
        by_name.setdefault(names.fold(party.name), []).append(party)
    return by_name | certain
