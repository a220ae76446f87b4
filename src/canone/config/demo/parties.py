"""Sixty customers, a few suppliers, their sites, contacts and groups."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from canone.config.demo.land import Land, Numbers, Town
from canone.registers.parties.models import Contact, Group, Party, PaymentTerms, Site, Zone
from canone.registers.parties.rules import names
from canone.registers.parties.services import mandates, parties, people, places, settings

DIRECT_DEBIT = PaymentTerms.Method.DIRECT_DEBIT
INCOMPLETE = (4, 17, 31, 44, 49)
"""Which customers lack something, as in every register."""
SECOND_GROUP = (1, 5, 20, 35)


@dataclass(frozen=True, slots=True)
class Draft:
    """A party before it is written, with what hangs on it."""

    values: dict[str, Any]
    office: dict[str, Any]
    terms: str = ""
    zone: str = ""
    sites: tuple[dict[str, Any], ...] = ()
    contacts: tuple[dict[str, Any], ...] = ()
    groups: tuple[str, ...] = ()


@dataclass(slots=True)
class Book:
    """What was written, for the builders of what comes after."""

    customers: list[Party] = field(default_factory=list)
    suppliers: list[Party] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    sites: list[Site] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)


def load(rng: Random, land: Land, *, at: datetime, by: int | None) -> Book:
    """Return the address book after writing it; customers are three years old or a little less."""
    zones = {
        name: settings.create_zone(at=at - timedelta(days=1200), by=by, name=name)
        for name in land.region.zones
    }
    since = at - timedelta(days=1200)
    terms = {row[0]: _terms(row, at=since, by=by) for row in land.paying.terms}
    book = Book()
    for draft in drafts(rng, land):
        _write(book, draft, _since(rng, at), by, zones=zones, terms=terms)
    return book


def drafts(rng: Random, land: Land) -> Iterator[Draft]:
    """Return all parties, customers first; the same generator gives the same ones."""
    made, region = Maker(rng, land), land.region
    for number, (name, city) in enumerate(region.firms):
        yield made.firm(name, region.towns[city], number)
    for name, city in region.public:
        yield made.public_body(name, region.towns[city])
    for city in region.people_towns:
        yield made.person(region.towns[city])
    yield made.abroad()
    yield made.twin()
    for name, city in region.suppliers:
        yield made.supplier(name, region.towns[city])


class Maker:
    """Draws people and places; the numbers are the country's."""

    def __init__(self, rng: Random, land: Land) -> None:
        self.rng = rng
        self.land = land
        self.numbers: Numbers = land.numbers(rng)
        self._groups: set[str] = set()

    def firm(self, name: str, town: Town, number: int) -> Draft:
        """Return a company as a customer; some lack something on purpose."""
        words = self.land.words
        values = self._company(name, town) | {
            "reliability": self._pick({"good": 60, "unknown": 22, "slow": 14, "bad": 4}),
            "iban": self.numbers.iban() if self.rng.random() < 0.6 else "",
        }
        terms = self._pick(self.land.paying.of_firms)
        if self.land.paying.is_debit(terms) and not values["iban"]:
            terms = next(iter(self.land.paying.of_firms))  # nothing can be debited
        if number in INCOMPLETE:
            values |= self.numbers.lacking
            terms = "" if number % 2 else terms
        if number == 46:
            values |= {"is_blocked": True, "block_reason": words.blocked}
        if number == 31:
            values |= {"is_active": False, "notes": words.closed}
        short = self.short_name(name)
        second = number in SECOND_GROUP
        warehouse = {"name": words.warehouse, **self._place(town), "opening": words.opening}
        return Draft(
            values=values,
            office=self.office(town),
            terms=terms,
            zone=town.zone,
            sites=(warehouse,) if second or number % 9 == 0 else (),
            contacts=tuple(self.contacts(values["website"], town)),
            groups=(short, f"{short} – {words.warehouse}") if second else (short,),
        )

    def public_body(self, name: str, town: Town) -> Draft:
        """Return a public body, which pays when the law says so."""
        values = self._company(name, town) | {
            "is_public_body": True,
            **self.numbers.public_body(),
            "reliability": "good",
        }
        contacts = tuple(self.contacts(values["website"], town))
        terms = self.land.paying.of_public
        return Draft(values, self.office(town), terms, town.zone, contacts=contacts, groups=(name,))

    def person(self, town: Town) -> Draft:
        """Return somebody who pays on the spot and has no VAT number."""
        first, sex = self.rng.choice(self.land.region.first_names)
        last = self.rng.choice(self.land.region.last_names)
        values = self._own(f"{last} {first}") | {
            "is_person": True,
            **self.numbers.person(last, first, sex, town),
            "phone": self.numbers.mobile(),
            "email": f"{_local(first)}.{_local(last)}@posta.example",
        }
        group = (self._unused(f"{last} {first}"),)
        terms = self.land.paying.of_people
        return Draft(values, self.office(town), terms, town.zone, groups=group)

    def abroad(self) -> Draft:
        """Return a customer beyond the border."""
        made = self.numbers.abroad()
        values = self._own("") | made.values
        group = (self.short_name(values["name"]),)
        return Draft(values, made.office, self.land.paying.of_abroad, made.zone, groups=group)

    def twin(self) -> Draft:
        """Return a customer that is in the book already, typed anew with a slip."""
        name, city = self.land.region.twin
        values = self._own(name) | {"phone": self.numbers.phone(self.land.region.towns[city])}
        return Draft(values, {"city": city})

    def supplier(self, name: str, town: Town) -> Draft:
        """Return somebody the firm buys from."""
        values = self._company(name, town) | {"is_customer": False, "is_supplier": True}
        values["iban"] = self.numbers.iban()
        return Draft(values, self.office(town), self.land.paying.of_suppliers, town.zone)

    def contacts(self, website: str, town: Town) -> Iterator[dict[str, Any]]:
        """Return one to three people; the first receives invoices and statements."""
        domain = website.removeprefix("https://www.")
        region = self.land.region
        for place in range(self.rng.choice((1, 1, 2, 2, 3))):
            first, _sex = self.rng.choice(region.first_names)
            last = self.rng.choice(region.last_names)
            yield {
                "name": f"{first} {last}",
                "role": region.roles[place] if place else self.rng.choice(region.roles),
                "email": f"{_local(first)}.{_local(last)}@{domain}",
                "phone": self.numbers.phone(town) if self.rng.random() < 0.5 else "",
                "mobile": self.numbers.mobile() if self.rng.random() < 0.6 else "",
                "gets_invoices": place == 0,
                "gets_statements": place == 0,
                "gets_reports": place > 0 or self.rng.random() < 0.4,
            }

    def office(self, town: Town) -> dict[str, Any]:
        """Return the registered office."""
        return {"name": self.land.words.head_office, **self._place(town)}

    def short_name(self, name: str) -> str:
        """Return the name as the address book calls it: without the legal form."""
        bare = re.sub(self.land.region.legal_forms, "", name)
        return bare.strip(" ,") or name

    def _own(self, name: str) -> dict[str, Any]:
        return {
            "name": name,
            "country": self.land.country.upper(),
            "language": self.land.language,
        }

    def _company(self, name: str, town: Town) -> dict[str, Any]:
        domain = _local(self.short_name(name))[:24] + ".example"
        return {
            **self._own(name),
            **self.numbers.company(town, domain),
            "email": f"info@{domain}",
            "website": f"https://www.{domain}",
            "phone": self.numbers.phone(town),
        }

    def _place(self, town: Town) -> dict[str, Any]:
        region = self.land.region
        return {
            "street": region.address(self.rng.choice(region.streets), self.rng.randint(1, 140)),
            "postcode": town.postcode,
            "city": town.city,
            "province": town.province,
            "country": self.land.country.upper(),
            "latitude": round(town.latitude + self.rng.uniform(-0.012, 0.012), 5),
            "longitude": round(town.longitude + self.rng.uniform(-0.012, 0.012), 5),
        }

    def _pick(self, weights: Mapping[str, int]) -> str:
        return self.rng.choices(list(weights), list(weights.values()))[0]

    def _unused(self, text: str) -> str:
        if text in self._groups:
            return self._unused(f"{text} 2")
        self._groups.add(text)
        return text


