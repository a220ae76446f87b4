from fractions import Fraction

import pytest

from canone.ledgers.invoicing.rules import units


@pytest.mark.parametrize(
    ("count", "unit", "told"),
    [
        (1, "mese", "mese"),
        (-1, "mese", "mese"),
        (884, "mese", "mesi"),
        (0, "anno", "anni"),
        (Fraction(3, 2), "ora", "ore"),
        (Fraction(3, 2), "heure", "heure"),
        (2, "an", "ans"),
        (-2, "an", "ans"),
        (0, "an", "an"),
        (3, "mois", "mois"),
        (3, "month", "months"),
        (884, "GB", "GB"),
        (12, "nr", "nr"),
        (12, "copie", "copie"),
        (2, "", ""),
    ],
)
def test_a_word_agrees_with_its_number_and_an_abbreviation_stays(
    count: int | Fraction, unit: str, told: str
) -> None:
    assert units.agreeing(unit, Fraction(count)) == told
