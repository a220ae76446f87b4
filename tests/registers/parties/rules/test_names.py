import pytest
from hypothesis import given
from hypothesis import strategies as st

from canone.registers.parties.rules import names


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Rossi Impianti S.r.l.", "ROSSI IMPIANTI SRL"),
        ("Rossi Impianti", "Impianti Rossi s.a.s. di Rossi & C."),
        ("F.lli Bianchi S.N.C.", "Fratelli Bianchi"),
        ("Società Agricola Prà Verde", "SOC. AGRICOLA PRA’ VERDE"),
        ("Off. Meccaniche Lario", "Officine Meccaniche Lario S.p.A."),
        ("Dupont & Fils SARL", "DUPONT ET FILS"),
    ],
)
def test_the_same_firm_written_differently_has_the_same_core(one: str, other: str) -> None:
    assert set(names.core(one)) - {"soc"} == set(names.core(other)) - {"soc"}


def test_a_name_of_legal_forms_alone_keeps_them() -> None:
    assert names.core("S.p.A.") == ("spa",)


def test_folding_drops_accents_capitals_and_signs() -> None:
    assert names.fold("  Caffè “Dell’Orto” – Cantù ") == "caffe dellorto cantu"


@given(st.text(max_size=60))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert names.fold(names.fold(text)) == names.fold(text)
