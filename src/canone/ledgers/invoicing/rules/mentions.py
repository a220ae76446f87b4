"""What the law wants printed on a document, as rows with their validity and source.

Words are kept in the three languages of the product; a reference to a law is the same in all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from canone.kernel.identities import EU

OLD = date(2026, 12, 31)
NEW = date(2027, 1, 1)
TU = "D.Lgs. 10/2026"
DPR = "DPR 633/1972"
ALWAYS = date(1973, 1, 1)

Words = Mapping[str, str]
REVERSE = {"it": "Inversione contabile", "fr": "Autoliquidation", "en": "Reverse charge"}
OUTSIDE = {"it": "Operazione non soggetta", "fr": "Opération non soumise", "en": "Not subject"}
EXCLUDED = {"it": "Escluso dalla base imponibile", "fr": "Exclu de la base", "en": "Excluded"}
ZERO = {"it": "Operazione non imponibile", "fr": "Opération non imposable", "en": "Zero-rated"}
EXEMPT = {"it": "Operazione esente", "fr": "Opération exonérée", "en": "Exempt"}
SPLIT = {
    "it": "Scissione dei pagamenti: l’IVA è versata all’Erario dal cliente",
    "fr": "Paiement scindé : la TVA est versée au Trésor par le client",
    "en": "Split payment: the customer pays the VAT to the treasury",
}
STAMP = {
    "it": "Imposta di bollo assolta in modo virtuale",
    "fr": "Droit de timbre acquitté de façon virtuelle",
    "en": "Stamp duty paid electronically",
}
DEBITS = {
    "it": "Opzione per il pagamento dell’imposta in base agli addebiti",
    "fr": "Option pour le paiement de la taxe d’après les débits",
    "en": "VAT is due on invoicing, by option",
}
RECEIPTS = {
    "it": "IVA esigibile all’incasso",
    "fr": "TVA acquittée sur les encaissements",
    "en": "VAT is due on payment",
}
LATE = {
    "it": "In caso di ritardo sono dovuti, senza sollecito, interessi al tasso della BCE più 10 "
    "punti{rate} e un’indennità forfettaria di 40 € per spese di recupero. "
    "Nessuno sconto per pagamento anticipato.",
    "fr": "En cas de retard, sont dus sans rappel des pénalités au taux de la BCE majoré de 10 "
    "points{rate} et une indemnité forfaitaire de 40 € pour frais de recouvrement. "
    "Escompte pour paiement anticipé\xa0: néant.",
    "en": "If payment is late, interest at the ECB’s rate plus 10 points{rate} and a lump sum of "
    "€40 for recovery costs are due without reminder. No discount for early payment.",
}


@dataclass(frozen=True, slots=True)
class Mention:
    """A text that is due from `since` until `until`; `where` narrows it to customers there."""

    country: str
    code: str
    since: date
    until: date | None
    words: Words
    reference: str
    source: str
    where: str = ""


def _row(code: str, words: Words, old: str, new: str, where: str = "") -> tuple[Mention, ...]:
    source = "D.Lgs. 10/2026, tavola di corrispondenza"
    return (
        Mention("IT", code, ALWAYS, OLD, words, f"{old} {DPR}", DPR, where),
        Mention("IT", code, NEW, None, words, f"{new} {TU}", source, where),
    )


MENTIONS: tuple[Mention, ...] = (
    *_row("N1", EXCLUDED, "art. 15", "art. 29"),
    *_row("N2.1", REVERSE, "art. 7-ter", "art. 17", "eu"),
    *_row("N2.1", OUTSIDE, "art. 7-ter", "art. 17", "outside"),
    *_row("N3.1", ZERO, "art. 8", "art. 45"),
    *_row("N3.5", ZERO, "art. 8, c. 1, lett. c", "art. 45"),
    *_row("N4", EXEMPT, "art. 10", "art. 37"),
    *_row("N6.3", REVERSE, "art. 17, c. 6, lett. a", "art. 64, c. 6, lett. a"),
    *_row("N6.5", REVERSE, "art. 17, c. 6", "art. 64, c. 6"),
    *_row("N6.6", REVERSE, "art. 17, c. 6", "art. 64, c. 6"),
    *_row("N6.7", REVERSE, "art. 17, c. 6, lett. a-ter", "art. 64, c. 6, lett. c"),
    *_row("split", SPLIT, "art. 17-ter", "art. 65"),
    Mention(
        "IT",
        "stamp",
        date(2014, 6, 26),
        OLD,
        STAMP,
        "art. 15 DPR 642/1972, DM 17/6/2014",
        "DM 17/6/2014 art. 6",
    ),
    # where stamp duty stands from 2027 on is not settled between the sources
    Mention("IT", "stamp", NEW, None, STAMP, "", "D.Lgs. 123/2025"),
    Mention(
        "FR",
        "AE",
        ALWAYS,
        date(2028, 6, 30),
        REVERSE,
        "art. 283 du CGI",
        "CGI ann. II 242 nonies A I-13°; ord. 2026-671 for the end of the old references",
    ),
    Mention("FR", "AE", date(2028, 7, 1), None, REVERSE, "", "CIBS"),
    Mention("FR", "debits", ALWAYS, None, DEBITS, "", "CGI ann. II 242 nonies A"),
    Mention("FR", "receipts", ALWAYS, None, RECEIPTS, "", "CGI art. 269-2 c"),
    Mention("FR", "late", ALWAYS, None, LATE, "", "C. com. L441-9, L441-10, D441-5"),
)
PENALTIES = (
    # C. com. L441-10 II: the ECB's rate on 1 January and 1 July plus ten points
    ("FR", date(2026, 1, 1), date(2026, 6, 30), 1_215),
    ("FR", date(2026, 7, 1), date(2026, 12, 31), 1_240),
)


def mention(country: str, code: str, day: date, *, customer: str, language: str) -> str:
    """Return the text for a document of `day`; empty where no row knows it.

    `country` is the firm's, `customer` that of its customer.
    """
    where = "inside" if customer == country else "eu" if customer in EU else "outside"
    for row in MENTIONS:
        fits = (row.country, row.code) == (country, code) and row.where in ("", where)
        if fits and row.since <= day and (row.until is None or day <= row.until):
            words = row.words.get(language[:2]) or row.words["en"]
            return " – ".join(part for part in (words, row.reference) if part)
    return ""


def penalty(country: str, day: date) -> int | None:
    """Return the rate for late payment in hundredths of a percent; None where it is not known."""
    for land, since, until, rate in PENALTIES:
        if land == country and since <= day <= until:
            return rate
    return None
