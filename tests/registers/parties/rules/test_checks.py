from canone.kernel.identities import Fault
from canone.registers.parties.rules import checks
from canone.registers.parties.rules.checks import Lack, Mismatch, Numbers, Problem, Profile


def test_right_numbers_are_kept_in_their_short_form() -> None:
    kept, problems = checks.check(
        Numbers(
            vat_number="IT 00743110157",
            tax_code="00743110157",
            iban="it60 x054 2811 1010 0000 0123 456",
            sdi_code="m5uxcr1",
            phone="031 640123",
        )
    )
    assert not problems
    assert kept == Numbers(
        vat_number="00743110157",
        tax_code="00743110157",
        iban="IT60X0542811101000000123456",
        sdi_code="M5UXCR1",
        phone="+39031640123",
    )


def test_every_wrong_number_is_told_at_once() -> None:
    _, problems = checks.check(
        Numbers(vat_number="00743110158", iban="IT61X0542811101000000123456", sdi_code="123")
    )
    assert problems == (
        Problem("vat_number", Fault.CHECK_DIGIT),
        Problem("iban", Fault.CHECK_DIGIT),
        Problem("sdi_code", Fault.LENGTH),
    )


def test_a_siret_brings_its_siren() -> None:
    kept, problems = checks.check(Numbers(country="FR", siret="73282932000074"))
    assert kept.siren == "732829320"
    assert not problems


def test_french_numbers_must_agree() -> None:
    _, problems = checks.check(
        Numbers(country="FR", siren="303265045", siret="73282932000074", vat_number="FR44732829320")
    )
    assert problems == (
        Problem("siret", Mismatch.SIRET_OF_ANOTHER),
        Problem("vat_number", Mismatch.VAT_OF_ANOTHER),
    )


def _profile(**known: object) -> Profile:
    nothing: dict[str, object] = {
        "home": "IT",
        "country": "IT",
        "is_customer": True,
        "is_person": False,
        "vat_number": "",
        "tax_code": "",
        "siren": "",
        "sdi_code": "",
        "pec": "",
        "has_address": False,
        "has_payment_terms": False,
    }
    return Profile(**(nothing | known))  # type: ignore[arg-type]


def test_what_an_invoice_would_miss() -> None:
    assert checks.lacks(_profile()) == (Lack.IDENTITY, Lack.ADDRESS, Lack.DELIVERY, Lack.TERMS)
    french = _profile(home="FR", country="FR")
    assert checks.lacks(french) == (Lack.SIREN, Lack.ADDRESS, Lack.TERMS)
    for home, country in (("IT", "FR"), ("FR", "IT")):  # abroad nobody asks for either
        assert checks.lacks(_profile(home=home, country=country)) == (Lack.ADDRESS, Lack.TERMS)
    assert checks.lacks(_profile(country="DE", has_address=True)) == (Lack.TERMS,)
    assert (
        checks.lacks(
            _profile(is_person=True, tax_code="X", has_address=True, has_payment_terms=True)
        )
        == ()
    )
    assert checks.lacks(_profile(is_customer=False)) == ()
