import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stdnum import luhn

from canone.kernel import identities
from canone.kernel.identities import Fault, Reading

digits = st.text("0123456789", min_size=1)


def _partita_iva(office: str) -> str:
    return office + luhn.calc_check_digit(office)


@pytest.mark.parametrize(
    ("typed", "country", "kept"),
    [
        ("IT 0074 311 0157", "IT", "00743110157"),
        ("00743110157", "IT", "00743110157"),
        ("FR 40 303 265 045", "FR", "40303265045"),
        ("40303265045", "FR", "40303265045"),
        ("DE136695976", "DE", "136695976"),
        ("ESB58378431", "ES", "B58378431"),
        ("EL094259216", "GR", "094259216"),
        ("ATU13585627", "AT", "U13585627"),
        ("CHE-107.787.577", "CH", "CHE107787577"),
        ("XI980780684", "GB", "980780684"),
        ("12-3456789", "US", "123456789"),
        ("  ", "IT", ""),
    ],
)
def test_vat_numbers_are_kept_without_their_letters(typed: str, country: str, kept: str) -> None:
    assert identities.vat_number(typed, country) == Reading(kept)


@pytest.mark.parametrize(
    ("typed", "country", "fault"),
    [
        ("00743110158", "IT", Fault.CHECK_DIGIT),
        ("0074311015", "IT", Fault.LENGTH),
        ("0074311015A", "IT", Fault.CHARACTERS),
        ("DE136695976", "IT", Fault.COUNTRY),
        ("DE136695977", "DE", Fault.CHECK_DIGIT),
        ("FR41303265045", "FR", Fault.CHECK_DIGIT),
        ("12#34", "US", Fault.CHARACTERS),
    ],
)
def test_wrong_vat_numbers_say_what_is_wrong(typed: str, country: str, fault: Fault) -> None:
    assert identities.vat_number(typed, country).fault is fault


@given(
    st.integers(1, 9_999_999),
    st.sampled_from(["001", "015", "100", "012"]),
    st.integers(0, 10),
    st.integers(1, 9),
)
def test_any_single_wrong_digit_of_a_partita_iva_is_caught(
    number: int, office: str, place: int, shift: int
) -> None:
    right = _partita_iva(f"{number:07d}{office}")
    wrong = list(right)
    wrong[place] = str((int(wrong[place]) + shift) % 10)
    assert identities.italian_vat(right).ok
    assert not identities.italian_vat("".join(wrong)).ok


@given(st.integers(1, 99_999_999), st.integers(0, 8), st.integers(1, 9))
def test_any_single_wrong_digit_of_a_siren_is_caught(number: int, place: int, shift: int) -> None:
    body = f"{number:08d}"
    right = body + luhn.calc_check_digit(body)
    wrong = list(right)
    wrong[place] = str((int(wrong[place]) + shift) % 10)
    assert identities.siren(right).ok
    assert identities.siren("".join(wrong)).fault is Fault.CHECK_DIGIT


@given(st.integers(0, 26), st.integers(1, 9))
def test_any_single_wrong_digit_of_an_iban_is_caught(place: int, shift: int) -> None:
    right = "IT60X0542811101000000123456"
    assume(right[place].isdigit())
    wrong = right[:place] + str((int(right[place]) + shift) % 10) + right[place + 1 :]
    assert identities.iban(right).ok
    assert not identities.iban(wrong).ok


@given(st.sampled_from(range(16)), st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"))
def test_a_wrong_check_character_of_a_tax_code_is_caught(place: int, other: str) -> None:
    right = "RSSMRA85T10A562S"
    assume(other != right[place])
    wrong = right[:place] + other + right[place + 1 :]
    reading = identities.italian_tax_code(wrong)
    # Only the check character itself is guaranteed; elsewhere it must never become the right one.
    assert reading.value != right
    if place == 15:
        assert not reading.ok


def test_tax_codes_of_people_and_companies() -> None:
    assert identities.italian_tax_code("rssmra85t10a562s") == Reading("RSSMRA85T10A562S")
    assert identities.italian_tax_code("00743110157") == Reading("00743110157")
    assert identities.italian_tax_code("RSSMRA85").fault is Fault.LENGTH
    assert identities.tax_code("AB 12", "DE") == Reading("AB12")


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("it60 x054 2811 1010 0000 0123 456", None),
        ("FR14 2004 1010 0505 0001 3M02 606", None),
        ("DE89370400440532013000", None),
        ("IT60Y0542811101000000123456", Fault.CHECK_DIGIT),
        ("XX1212341234", Fault.COUNTRY),
        ("IT60X05428111010000001234", Fault.LENGTH),
        ("IT60X05428111010000001234@@", Fault.CHARACTERS),
    ],
)
def test_ibans(typed: str, fault: Fault | None) -> None:
    assert identities.iban(typed).fault is fault


def test_siret_holds_its_siren_and_the_post_offices_pass() -> None:
    assert identities.siret("732 829 320 00074") == Reading("73282932000074")
    assert identities.siret("73282932000075").fault is Fault.CHECK_DIGIT
    assert identities.siret("35600000049837").ok


def test_sdi_codes_are_seven_long_and_six_for_public_bodies() -> None:
    assert identities.sdi_code("m5uxcr1") == Reading("M5UXCR1")
    assert identities.sdi_code("UF4R2X", public_body=True) == Reading("UF4R2X")
    assert identities.sdi_code("UF4R2X").fault is Fault.LENGTH
    assert identities.sdi_code("M5UXCR1", public_body=True).fault is Fault.LENGTH
    assert identities.sdi_code("M5UXCRÀ").fault is Fault.CHARACTERS


def test_telephones_are_kept_with_their_prefix_and_shown_in_groups() -> None:
    assert identities.phone("031 640123", "IT") == Reading("+39031640123")
    assert identities.phone("0041 91 911 00 00", "IT") == Reading("+41919110000")
    assert identities.phone("01 42 68 53 00", "FR") == Reading("+33142685300")
    assert identities.phone("031 64", "IT").fault is Fault.LENGTH
    assert identities.phone("by mail", "IT").fault is Fault.CHARACTERS
    assert identities.readable_phone("+39031640123") == "+39 031 640123"
    assert identities.readable_phone("ask") == "ask"


@given(st.text(max_size=40), st.sampled_from(["IT", "FR", "DE", "US", "CH", "ZZ"]))
def test_nothing_that_is_typed_breaks_a_reader(text: str, country: str) -> None:
    for reading in (
        identities.vat_number(text, country),
        identities.tax_code(text, country),
        identities.iban(text),
        identities.siren(text),
        identities.siret(text),
        identities.sdi_code(text),
        identities.phone(text, country),
        identities.postcode(text, country),
    ):
        assert reading.ok or reading.fault


@given(st.sampled_from(["IT", "FR", "DE", "ES", "AT", "GR"]), digits)
def test_what_is_kept_is_read_again_unchanged(country: str, text: str) -> None:
    reading = identities.vat_number(text, country)
    if reading.ok and reading.value:
        assert identities.vat_number(reading.value, country) == reading
