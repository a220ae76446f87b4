"""Names made comparable: without accents, capitals, signs and legal forms."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

SEARCHED = 40
"""How many words of a search are looked for: no engine takes a condition with hundreds."""
LEGAL_FORMS = frozenset(
    {
        "ag", "and", "aps", "asd", "bv", "c", "cie", "co", "coop", "cooperativa", "de", "dei",
        "del", "della", "des", "di", "ditta", "du", "e", "ec", "ed", "et", "ets", "eurl", "gie",
        "gli", "gmbh", "i", "il", "impresa", "in", "inc", "individuale", "kg", "la", "le",
        "liquidazione", "llc", "lo", "ltd", "nv", "ohg", "onlus", "plc", "sa", "sapa", "sarl",
        "sas", "sasu", "scarl", "sci", "scop", "scpa", "scrl", "scs", "sl", "snc", "societa",
        "societe", "spa", "srl", "srls", "ss", "ug", "unipersonale",
    }
)  # fmt: skip
"""Words that do not tell one firm from another."""
_ALIASES = {
    "off": "officina",
    "officine": "officina",
    "f": "fratelli",
    "flli": "fratelli",
    "studi": "studio",
    "assoc": "associati",
    "associato": "associati",
    "condom": "condominio",
    "cond": "condominio",
    "ist": "istituto",
    "st": "studio",
}


def fold(text: str) -> str:
    """Return `text` without accents, capitals and signs, words parted by one space."""
    bare = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", text)
        if not unicodedata.combining(letter)
    )
    # Apostrophes join ("F.lli", "dell’Orto"), everything else parts.
    joined = re.sub(r"[.'’`´]", "", bare.casefold())
    return " ".join(re.sub(r"[^\w]+|_", " ", joined).split())


@lru_cache(maxsize=20_000)
def core(name: str) -> tuple[str, ...]:
    """Return the words that tell a firm from others, sorted, each once; never empty for a name."""
    words = _join_letters(fold(name).split())
    kept = [_ALIASES.get(word, word) for word in words if word not in LEGAL_FORMS]
    return tuple(sorted(set(kept or words)))


def _join_letters(words: list[str]) -> list[str]:
    """Make one word of letters that stand alone: "s r l" is a legal form too."""
    joined: list[str] = []
    run = ""
    for word in [*words, ""]:
        if len(word) == 1 and word.isalpha():
            run += word
            continue
        if run:
            joined.append(run)
            run = ""
        if word:
            joined.append(word)
    return joined


def numbers(words: tuple[str, ...]) -> frozenset[str]:
    """Return the words with digits: house and lot numbers tell one building from the next."""
    return frozenset(word for word in words if any(letter.isdigit() for letter in word))


@lru_cache(maxsize=20_000)
def grams(words: tuple[str, ...]) -> frozenset[str]:
    """Return the runs of three letters of every word, its edges marked by a space."""
    return frozenset(
        padded[start : start + 3]
        for word in words
        for padded in (f" {word} ",)
        for start in range(len(padded) - 2)
    )
