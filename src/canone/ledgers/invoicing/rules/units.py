"""Units that are words agree with their number: 1 mese, 884 mesi.

Abbreviations (h, km, pz, GB), words of more than one language that differ there (“copie”) and what
nobody knows stay as they are written.
"""

from __future__ import annotations

from fractions import Fraction

ITALIAN = {
    "mese": "mesi",
    "anno": "anni",
    "giorno": "giorni",
    "ora": "ore",
    "minuto": "minuti",
    "settimana": "settimane",
    "pezzo": "pezzi",
    "copia": "copie",
    "pagina": "pagine",
    "visita": "visite",
    "postazione": "postazioni",
    "licenza": "licenze",
    "utente": "utenti",
}
FRENCH = {
    "an": "ans",
    "année": "années",
    "jour": "jours",
    "heure": "heures",
    "semaine": "semaines",
    "pièce": "pièces",
    "licence": "licences",
    "utilisateur": "utilisateurs",
}
ENGLISH = {
    "month": "months",
    "year": "years",
    "day": "days",
    "hour": "hours",
    "week": "weeks",
    "piece": "pieces",
    "user": "users",
}
OTHERS = ITALIAN | ENGLISH


def agreeing(unit: str, count: Fraction) -> str:
    """Return the unit as it stands behind a number: as written, or its plural.

    In French the plural begins with two, elsewhere with whatever is not one.
    """
    if unit in FRENCH:
        return FRENCH[unit] if abs(count) >= 2 else unit
    return OTHERS.get(unit, unit) if abs(count) != 1 else unit
