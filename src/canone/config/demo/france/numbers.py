"""French numbers that pass every check, and the customer beyond the border."""

from __future__ import annotations

from typing import Any

from schwifty import IBAN
from stdnum import luhn
from stdnum.ch import uid

from canone.config.demo.land import Abroad, Numbers, Town

BANKS = ("18106", "16807", "30004", "10278", "13825")
PUBLIC = "2"
"""The first digit of a public body's SIREN; firms have others."""


class FrenchNumbers(Numbers):
    """Draws them one after the other."""

    lacking = {"siren": "", "siret": "", "vat_number": ""}

    def company(self, _town: Town, _domain: str) -> dict[str, Any]:
        """Return SIREN, SIRET of the registered office, and VAT number."""
        return self._named(self._siren(self.rng.choice("345678")))

    def public_body(self) -> dict[str, Any]:
        """Return the numbers of a public body."""
        return self._named(self._siren(PUBLIC))

    def person(self, _last: str, _first: str, _sex: str, _town: Town) -> dict[str, Any]:
        """Return nothing: whoever buys for themselves is known by name and address."""
        return {}

    def abroad(self) -> Abroad:
        """Return a trust company of Geneva."""
        number = "".join(self.rng.choices("123456789", k=8))
        while uid.calc_check_digit(number) in {"X", "10"}:
            number = "".join(self.rng.choices("123456789", k=8))
        values = {
            "name": "Fiduciaire du Grand-Salève SA",
            "country": "CH",
            "vat_number": f"CHE{number}{uid.calc_check_digit(number)}",
            "phone": f"+41 22 31{self.rng.randint(0, 9)} {self.rng.randint(10, 99)} 00",
            "email": "info@fiduciairegrandsaleve.example",
        }
        office = {
            "street": f"Rue du Rhône {self.rng.randint(2, 90)}",
            "postcode": "1204",
            "city": "Genève",
            "country": "CH",
            "latitude": 46.2035,
            "longitude": 6.1497,
        }
        return Abroad(values, office, "Genevois")

    def iban(self) -> str:
        """Return a French account number, its RIB key included."""
        made = IBAN.generate(
            "FR",
            bank_code=self.rng.choice(BANKS),
            branch_code=f"{self.rng.randint(100, 990):05d}",
            account_code=f"{self.rng.randint(1, 9_999_999):011d}",
        )
        return str(made)

    def phone(self, _town: Town) -> str:
        """Return one of the numbers that are set aside for fiction in the south-east."""
        return f"04 65 71 {self.rng.randint(0, 99):02d} {self.rng.randint(0, 99):02d}"

    def mobile(self) -> str:
        """Return a mobile number."""
        pairs = " ".join(f"{self.rng.randint(0, 99):02d}" for _ in range(3))
        return f"06 7{self.rng.randint(0, 9)} {pairs}"

    def _named(self, siren: str) -> dict[str, Any]:
        office = f"{siren}{self.rng.randint(1, 4):04d}"
        return {
            "siren": siren,
            "siret": office + luhn.calc_check_digit(office),
            "vat_number": f"{(12 + 3 * (int(siren) % 97)) % 97:02d}{siren}",
        }

    def _siren(self, first: str) -> str:
        while True:
            body = first + "".join(self.rng.choices("0123456789", k=7))
            if self.is_new(number := body + luhn.calc_check_digit(body)):
                return number
