"""What a run looks up: rates, payment terms, the firm's habits, and customers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from canone.base.firm import queries as firms
from canone.base.history import services as history
from canone.ledgers.invoicing.models import BillingSettings, TaxProfile
from canone.ledgers.invoicing.rules import law
from canone.ledgers.invoicing.rules.obstacles import Payer, Rate
from canone.ledgers.invoicing.rules.plan import Customer, Payment
from canone.ledgers.invoicing.rules.totals import Treatment
from canone.registers.catalog.models import Article, VatRate
from canone.registers.parties.models import Party, PaymentTerms, Site
from canone.registers.parties.rules.terms import Terms, due_dates

LEGAL = Terms(first_days=30)
"""Without terms an invoice is due when the law says: D.Lgs. 231/2002 art. 4, C. com. L441-10."""
PARTY = (
    "id", "code", "name", "language", "country", "is_customer", "is_person", "is_public_body",
    "vat_number", "tax_code", "siren", "siret", "sdi_code", "pec", "email", "invoice_grouping",
    "payment_terms_id", "is_blocked",
)  # fmt: skip
SITE = ("party_id", "street", "postcode", "city", "province", "country")
FROZEN = (
    "code", "name", "country", "is_person", "is_public_body", "vat_number", "tax_code", "siren",
    "siret", "sdi_code", "pec", "email",
)  # fmt: skip


@dataclass(slots=True)
class Book:
    """Rates, terms and habits as they stand; read once for a batch."""

    country: str
    ordinary: Rate | None
    recharges_stamp: bool
    usual_terms: Terms
    """Of who has no payment terms."""
    rates: dict[int, Rate]
    terms: dict[int, PaymentTerms]
    payments: dict[tuple[int, str, str], Payment] = field(default_factory=dict)
    dates: dict[tuple[int, date], tuple[date, ...]] = field(default_factory=dict)

    def of_articles(self, ids: Iterable[int | None]) -> dict[int, Rate]:
        """Return the rates of these articles, by the article's id."""
        wanted = {key for key in ids if key}
        if not wanted:
            return {}
        known = Article.objects.filter(pk__in=wanted).values_list("pk", "vat_id")
        return {key: self.rates[vat_id] for key, vat_id in known}

    def payment(self, terms_id: int, method: str, mandate: str) -> Payment:
        """Return how it is paid under the terms, with another method where one is given."""
        key = (terms_id, method, mandate)
        if key not in self.payments:
            terms = self.terms.get(terms_id)
            usual = terms.method if terms else PaymentTerms.Method.TRANSFER.value
            data = {"code": terms.code, "names": terms.names} if terms else {}
            text = history.canonical(data)
            self.payments[key] = Payment(terms_id, text, method or usual, mandate)
        return self.payments[key]

    def due_dates(self, terms_id: int, day: date) -> tuple[date, ...]:
        """Return when an invoice of `day` is due."""
        key = (terms_id, day)
        if key not in self.dates:
            terms = self.terms.get(terms_id)
            self.dates[key] = due_dates(terms.terms() if terms else self.usual_terms, day)
        return self.dates[key]


def book() -> Book:
    """Return what stands now."""
    rates = {
        key: Rate(key, code, basis_points, nature)
        for key, code, basis_points, nature in VatRate.objects.values_list(
            "id", "code", "basis_points", "nature"
        )
    }
    habits = BillingSettings.objects.filter(pk=1).first()
    country = firms.firm().country.upper()
    ordinary = rates.get(habits.ordinary_vat_id or 0) if habits else None
    return Book(
        country=country,
        ordinary=ordinary or _usual_rate(country),
        recharges_stamp=habits.recharges_stamp if habits else True,
        usual_terms=Terms(first_days=habits.due_days) if habits else LEGAL,
        rates=rates,
        terms={terms.pk: terms for terms in PaymentTerms.objects.all()},
    )


def _usual_rate(country: str) -> Rate | None:
    """Return the highest active rate of the country: the ordinary one, where none was chosen."""
    found = VatRate.objects.filter(country=country.lower(), is_active=True, basis_points__gt=0)
    row = found.order_by("-basis_points", "id").first()
    return Rate(row.pk, row.code, row.basis_points, row.nature) if row else None


def customers(ids: Iterable[int], books: Book, *, day: date) -> dict[int, Customer]:
    """Return the customers as documents of `day` need them."""
    wanted = list(ids)
    sites = {
        row[0]: row[1:]
        for row in Site.objects.filter(party_id__in=wanted, is_main=True).values_list(*SITE)
    }
    profiles = {row.customer_id: row for row in TaxProfile.objects.filter(customer__in=wanted)}
    found = {}
    for values in Party.objects.filter(pk__in=wanted).values_list(*PARTY):
        row = dict(zip(PARTY, values, strict=True))
        customer = _customer(row, sites.get(row["id"]), profiles.get(row["id"]), books, day)
        found[customer.id] = customer
    return found


def is_split(profile: TaxProfile | None, country: str, day: date) -> bool:
    """Return whether the customer pays the VAT of a document of `day` to the State."""
    if profile is None or profile.split_since is None or not law.has_split(country, day):
        return False
    ends = profile.split_until
    return profile.split_since <= day and (ends is None or day <= ends)


def _customer(
    row: dict[str, object],
    site: tuple[object, ...] | None,
    profile: TaxProfile | None,
    books: Book,
    day: date,
) -> Customer:
    treatment = Treatment(
        country=books.country,
        is_split=is_split(profile, books.country, day),
        withholding_bp=profile.withholding_bp if profile else 0,
        recharges_stamp=books.recharges_stamp,
    )
    address = site or ("", "", "", "", row["country"])
    payer = Payer(
        country=str(row["country"]),
        is_customer=bool(row["is_customer"]),
        is_person=bool(row["is_person"]),
        is_blocked=bool(row["is_blocked"]),
        vat_number=str(row["vat_number"]),
        tax_code=str(row["tax_code"]),
        siren=str(row["siren"]),
        has_address=bool(address[0] and address[2]),
        is_split=treatment.is_split,
        withholding_bp=treatment.withholding_bp,
    )
    frozen = {name: row[name] for name in FROZEN}
    street, postcode, city, province, land = address
    frozen["address"] = {
        "street": street, "postcode": postcode, "city": city, "province": province,
        "country": land,
    }  # fmt: skip
    abroad = payer.country != books.country and bool(payer.vat_number)
    usual = books.rates.get(profile.vat_id or 0) if profile else None
    return Customer(
        id=int(str(row["id"])),
        name=str(row["name"]),
        language=str(row["language"]),
        grouping=str(row["invoice_grouping"]),
        terms_id=int(str(row["payment_terms_id"] or 0)),
        is_business_abroad=abroad,
        payer=payer,
        treatment=treatment,
        usual=usual,
        data=history.canonical(frozen),
    )


def foreseen(invoice_on: date | None, service_start: date) -> date:
    """Return from which day a charge may be invoiced."""
    return invoice_on or service_start


ONE_DAY = timedelta(days=1)
