from __future__ import annotations

import pytest

from canone.desks.assistance.rules.matching import Matcher, Person

LUCA = Person(1, "luca@lariotech.example", "Luca Ferrario", ("lferrario", "412 880 135"))
GIULIA = Person(2, "giulia@lariotech.example", "Giulia Colombo", ("gcolombo", "banco"))
MARCO = Person(3, "marco@lariotech.example", "Marco Riva", ("banco",))
PEOPLE = (LUCA, GIULIA, MARCO)


@pytest.mark.parametrize(
    ("keys", "found"),
    [
        (("LUCA@lariotech.example", "qualcuno"), 1),
        (("", "luca@lariotech.example"), 1),
        (("lferrario",), 1),
        (("412 880 135", "Postazione 4"), 1),
        (("", " Giulia Colombo "), 2),
        # the mail decides, whatever name stands beside it
        (("Marco Riva", "giulia@lariotech.example"), 2),
        (("marco@lariotech.example", "Giulia Colombo"), 3),
        # two people share this alias: nobody is guessed
        (("banco",), None),
        (("banco", "Marco Riva"), 3),
        (("", ""), None),
        (("sconosciuto",), None),
    ],
)
def test_mail_then_alias(keys: tuple[str, ...], found: int | None) -> None:
    assert Matcher(PEOPLE).find(*keys) == found


def test_what_was_learned_comes_first() -> None:
    matcher = Matcher(PEOPLE, {"Banco": 3, "luca@lariotech.example": 2})
    assert matcher.find("BANCO") == 3
    assert matcher.find("luca@lariotech.example", "Luca Ferrario") == 2
    assert matcher.find("lferrario") == 1


def test_an_alias_that_is_the_mail_of_another_yields_to_the_mail() -> None:
    stranger = Person(4, "elena@lariotech.example", "Elena Sala", ("luca@lariotech.example",))
    for people in ((LUCA, stranger), (stranger, LUCA)):
        assert Matcher(people).find("luca@lariotech.example") == 1
