"""Italian numbers that pass every check, and the customer beyond the border."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from schwifty import IBAN
from stdnum import luhn
from stdnum.ch import uid
from stdnum.it import codicefiscale

from canone.config.demo.land import Abroad, Numbers, Town
from canone.registers.parties.rules import names

BANKS = ("03069", "02008", "05034", "08430", "05696")
TAX_OFFICES = {"CO": "013", "LC": "013", "MB": "096", "VA": "012", "MI": "015", "BG": "016"}
"""Digits eight to ten of a VAT number, by province."""
TOWN_CODES = {"Como": "C933", "Erba": "D416", "Cantù": "B639", "Lecco": "E507"}
"""The letters of a town in a tax code."""
SWISS = ("Fiduciaria Ceresio SA", "Chiasso", "6830", 45.8320, 9.0310)


class ItalianNumbers(Numbers):
    """Draws them one after the other."""

    lacking = {"sdi_code": "", "pec": ""}

    def company(self, town: Town, domain: str) -> dict[str, Any]:
        """Return VAT number, tax code and where its invoices go."""
        number = self._vat_number(town)
        return {
            "vat_number": number,
            "tax_code": number,
            "sdi_code": self.letters(7),
            "pec": f"{domain.removesuffix('.example')}@pec.example",
        }

    def public_body(self) -> dict[str, Any]:
        """Return six characters of SdI code."""
        return {"sdi_code": self.letters(6)}

    def person(self, last: str, first: str, sex: str, town: Town) -> dict[str, Any]:
        """Return the codice fiscale of an invented person, born in one of four towns."""
        born = date(1955, 1, 1) + timedelta(days=self.rng.randint(0, 15_000))
        day = born.day + (40 if sex == "F" else 0)
        place = TOWN_CODES.get(town.city, "C933")
        body = (
            f"{_consonants(last)[:3]}{_name_letters(first)}{born.year % 100:02d}"
            f"{'ABCDEHLMPRST'[born.month - 1]}{day:02d}{place}"
        )
        return {"tax_code": body + str(codicefiscale.calc_check_digit(body))}

    def abroad(self) -> Abroad:
        """Return a trust company of Ticino."""
        name, city, postcode, latitude, longitude = SWISS
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
        return Abroad(values, office, "Como e lago")

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

    def _vat_number(self, town: Town) -> str:
        while True:
            body = f"0{self.rng.randint(1_000_000, 3_999_999) % 10**6:06d}"
            body += TAX_OFFICES[town.province]
            if self.is_new(number := body + luhn.calc_check_digit(body)):
                return number


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