def _local(name: str) -> str:
    """Return a name as it can stand in a mail address."""
    return names.fold(name).replace(" ", "")


def _since(rng: Random, at: datetime) -> datetime:
    """Return a working hour when the customer was taken on, most of them three years ago."""
    days = rng.choice((1150, 1130, 1120, 1110, 1100, 1100, 900, 500))
    day = at - timedelta(days=days + rng.randint(0, 20))
    return day.replace(hour=rng.randint(7, 15), minute=rng.randint(0, 59), second=0, microsecond=0)


def _terms(row: tuple[Any, ...], *, at: datetime, by: int | None) -> PaymentTerms:
    code, labels, method, first, instalments, interval, month_end, extra = row
    return settings.create_terms(
        at=at,
        by=by,
        code=code,
        names=dict(zip(("it", "fr", "en"), labels, strict=True)),
        method=method,
        first_days=first,
        instalments=instalments,
        interval_days=interval,
        month_end=month_end,
        extra_days=extra,
    )


def _write(
    book: Book,
    draft: Draft,
    at: datetime,
    by: int | None,
    *,
    zones: dict[str, Zone],
    terms: dict[str, PaymentTerms],
) -> None:
    links = {"zone": zones.get(draft.zone), "payment_terms": terms.get(draft.terms)}
    party = parties.create(at=at, by=by, office=draft.office, **draft.values, **links)
    (book.suppliers if not party.is_customer else book.customers).append(party)
    if party.payment_terms and party.payment_terms.method == DIRECT_DEBIT and party.iban:
        day = at.date()
        mandates.create(
            at=at,
            by=by,
            party=party,
            reference=f"{party.code}-{day:%Y%m%d}",
            iban=party.iban,
            signed_on=day,
        )
    book.sites += Site.objects.filter(party=party)
    for values in draft.sites:
        book.sites.append(places.create(at=at, by=by, party=party, **values))
    for values in draft.contacts:
        book.contacts.append(people.create_contact(at=at, by=by, party=party, **values))
    for name in draft.groups:
        book.groups.append(people.create_group(at=at, by=by, party=party, name=name))
