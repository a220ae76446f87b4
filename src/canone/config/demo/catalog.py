"""VAT rates, units, articles with a price list, and the profiles of the demo firm."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from canone.kernel.money import UnitPrice
from canone.registers.catalog.models import Article, PriceList, Tariff, Unit, VatRate
from canone.registers.catalog.rules.bands import Band
from canone.registers.catalog.rules.rating import Terms
from canone.registers.catalog.services import articles, prices, tariffs

UNITS = (
    ("h", "ore", "heures", "hours"),
    ("pz", "pezzi", "pièces", "pieces"),
    ("km", "chilometri", "kilomètres", "kilometres"),
    ("mese", "mesi", "mois", "months"),
    ("anno", "anni", "ans", "years"),
    ("forf", "a corpo", "forfait", "lump sum"),
)
ARTICLES = """
ASS-REM|service|h|72.00|Assistenza remota|Assistance à distance|Remote support
ASS-SEDE|service|h|68.00|Assistenza presso il cliente|Assistance sur site|On-site support
ASS-SIST|service|h|85.00|Consulenza sistemistica|Conseil système|Systems consulting
ASS-FORM|service|h|60.00|Formazione|Formation|Training
DIR-CHIAM|service|forf|35.00|Diritto di chiamata|Forfait d’appel|Call fee
TRASF-KM|service|km|0.65|Rimborso chilometrico|Frais kilométriques|Mileage
INST-PC|service|forf|95.00|Installazione postazione|Installation d’un poste|Workstation set-up
INST-SRV|service|forf|480.00|Installazione server|Installation d’un serveur|Server set-up
MIGR-MAIL|service|forf|18.00|Migrazione casella di posta|Migration de boîte mail|Mailbox migration
CAN-MON|service|mese|9.50|Monitoraggio postazione|Supervision d’un poste|Workstation monitoring
CAN-SRV|service|mese|48.00|Gestione server|Gestion de serveur|Server management
CAN-BKP|service|mese|0.085|Backup in cloud, per GB|Sauvegarde en ligne, par Go|Cloud backup, per GB
CAN-AV|service|anno|29.00|Antivirus gestito|Antivirus géré|Managed antivirus
CAN-FW|service|anno|310.00|Firewall gestito|Pare-feu géré|Managed firewall
LIC-365|service|mese|12.90|Licenza posta e ufficio|Licence messagerie et bureau|Office licence
DOM-IT|service|anno|18.00|Dominio .it|Domaine .it|Domain .it
NB-14|goods|pz|890.00|Notebook 14″ 16 GB|Portable 14″ 16 Go|Laptop 14″ 16 GB
PC-MINI|goods|pz|620.00|PC compatto 16 GB|PC compact 16 Go|Compact PC 16 GB
MON-27|goods|pz|215.00|Monitor 27″|Écran 27″|Monitor 27″
SSD-1T|goods|pz|98.00|Disco SSD 1 TB|Disque SSD 1 To|SSD 1 TB
RAM-16|goods|pz|64.00|Memoria 16 GB|Mémoire 16 Go|Memory 16 GB
SW-24|goods|pz|245.00|Switch 24 porte|Commutateur 24 ports|Switch 24 ports
AP-AX|goods|pz|139.00|Access point Wi-Fi 6|Borne Wi-Fi 6|Wi-Fi 6 access point
UPS-1K|goods|pz|168.00|Gruppo di continuità 1000 VA|Onduleur 1000 VA|UPS 1000 VA
TON-NERO|goods|pz|74.00|Toner nero|Toner noir|Black toner
COPIA-BN|service|pz|0.0085|Copia in bianco e nero|Copie noir et blanc|Black and white copy
"""
"""Code, kind, unit, price, and the words in Italian, French and English, a line each."""
EVENING = (
    Band("domenica e festivi", (6,), 0, 24 * 60, 200, on_holidays=True),
    Band("sera e notte", (0, 1, 2, 3, 4, 5), 18 * 60 + 30, 8 * 60, 150),
)
STEPS = Terms(
    minimum_minutes=3,
    initial_minutes=15,
    initial_price=UnitPrice.of("20.00"),
    step_minutes=5,
    step_price=UnitPrice.of("4.00"),
)
PROFILES: tuple[tuple[str, str, Terms], ...] = (
    ("steps", "Standard a scatti", STEPS),
    ("hourly", "Tariffa oraria", Terms(step_minutes=60, step_price=UnitPrice.of("50.00"))),
    (
        "minute",
        "Durata effettiva",
        Terms(minimum_minutes=2, step_minutes=1, step_price=UnitPrice.of("0.80")),
    ),
    (
        "call",
        "Diritto di chiamata",
        Terms(initial_price=UnitPrice.of("10.00"), step_minutes=1, step_price=UnitPrice.of("0.50")),
    ),
    (
        "free",
        "Dieci minuti in omaggio",
        Terms(initial_minutes=10, step_minutes=30, step_price=UnitPrice.of("25.00")),
    ),
    (
        "always",
        "Reperibilità 24 ore",
        Terms(
            minimum_minutes=3,
            initial_minutes=15,
            initial_price=UnitPrice.of("28.00"),
            step_minutes=15,
            step_price=UnitPrice.of("18.00"),
            merge_gap_minutes=5,
            bands=EVENING,
            holidays="it",
            note_required=True,
        ),
    ),
)


@dataclass(slots=True)
class Shelf:
    """What was written, for the builders of what comes after."""

    vat: dict[str, VatRate] = field(default_factory=dict)
    articles: dict[str, Article] = field(default_factory=dict)
    usual: PriceList | None = None
    tariffs: dict[str, Tariff] = field(default_factory=dict)

    @property
    def profiles(self) -> list[Tariff]:
        """The profiles that groups are priced by, the commonest first."""
        return list(self.tariffs.values())


def load(*, at: datetime, by: int | None) -> Shelf:
    """Return the catalog after writing it: three years of prices, profiles as old as the firm."""
    began = at - timedelta(days=1_205)
    shelf = Shelf()
    articles.provide_vat(country="it")
    shelf.vat = {vat.code: vat for vat in VatRate.objects.all()}
    units = {code: _unit(code, *titles) for code, *titles in UNITS}
    shelf.usual = prices.save_list(name="Listino base", valid_from=began.date().replace(day=1))
    for code, kind, unit, price, italian, french, english in rows():
        article = articles.save_article(
            code=code,
            kind=kind,
            title=italian,
            titles={"it": italian, "fr": french, "en": english},
            unit=units[unit],
            vat=shelf.vat["22"],
        )
        shelf.articles[code] = article
        _prices(shelf.usual, article, price, at.date())
    _dealers(shelf, at.date())
    shelf.tariffs = {
        key: _profile(key, name, terms, began, at, by) for key, name, terms in PROFILES
    }
    return shelf


def rows() -> list[list[str]]:
    """Return the articles as they stand in the table above."""
    return [line.split("|") for line in ARTICLES.strip().splitlines()]


def _unit(code: str, italian: str, french: str, english: str) -> Unit:
    return articles.save_unit(
        code=code, title=italian, titles={"it": italian, "fr": french, "en": english}
    )


def _prices(usual: PriceList, article: Article, price: str, today: date) -> None:
    """Set today's price, and lower ones for the two years before."""
    now = UnitPrice.of(price)
    for years in (2, 1, 0):
        share = 100 - years * (2 + len(article.code) % 3)
        then = UnitPrice(max(now.micros * share // 100 // 100 * 100, 100))
        since = max(date(today.year - years, 1, 1), usual.valid_from)
        prices.set_price(price_list=usual, article=article, price=then, valid_from=since)


def _dealers(shelf: Shelf, today: date) -> None:
    """Make a second list with better prices of goods."""
    listed = prices.save_list(name="Rivenditori", valid_from=date(today.year, 1, 1))
    for code, kind, _counted, price, *_titles in rows():
        if kind == "goods":
            lower = UnitPrice.of(price).micros * 88 // 100 // 10_000 * 10_000
            prices.set_price(
                price_list=listed,
                article=shelf.articles[code],
                price=UnitPrice(lower),
                valid_from=listed.valid_from,
            )


def _profile(
    key: str, name: str, terms: Terms, began: datetime, at: datetime, by: int | None
) -> Tariff:
    """Return a profile; the standard one has been revised twice."""
    if key != "steps":
        return tariffs.create(name=name, terms=terms, at=began, by=by)
    tariff = tariffs.create(name=name, terms=_cheaper("17.00", "3.50"), at=began, by=by)
    for days, older in ((760, _cheaper("18.00", "4.00")), (140, terms)):
        tariffs.revise(tariff=tariff, terms=older, at=at - timedelta(days=days), by=by)
    return tariff


def _cheaper(initial: str, step: str) -> Terms:
    return Terms(
        minimum_minutes=STEPS.minimum_minutes,
        initial_minutes=STEPS.initial_minutes,
        initial_price=UnitPrice.of(initial),
        step_minutes=STEPS.step_minutes,
        step_price=UnitPrice.of(step),
    )
