"""Prices and profiles in three languages, word for word."""

from __future__ import annotations

import pytest
from tests.make import catalog as make

from canone.kernel.money import Money, UnitPrice
from canone.registers.catalog.queries import words
from canone.registers.catalog.rules import codec, problems, rating
from canone.registers.catalog.rules.bands import Band
from canone.registers.catalog.rules.rating import Kind, OnExhaust, Terms, Work, rate
from canone.registers.catalog.rules.terms import Problem


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


STEPS = make.terms(minimum_minutes=3)
HOURLY = Terms(step_minutes=60, step_price=UnitPrice.of("50"))
MINUTE = Terms(step_price=UnitPrice.of("0.80"))
CALL = Terms(initial_price=UnitPrice.of("10"), step_price=UnitPrice.of("0.50"))
FREE = Terms(initial_minutes=10, step_minutes=30, step_price=UnitPrice.of("25"))
FLAT = Terms(step_minutes=0, initial_price=UnitPrice.of("80"))
HALF_DAY = Terms(step_minutes=120, step_price=UnitPrice.of("90"), minimum_minutes=1)
POOL = Terms(kind=Kind.SUBSCRIPTION, total_minutes=600, amount=Money.of("500"), step_minutes=15)


SENTENCES = {
    "it": (
        "I primi 15 minuti costano 20,00 €, poi 4,00 € ogni 5 minuti iniziati. "
        "Sotto i 3 minuti non si contabilizza."
    ),
    "en": (
        "The first 15 minutes cost €20.00, then €4.00 for every 5 minutes begun. "
        "Below 3 minutes nothing is accounted."
    ),
    "fr": (
        "Les 15 minutes du début coûtent 20,00 €, puis 4,00 € par tranche de 5 minutes entamée. "
        "En dessous de 3 minutes, rien n’est comptabilisé."
    ),
}


@pytest.mark.parametrize(
    ("terms", "language", "sentence"),
    [
        *((STEPS, language, sentence) for language, sentence in SENTENCES.items()),
        (HOURLY, "it", "Costa 50,00 € ogni ora iniziata."),
        (MINUTE, "it", "Costa 0,80 € ogni minuto iniziato."),
        (MINUTE, "fr", "Le prix est de 0,80 € par minute entamée."),
        (CALL, "it", "Ogni chiamata costa 10,00 €, poi 0,50 € ogni minuto iniziato."),
        (FREE, "it", "I primi 10 minuti sono gratuiti, poi 25,00 € ogni 30 minuti iniziati."),
        (FLAT, "it", "Costa 80,00 €, qualunque sia la durata."),
        (Terms(), "it", "Non costa nulla."),
        (HALF_DAY, "it", "Costa 90,00 € ogni 2 ore iniziate. Sotto 1 minuto non si contabilizza."),
        (POOL, "it", "Monte ore di 10:00 ore per 500,00 €, scalato a scatti di 15 minuti."),
        (POOL, "fr", "Forfait de 10:00 heures pour 500,00 €, décompté par étapes de 15 minutes."),
    ],
)
def test_a_profile_in_a_sentence(terms: Terms, language: str, sentence: str) -> None:
    assert plain(words.sentence(terms, language)) == sentence


def test_its_numbers_are_bold_on_pages() -> None:
    html = plain(words.sentence_bold(STEPS, "it"))
    assert html.startswith("I primi <b>15 minuti</b> costano <b>20,00 €</b>, poi <b>4,00 €</b>")


