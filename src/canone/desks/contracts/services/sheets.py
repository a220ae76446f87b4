"""Which columns a file of contracts has: a row is a line, its contract's columns are repeated."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from canone.base.exchange.importers import Field, FieldKind

CYCLES = {
    "month/1": ("monthly", "mensile", "mensuel", "mensuelle", "m", "1"),
    "month/2": ("bimonthly", "bimestrale", "bimestriel", "bimestrielle", "b", "2"),
    "month/3": ("quarterly", "trimestrale", "trimestriel", "trimestrielle", "t", "3"),
    "month/4": ("four-monthly", "quadrimestrale", "quadrimestriel", "q", "4"),
    "month/6": ("half-yearly", "semestrale", "semestriel", "semestrielle", "s", "6"),
    "month/12": ("yearly", "annuale", "annuel", "annuelle", "a", "12"),
    "month/24": ("two-yearly", "biennale", "biennal", "24"),
    "month/36": ("three-yearly", "triennale", "triennal", "36"),
    "week/1": ("weekly", "settimanale", "hebdomadaire"),
    "day/30": ("30 days", "30 giorni", "30 jours"),
    "once": ("once", "una tantum", "unique", "one-off"),
}
TIMINGS = {
    "in_advance": ("in advance", "anticipata", "anticipato", "à échoir", "terme à échoir"),
    "in_arrears": ("in arrears", "posticipata", "posticipato", "échu", "terme échu"),
}
ANCHORS = {
    "activation": ("activation", "attivazione", "decorrenza"),
    "calendar": ("calendar", "calendario", "calendrier", "civile"),
}
PER = {
    "cycle": ("cycle", "rata", "periodo", "période"),
    "year": ("year", "anno", "annuo", "an", "année"),
}
METHODS = {
    "transfer": ("bonifico", "bank transfer", "virement"),
    "direct_debit": ("rid", "sdd", "sepa", "addebito diretto", "prélèvement"),
    "riba": ("ri.ba.", "ricevuta bancaria"),
    "cash": ("contanti", "espèces"),
    "card": ("carta", "carte"),
    "cheque": ("assegno", "chèque"),
    "other": ("altro", "autre"),
}


def _words(known: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    return {word: code for code, words in known.items() for word in (code, *words)}


CONTRACT_FIELDS = (
    Field("number", _("Number of the contract"), required=True, limit=40,
          synonyms=("contratto", "n. contratto", "numero contratto", "contract", "contrat")),
    Field("customer", _("Customer"), required=True, limit=200,
          synonyms=("cliente", "codice cliente", "ragione sociale", "client", "partita iva")),
    Field("type", _("Type"), synonyms=("tipo", "tipo contratto", "genre"), limit=120),
    Field("title", _("Subject"), synonyms=("oggetto", "objet", "subject"), limit=200),
    Field("signed_on", _("Signed on"), FieldKind.DAY,
          synonyms=("data contratto", "firmato il", "signé le")),
    Field("start", _("Activation"), FieldKind.DAY, required=True,
          synonyms=("attivazione", "decorrenza", "attivato", "attivato il", "début")),
    Field("end", _("Expiry"), FieldKind.DAY,
          synonyms=("scadenza", "fine contratto", "échéance", "expiry")),
    Field("go_live", _("Billed here from"), FieldKind.DAY,
          synonyms=("da fatturare dal", "facturé ici depuis")),
    Field("payment_terms", _("Payment terms"), limit=120,
          synonyms=("pagamento", "condizioni di pagamento", "conditions de paiement")),
    Field("method", _("Payment method"), FieldKind.CHOICE, choices=_words(METHODS),
          synonyms=("modalità di pagamento", "mode de paiement")),
    Field("mandate", _("Mandate"), synonyms=("mandato", "mandat", "umr", "rum"), limit=35),
    Field("cig", "CIG", limit=15),
    Field("cup", "CUP", limit=15),
    Field("notes", _("Internal notes"), synonyms=("note", "note interne", "notes"), limit=2_000),
)  # fmt: skip
LINE_FIELDS = (
    Field("article", _("Article"), synonyms=("articolo", "servizio", "codice servizio"), limit=40),
    Field("description", _("Description"), synonyms=("descrizione", "désignation"), limit=300),
    Field("quantity", _("Quantity"), FieldKind.NUMBER, synonyms=("quantità", "q.tà", "quantité")),
    Field("unit_price", _("Price"), FieldKind.PRICE,
          synonyms=("prezzo", "importo", "canone", "importo ft", "prix", "montant")),
    Field("discount", _("Discount %"), FieldKind.NUMBER, synonyms=("sconto", "sconto %", "remise")),
    Field("vat", _("VAT code"), synonyms=("iva", "codice iva", "tva"), limit=10),
    Field("cycle", _("Cycle"), FieldKind.CHOICE, choices=_words(CYCLES),
          synonyms=("periodicità", "fatturazione", "f", "périodicité")),
    Field("timing", _("In advance or in arrears"), FieldKind.CHOICE, choices=_words(TIMINGS),
          synonyms=("anticipata/posticipata", "terme")),
    Field("anchor", _("Counted from"), FieldKind.CHOICE, choices=_words(ANCHORS),
          synonyms=("ancoraggio", "calcolo periodi")),
    Field("anchor_day", _("Day of the month"), FieldKind.WHOLE,
          synonyms=("giorno", "giorno di fatturazione", "jour")),
    Field("month_offset", _("Months after January"), FieldKind.WHOLE,
          synonyms=("sfasamento mesi", "décalage")),
    Field("amount_per", _("Amount for"), FieldKind.CHOICE, choices=_words(PER),
          synonyms=("importo per", "montant par")),
    Field("sum_to_annual", _("Instalments sum to the year (yes/no)"), FieldKind.YES,
          synonyms=("rate a quadratura",)),
    Field("line_start", _("Line valid from"), FieldKind.DAY, synonyms=("riga dal", "ligne du")),
    Field("line_end", _("Line valid until"), FieldKind.DAY, synonyms=("riga al", "ligne au")),
    Field("billed_through", _("Billed until"), FieldKind.DAY,
          synonyms=("fatturato fino al", "ultimo periodo fatturato", "facturé jusqu'au")),
    Field("tariff", _("Profile for work"), limit=120,
          synonyms=("profilo", "tariffario", "tariffa", "profil", "tarif")),
    Field("group", _("Group of the address book"), limit=200,
          synonyms=("gruppo", "gruppo rubrica", "groupe")),
)  # fmt: skip
FIELDS = (*CONTRACT_FIELDS, *LINE_FIELDS)
