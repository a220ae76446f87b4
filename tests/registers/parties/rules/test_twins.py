import random
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from canone.registers.parties.rules import names, twins
from canone.registers.parties.rules.twins import Reason, Record

NOBODY: frozenset[tuple[int, int]] = frozenset()
KINDS = ("Officine", "Studio", "Carpenteria", "Hotel", "Farmacia", "Impianti", "Panificio")
SYLLABLES = (
    "ba",
    "co",
    "de",
    "fi",
    "go",
    "la",
    "me",
    "ni",
    "po",
    "ru",
    "sa",
    "te",
    "vo",
    "zi",
    "lu",
    "mo",
)


def _firms(count: int, seed: int) -> list[Record]:
    rng = random.Random(seed)
    return [
        Record(key, f"{rng.choice(KINDS)} {''.join(rng.choices(SYLLABLES, k=3))} S.r.l.")
        for key in range(1, count + 1)
    ]


def _found(*records: Record) -> list[tuple[int, int, Reason]]:
    return [(p.first, p.second, p.reason) for p in twins.pairs(records, apart=NOBODY)]


def test_equal_numbers_are_found_whatever_the_names() -> None:
    assert _found(
        Record(1, "Alfa", vat_number="00743110157"), Record(2, "Omega", vat_number="00743110157")
    ) == [(1, 2, Reason.VAT_NUMBER)]
    assert _found(
        Record(1, "Alfa", vat_number="00743110157"), Record(2, "Omega", tax_code="00743110157")
    ) == [(1, 2, Reason.TAX_CODE)]


def test_the_same_name_with_other_legal_form_is_found() -> None:
    assert _found(Record(1, "Rossi Impianti S.r.l."), Record(2, "Impianti Rossi")) == [
        (1, 2, Reason.SAME_NAME)
    ]


def test_a_mistyped_name_is_found_and_a_cousin_is_not() -> None:
    assert _found(
        Record(1, "Brambilla Termoidraulica S.r.l."),
        Record(2, "Brambila Termoidraulica"),
        Record(3, "Studio Dentistico Rossi"),
        Record(4, "Studio Dentistico Bianchi"),
        Record(5, "Comune di Como"),
        Record(6, "Comune di Cantù"),
    ) == [(1, 2, Reason.SIMILAR_NAME)]


def test_house_numbers_tell_buildings_apart() -> None:
    assert not _found(Record(1, "Condominio Via Milano 12"), Record(2, "Condominio Via Milano 14"))


def test_two_vat_numbers_make_a_similar_name_chance() -> None:
    alike = Record(1, "Brambilla Termoidraulica", vat_number="00743110157")
    assert not _found(alike, Record(2, "Brambila Termoidraulica", vat_number="00488410010"))
    assert _found(alike, Record(2, "Brambila Termoidraulica"))


def test_what_was_told_apart_is_not_pointed_out_again() -> None:
    same = [Record(1, "Bar Sport"), Record(2, "Bar Sport")]
    assert twins.pairs(same, apart=frozenset({(1, 2)})) == []


def test_a_thousand_equal_records_give_a_short_answer() -> None:
    every = [Record(key, "Bar Sport", vat_number="00743110157") for key in range(1000)]
    assert len(twins.pairs(every, apart=NOBODY)) == 999


def test_the_one_being_written_is_compared_with_all() -> None:
    others = [Record(1, "Rossi Impianti S.r.l."), Record(2, "Verdi Impianti S.r.l.")]
    found = twins.against(Record(0, "rossi impianti"), others)
    assert [(p.second, p.reason, p.likeness) for p in found] == [(1, Reason.SAME_NAME, 100)]
    assert twins.against(others[0], others) == []


@given(st.integers(0, 10_000))
def test_looking_into_drawers_misses_nothing_that_comparing_all_would_find(seed: int) -> None:
    records = _firms(25, seed)
    weights = twins._Weights({names.core(record.name) for record in records})
    alike = {
        (one.key, other.key)
        for one, other in combinations(records, 2)
        if weights.likeness(names.core(one.name), names.core(other.name)) >= twins.ALIKE
    }
    firsts = {names.core(record.name): record.key for record in reversed(records)}
    found = {(p.first, p.second) for p in twins.pairs(records, apart=NOBODY)}
    by_key = {record.key: firsts[names.core(record.name)] for record in records}
    # Equal names are represented by the first of them.
    assert {
        tuple(sorted((by_key[one], by_key[other])))
        for one, other in alike
        if by_key[one] != by_key[other]
    } <= found


def test_the_work_per_record_stays_bounded() -> None:
    cores = {names.core(record.name) for record in _firms(6000, 7)}
    assert len(cores) > 4000
    # Comparing every name with those of the same trade would be over 300 each.
    assert len(twins._candidates(cores, twins._Weights(cores))) < 100 * len(cores)