@pytest.mark.parametrize(
    ("terms", "work", "language", "steps", "short"),
    [
        (
            STEPS,
            Work(65 * 60),
            "it",
            [
                ("Scatto iniziale, 15 minuti", "20,00 €"),
                ("10 scatti da 5 minuti × 4,00 €", "40,00 €"),
            ],
            "scatto iniziale + 10 scatti",
        ),
        (
            STEPS,
            Work(16 * 60),
            "fr",
            [
                ("Étape initiale, 15 minutes", "20,00 €"),
                ("1 étape de 5 minutes × 4,00 €", "4,00 €"),
            ],
            "étape initiale + 1 étape",
        ),
        (STEPS, Work(60), "it", [("Sotto il minimo di 3 minuti", "–")], "sotto il minimo"),
        (STEPS, Work(180, -3), "it", [("Nessun tempo da pagare", "0,00 €")], "niente"),
        (
            CALL,
            Work(60),
            "it",
            [("Diritto di chiamata", "10,00 €"), ("1 scatto da 1 minuto × 0,50 €", "0,50 €")],
            "diritto di chiamata + 1 scatto",
        ),
        (FLAT, Work(60), "it", [("Prezzo a forfait", "80,00 €")], "a forfait"),
        (
            POOL,
            Work(60),
            "it",
            [("1 scatto da 15 minuti dal monte ore", "0:15")],
            "15 minuti dal monte ore",
        ),
        (
            make.terms(maximum_price=Money.of("25")),
            Work(60 * 60),
            "it",
            [
                ("Scatto iniziale, 15 minuti", "20,00 €"),
                ("9 scatti da 5 minuti × 4,00 €", "36,00 €"),
                ("Prezzo massimo, 25,00 €", "−31,00 €"),
            ],
            "scatto iniziale + 9 scatti, prezzo massimo",
        ),
        (
            Terms(step_price=UnitPrice.of("0.0333")),
            Work(600),
            "en",
            [("10 steps of 1 minute × €0.0333", "€0.333"), ("Rounding to the cent", "−€0.003")],
            "10 steps",
        ),
    ],
)
def test_a_price_step_by_step(
    terms: Terms, work: Work, language: str, steps: list[tuple[str, str]], short: str
) -> None:
    rated = rate(terms, work)
    shown = words.steps(rating.explain(rated.steps), language)
    assert [(plain(str(s.words)), plain(s.figure)) for s in shown] == steps
    assert words.short(rated, language) == short


def test_bands_name_themselves() -> None:
    data = {
        "code": "step",
        "count": 2,
        "minutes": 5,
        "price": "4.00",
        "percent": 150,
        "band": "sera",
    }
    text = "2 scatti da 5 minuti × 4,00 €, 150 % (sera)"
    assert plain(words.step(data, "it")) == text
    weighted = {"code": "weighted", "count": 20, "percent": 150, "band": "sera"}
    assert plain(words.step(weighted, "it")) == "20 minuti al 150 % (sera)"


@pytest.mark.parametrize("language", ["it", "fr", "en"])
def test_every_code_has_words(language: str) -> None:
    for code in words.STEPS:
        data = {"code": code, "count": 2, "minutes": 5, "price": "4.00", "percent": 150}
        assert words.step(data, language) not in ("", code)
    assert words.step({"code": "from a later version"}, language) == "from a later version"


@pytest.mark.parametrize("code", problems.SENTENCES)
def test_every_problem_is_said_in_every_language(code: str) -> None:
    english = problems.sentence(Problem(code, "x", "7"))
    said = {words.problem(Problem(code, "x", "7"), language) for language in ("it", "fr")}
    assert english not in said
    assert words.problem(Problem(code, "x", "7"), "en") == english


def test_what_is_on_is_said() -> None:
    terms = make.terms(
        merge_gap_minutes=5,
        note_required=True,
        tolerance_seconds=10,
        maximum_price=Money.of("60"),
        bands=(Band("sera", (0,), 1080, 1440, 150),),
    )
    said = [plain(text) for text in words.options(terms, "it")]
    assert said == [
        "Un minuto iniziato conta dopo 10 secondi.",
        "Al massimo 60,00 € ogni volta.",
        "Le riconnessioni dello stesso tecnico entro 5 minuti si uniscono.",
        "Fuori orario: sera 150 %.",
        "Senza nota non si contabilizza.",
    ]
    assert words.options(make.terms()) == []


@pytest.mark.parametrize("name", codec.FIELDS)
def test_every_option_that_is_on_has_a_sentence(name: str) -> None:
    on = {
        "rounding": rating.Rounding.DOWN,
        "tolerance_seconds": 5,
        "maximum_price": Money.of("99"),
        "merge_gap_minutes": 5,
        "overlap": rating.Overlap.CUSTOMER,
        "bands": (Band("x", (0,), 0, 60, 150),),
        "on_exhaust": OnExhaust.REFUSE,
        "warn_at_percent": (20,),
        "expiry_months": 12,
        "rollover_minutes": 60,
        "note_required": True,
        "tariff_by": rating.TariffBy.START,
    }
    if name in on:
        assert len(words.options(make.terms(**{name: on[name]}), "it")) == 1
