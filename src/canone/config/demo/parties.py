"""Sixty customers, a few suppliers, their sites, contacts and groups."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from schwifty import IBAN
from stdnum import luhn
from stdnum.ch import uid
from stdnum.it import codicefiscale

from canone.config.demo import lombardy
from canone.config.demo.lombardy import Town
from canone.registers.parties.models import Contact, Group, Party, PaymentTerms, Site, Zone
from canone.registers.parties.rules import names
from canone.registers.parties.services import parties, people, places, settings

INCOMPLETE = (4, 17, 31, 44, 49)
"""Which customers lack something, as in every register."""
SECOND_GROUP = (1, 5, 20, 35)
BANKS = ("03069", "02008", "05034", "08430", "05696")


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


def load(rng: Random, *, at: datetime, by: int | None) -> Book:
    """Return the address book after writing it; customers are three years old or a little less."""
    zones = {
        name: settings.create_zone(at=at - timedelta(days=1200), by=by, name=name)
        for name in lombardy.ZONES
    }
    terms = {row[0]: _terms(row, at=at - timedelta(days=1200), by=by) for row in lombardy.TERMS}
    book = Book()
    for draft in drafts(rng):
        _write(book, draft, _since(rng, at), by, zones=zones, terms=terms)
    return book


def drafts(rng: Random) -> Iterator[Draft]:
    """Return all parties, customers first; the same generator gives the same ones."""
    made = Maker(rng)
    for number, (name, city) in enumerate(lombardy.FIRMS):
        yield made.firm(name, lombardy.TOWNS[city], number)
    for name, city in lombardy.PUBLIC:
        yield made.public_body(name, lombardy.TOWNS[city])
    for city in lombardy.PEOPLE_TOWNS:
        yield made.person(lombardy.TOWNS[city])
    yield made.swiss()
    yield made.twin()
    for name, city in lombardy.SUPPLIERS:
        yield made.supplier(name, lombardy.TOWNS[city])


def short_name(name: str) -> str:
    """Return the name as the address book calls it: without the legal form."""
    bare = re.sub(r"\b(S\.r\.l\.|S\.p\.A\.|S\.n\.c\.|S\.a\.s\.|S\.s\.|SA|Onlus).*$", "", name)
    return bare.strip(" ,") or name


class Maker:
    """Draws numbers, people and places that pass every check."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self._used: set[str] = set()

    def firm(self, name: str, town: Town, number: int) -> Draft:
        """Return a company as a customer; some lack something on purpose."""
        values = self._company(name, town) | {
            "reliability": self._pick({"good": 60, "unknown": 22, "slow": 14, "bad": 4}),
            "iban": self.iban() if self.rng.random() < 0.6 else "",
        }
        terms = self._pick({"BB30FM": 40, "RB30FM": 25, "SDD": 15, "RB3060": 12, "BB60FM10": 8})
        if number in INCOMPLETE:
            values |= {"sdi_code": "", "pec": ""}
            terms = "" if number % 2 else terms
        if number == 46:
            values |= {"is_blocked": True, "block_reason": "Tre fatture scadute da oltre 90 giorni"}
        if number == 31:
            values |= {"is_active": False, "notes": "Attività ceduta."}
        short = short_name(name)
        second = number in SECOND_GROUP
        warehouse = {"name": "Magazzino", **self._place(town), "opening": "8–12, 13.30–17"}
        return Draft(
            values=values,
            office=self.office(town),
            terms=terms,
            zone=town.zone,
            sites=(warehouse,) if second or number % 9 == 0 else (),
            contacts=tuple(self.contacts(values["website"], town)),
            groups=(short, f"{short} – Magazzino") if second else (short,),
        )

    def public_body(self, name: str, town: Town) -> Draft:
        """Return a public body: a tax code, six characters of SdI code, thirty days."""
        values = self._company(name, town) | {
            "is_public_body": True,
            "sdi_code": self._letters(6),
            "reliability": "good",
        }
        contacts = tuple(self.contacts(values["website"], town))
        return Draft(
            values, self.office(town), "BB30", town.zone, contacts=contacts, groups=(name,)
        )

    def person(self, town: Town) -> Draft:
        """Return somebody who pays on the spot and has no VAT number."""
        first, sex = self.rng.choice(lombardy.FIRST_NAMES)
        last = self.rng.choice(lombardy.LAST_NAMES)
        values = {
            "name": f"{last} {first}",
            "is_person": True,
            "tax_code": self.tax_code(last, first, sex, town),
            "phone": self.mobile(),
            "email": f"{names.fold(first)}.{names.fold(last)}@posta.example",
        }
        return Draft(
            values, self.office(town), "RD", town.zone, groups=(self._unused(f"{last} {first}"),)
        )

    def swiss(self) -> Draft:
        """Return a customer beyond the border."""
        name, city, postcode, latitude, longitude = lombardy.SWISS
        number = "".join(self.rng.choices("123456789", k=8))
        while uid.calc_check_digit(number) in {"X", "10"}:
            number = "".join(self.rng.choices("123456789", k=8))
        values = {
            "name": name,
            "country": "CH",
            "vat_number": f"CHE{number}{uid.calc_check_digit(number)}",
            "sdi_code": "XXXXXXX",
            "phone": f"+41 91 68{self.rng.randint(0, 9)} {self.rng.randint(10, 99)} 00",
            "email": "info@fiduciariaceresio.example",
        }
        office = {
            "street": f"Corso San Gottardo {self.rng.randint(2, 90)}",
            "postcode": postcode,
            "city": city,
            "country": "CH",
            "latitude": latitude,
            "longitude": longitude,
        }
        return Draft(values, office, "BB30", lombardy.LAKE, groups=(short_name(name),))

    def twin(self) -> Draft:
        """Return a customer that is in the book already, typed anew with a slip."""
        name, city = lombardy.TWIN
        return Draft({"name": name, "phone": self.phone(lombardy.TOWNS[city])}, {"city": city})

    def supplier(self, name: str, town: Town) -> Draft:
        """Return somebody the firm buys from."""
        values = self._company(name, town) | {"is_customer": False, "is_supplier": True}
        return Draft(values | {"iban": self.iban()}, self.office(town), "BB60FM10", town.zone)

    def contacts(self, website: str, town: Town) -> Iterator[dict[str, Any]]:
        """Return one to three people; the first receives invoices and statements."""
        domain = website.removeprefix("https://www.")
        for place in range(self.rng.choice((1, 1, 2, 2, 3))):
            first, _sex = self.rng.choice(lombardy.FIRST_NAMES)
            last = self.rng.choice(lombardy.LAST_NAMES)
            yield {
                "name": f"{first} {last}",
                "role": lombardy.ROLES[place] if place else self.rng.choice(lombardy.ROLES),
                "email": f"{names.fold(first)}.{names.fold(last)}@{domain}",
                "phone": self.phone(town) if self.rng.random() < 0.5 else "",
                "mobile": self.mobile() if self.rng.random() < 0.6 else "",
                "gets_invoices": place == 0,
                "gets_statements": place == 0,
                "gets_reports": place > 0 or self.rng.random() < 0.4,
            }

    def office(self, town: Town) -> dict[str, Any]:
        """Return the registered office."""
        return {"name": "Sede", **self._place(town)}

    def vat_number(self, town: Town) -> str:
        """Return a partita IVA that nobody else in the demo has."""
        body = f"0{self.rng.randint(1_000_000, 3_999_999) % 10**6:06d}"
        body += lombardy.TAX_OFFICES[town.province]
        return self._unused(body + luhn.calc_check_digit(body), again=lambda: self.vat_number(town))

    def tax_code(self, last: str, first: str, sex: str, town: Town) -> str:
        """Return the codice fiscale of an invented person, born in one of four towns."""
        born = date(1955, 1, 1) + timedelta(days=self.rng.randint(0, 15_000))
        day = born.day + (40 if sex == "F" else 0)
        place = lombardy.TOWN_CODES.get(town.city, "C933")
        body = (
            f"{_consonants(last)[:3]}{_name_letters(first)}{born.year % 100:02d}"
            f"{'ABCDEHLMPRST'[born.month - 1]}{day:02d}{place}"
        )
        return body + str(codicefiscale.calc_check_digit(body))

    def iban(self) -> str:
        """Return an Italian account number."""
        account = f"{self.rng.randint(1, 999_999):012d}"
        branch = f"{self.rng.randint(10_000, 52_000):05d}"
        made = IBAN.generate(
            "IT", bank_code=self.rng.choice(BANKS), branch_code=branch, account_code=account
        )
        return str(made)

    def phone(self, town: Town) -> str:
        """Return a telephone number of the town."""
        length = 10 - len(town.area_code) - 1
        first = self.rng.choice("23456789")
        rest = "".join(self.rng.choices("0123456789", k=length - 1))
        return f"{town.area_code} {first}{rest}"

    def mobile(self) -> str:
        """Return a mobile number."""
        return f"34{self.rng.randint(0, 9)} {self.rng.randint(2_000_000, 9_999_999)}"

    def _company(self, name: str, town: Town) -> dict[str, Any]:
        domain = names.fold(short_name(name)).replace(" ", "")[:24] + ".example"
        number = self.vat_number(town)
        return {
            "name": name,
            "vat_number": number,
            "tax_code": number,
            "sdi_code": self._letters(7),
            "pec": f"{domain.removesuffix('.example')}@pec.example",
            "email": f"info@{domain}",
            "website": f"https://www.{domain}",
            "phone": self.phone(town),
        }

    def _place(self, town: Town) -> dict[str, Any]:
        return {
            "street": f"{self.rng.choice(lombardy.STREETS)} {self.rng.randint(1, 140)}",
            "postcode": town.postcode,
            "city": town.city,
            "province": town.province,
            "latitude": round(town.latitude + self.rng.uniform(-0.012, 0.012), 5),
            "longitude": round(town.longitude + self.rng.uniform(-0.012, 0.012), 5),
        }

    def _letters(self, length: int) -> str:
        return "".join(self.rng.choices("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789", k=length))

    def _pick(self, weights: dict[str, int]) -> str:
        return self.rng.choices(list(weights), list(weights.values()))[0]

    def _unused(self, text: str, again: Any = None) -> str:
        if text in self._used:
            return str(again()) if again else self._unused(f"{text} 2")
        self._used.add(text)
        return text


def _consonants(word: str) -> str:
    letters = [letter for letter in names.fold(word).upper() if letter.isalpha()]
    strong = [letter for letter in letters if letter not in "AEIOU"]
    weak = [letter for letter in letters if letter in "AEIOU"]
    return "".join([*strong, *weak, "X", "X", "X"])


def _name_letters(first: str) -> str:
    strong = [letter for letter in names.fold(first).upper() if letter not in "AEIOU"]
    if len(strong) >= 4:
        return strong[0] + strong[2] + strong[3]
    return _consonants(first)[:3]


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
    book.sites += Site.objects.filter(party=party)
    for values in draft.sites:
        book.sites.append(places.create(at=at, by=by, party=party, **values))
    for values in draft.contacts:
        book.contacts.append(people.create_contact(at=at, by=by, party=party, **values))
    for name in draft.groups:
        book.groups.append(people.create_group(at=at, by=by, party=party, name=name))
