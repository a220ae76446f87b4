"""An invoice with which a firm's template is tried."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from canone.ledgers.invoicing.queries import paper_codes
from canone.ledgers.invoicing.rules import transfers

TITLE = _("Invoice, credit note, pro-forma")


def sample() -> dict[str, Any]:
    """Return an invoice with everything that one can bear."""
    iban = "IT60X0542811101000000123456"
    text = transfers.text(name="Prova", iban=iban, cents=24_600, remittance="FT/2026/12")
    return {
        "title": "Fattura FT/2026/12",
        "watermark": "",
        "recipient": ["Officine Prova S.r.l.", "Via Milano 12", "22100 Como (CO)"],
        "facts": [
            ["Numero", "FT/2026/12"],
            ["Data", "30/11/2026"],
            ["Periodo", "01/11/2026–30/11/2026"],
            ["P. IVA", "IT01234567890"],
        ],
        "columns": ["Descrizione", "Quantità", "Prezzo unitario", "Sconto", "IVA", "Importo"],
        "has_discount": True,
        "rows": [
            ["Canone", "01/11/2026–30/11/2026", "1", "200,00 €", "10 %", "22", "180,00 €"],
            ["Bollo", "", "1", "20,00 €", "", "N1", "20,00 €"],
        ],
        "vat": {
            "columns": ["Aliquota o natura", "Imponibile", "IVA"],
            "rows": [["22 %", "180,00 €", "39,60 €"], ["N1", "20,00 €", "0,00 €"]],
            "mentions": [["N1", "Escluso dalla base imponibile – art. 15 DPR 633/1972"]],
        },
        "totals": [["Imponibile", "200,00 €"], ["IVA", "39,60 €"], ["Da pagare", "239,60 €"]],
        "dues": {"title": "Scadenze", "rows": [["31/12/2026", "Bonifico", "239,60 €"]]},
        "bank": [["IBAN", iban]],
        "code": {"svg": paper_codes.drawn(text), "caption": "Paghi con l’app della Sua banca"},
        "notes": ["Grazie."],
        "remarks": ["Imposta di bollo assolta in modo virtuale"],
        "annexes": [
            {
                "title": "Assistenza remota",
                "columns": [
                    {"title": "Inizio", "right": False, "wide": False},
                    {"title": "Computer", "right": False, "wide": True},
                    {"title": "Prezzo", "right": True, "wide": False},
                ],
                "rows": [
                    {
                        "cells": ["19/11/2026 16:41–17:23", "CAD-PC12", "44,00 €"],
                        "detail": "Scatto iniziale, 15 minuti 20,00 €",
                    }
                ],
                "foot": ["Totale", "", "44,00 €"],
            }
        ],
    }
