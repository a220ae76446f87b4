"""Documents on paper: what stands on them, that they are archives, and who gets them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pikepdf
import pytest
import qrcode
from django.test import Client
from tests import archives
from tests.make import assistance, catalog, contracts, invoicing, parties
from tests.people import people

from canone.base.firm.models import Firm
from canone.base.printing import queries as printing
from canone.desks.assistance.queries.annexes import Annex
from canone.desks.assistance.services import accounting
from canone.kernel.money import Money
from canone.ledgers.invoicing.models import Charge, Document
from canone.ledgers.invoicing.queries import paper_codes, paper_sample, papers, ports
from canone.ledgers.invoicing.rules import mentions, transfers
from canone.ledgers.invoicing.services import crediting, drafts
from canone.ledgers.invoicing.services import papers as services
from canone.registers.parties.models import Party

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 30, 9, tzinfo=UTC)
IBAN = "IT60X0542811101000000123456"


@pytest.fixture(autouse=True)
def firm(settings: Any, tmp_path: Any) -> Iterator[Firm]:
    settings.DATA = tmp_path
    given = {"name": "Lariotech S.r.l.", "vat_number": "01234567897", "iban": IBAN}
    made, _new = Firm.objects.update_or_create(pk=1, defaults=given)
    return made


def data(row: Document) -> dict[str, Any]:
    return papers.sheet(row.pk).data


def facts(row: Document) -> dict[str, str]:
    return dict(data(row)["facts"])


def in_french(firm: Firm) -> None:
    Firm.objects.filter(pk=firm.pk).update(country="fr", tax_code="732829320")


def test_an_invoice_is_an_archive_in_its_customers_language() -> None:
    row = invoicing.invoice(invoicing.customer(language="fr"))
    made = services.pdf(row.pk, at=AT)
    assert archives.faults(made) == []
    with pikepdf.open(io.BytesIO(made)) as pdf:
        with pdf.open_metadata() as meta:
            assert (meta["pdfaid:part"], meta["pdfaid:conformance"]) == ("3", "B")
            assert meta["dc:title"] == f"Facture {row.label}"
        assert str(pdf.Root.Lang) == "fr"
    assert services.pdf(row.pk, at=datetime(2031, 1, 1, tzinfo=UTC)) == made


def test_lines_show_period_quantity_price_discount_vat_and_amount() -> None:
    line = invoicing.line(
        description="Consulenza", quantity_micros=2_500_000, unit="h",
        unit_price_micros=65_000_000, discount_bp=1250,
    )  # fmt: skip
    row = invoicing.invoice(None, line)
    told = data(row)
    assert [text.replace("\xa0", " ") for text in told["rows"][0]] == [
        "Consulenza", "01/11/2026–30/11/2026", "2,5 h", "65,00 €", "12,5 %",
        "22 %", "142,19 €",
    ]  # fmt: skip
    assert told["has_discount"]
    assert told["totals"][-1] == ["Da pagare", "173,47\xa0€"]
    assert [due[2] for due in told["dues"]["rows"]] == ["173,47\xa0€"]
    assert not data(invoicing.invoice())["has_discount"]


@pytest.mark.parametrize(
    ("description", "below"),
    [
        ("Canone, 01/11/2026–30/11/2026, contratto C00001", ""),
        ("Canone dal 01/11/2026 al 30/11/2026", ""),
        ("Canone dal 01/11/2026 al 31/10/2027", "01/11/2026–30/11/2026"),
        ("Canone novembre 2026", "01/11/2026–30/11/2026"),
    ],
)
def test_a_period_that_the_description_names_is_not_told_twice(
    description: str, below: str
) -> None:
    row = invoicing.invoice(None, invoicing.line(description=description))
    assert data(row)["rows"][0][:2] == [description, below]


def test_stamp_duty_has_no_period() -> None:
    rate = catalog.vat("ES10", 0, nature="N4")
    row = invoicing.invoice(None, invoicing.line(vat_id=rate.pk, unit_price_micros=100_000_000))
    assert row.stamp == Money.of("2.00")
    assert [line[1] for line in data(row)["rows"]] == ["01/11/2026–30/11/2026", ""]


@pytest.mark.parametrize(
    ("country", "number", "told"),
    [
        ("IT", "01234567897", "IT01234567897"),
        ("FR", "40303265045", "FR40303265045"),
        ("GR", "094259216", "EL094259216"),
        ("CH", "CHE107787577", "CHE107787577"),
    ],
)
def test_a_vat_number_carries_its_country(country: str, number: str, told: str) -> None:
    who = invoicing.customer(country=country, vat_number=number, language="fr")
    assert facts(invoicing.draft_document(who))["N° TVA"] == told


def test_what_somebody_typed_is_text() -> None:
    evil = '#panic("no") $x$ *b* `r` @ref </svg> \\ "'
    who = invoicing.customer(f"Ditta {evil}"[:100])
    line = invoicing.line(description=evil)
    row = invoicing.invoice(who, line, notes=evil)
    assert services.pdf(row.pk, at=AT).startswith(b"%PDF")
    assert data(row)["rows"][0][0] == evil


def test_a_long_document_breaks_into_pages() -> None:
    lines = [invoicing.line(description=f"Riga {n}") for n in range(400)]
    row = invoicing.invoice(None, *lines)
    with pikepdf.open(io.BytesIO(services.pdf(row.pk, at=AT))) as pdf:
        assert len(pdf.pages) > 8


def _text(pdf: pikepdf.Pdf, number: int) -> list[str]:
    """Return where the texts of a page stand, to the point, in any order: how it looks."""
    found: list[str] = []
    ctm: list[tuple[float, ...]] = [(1, 0, 0, 1, 0, 0)]
    for operands, operator in pikepdf.parse_content_stream(pdf.pages[number]):
        sign = str(operator)
        if sign == "q":
            ctm.append(ctm[-1])
        elif sign == "Q":
            ctm.pop()
        elif sign == "cm":
            ctm[-1] = _times(tuple(map(float, operands)), ctm[-1])
        elif sign == "Tm":
            x, y = _times(tuple(map(float, operands)), ctm[-1])[4:]
            found.append(f"{x:.0f} {y:.0f}")
    return sorted(found)


def _times(a: tuple[float, ...], b: tuple[float, ...]) -> tuple[float, ...]:
    return (
        a[0] * b[0] + a[1] * b[2], a[0] * b[1] + a[1] * b[3],
        a[2] * b[0] + a[3] * b[2], a[2] * b[1] + a[3] * b[3],
        a[4] * b[0] + a[5] * b[2] + b[4], a[4] * b[1] + a[5] * b[3] + b[5],
    )  # fmt: skip


@pytest.mark.parametrize("discount", [0, 1_250])
def test_very_many_lines_look_like_a_table_and_are_an_archive(
    monkeypatch: pytest.MonkeyPatch, discount: int
) -> None:
    long = "con una descrizione molto lunga che va a capo nella sua colonna e poi ancora " * 2
    lines = [
        invoicing.line(
            description=f"Riga {n} {long if n % 7 == 0 else ''}{'x' * 70 if n % 9 == 0 else ''}",
            unit_price_micros=n * 1_000_000, discount_bp=discount,
        )
        for n in range(1, 120)
    ]  # fmt: skip
    row = invoicing.invoice(None, *lines)
    as_table = services.pdf(row.pk, at=AT)
    source = printing.shipped()[papers.KEY]
    assert "#let many = 1000\n" in source
    fewer = source.replace("#let many = 1000\n", "#let many = 100\n")
    whole = {**printing.shipped(), papers.KEY: fewer}
    monkeypatch.setattr(printing, "shipped", lambda: whole)
    rolled = services.pdf(row.pk, at=AT)
    assert rolled != as_table
    assert archives.faults(rolled) == []
    with pikepdf.open(io.BytesIO(as_table)) as one, pikepdf.open(io.BytesIO(rolled)) as two:
        assert len(one.pages) == len(two.pages) > 4
        for number in range(len(one.pages)):
            assert _text(one, number) == _text(two, number)


def test_the_code_fills_in_the_transfer() -> None:
    row = invoicing.invoice()
    expected = f"BCD\n002\n1\nSCT\n\nLariotech S.r.l.\n{IBAN}\nEUR122.00\n\n\n{row.label}"
    assert data(row)["code"]["svg"] == paper_codes.drawn(expected)
    assert data(row)["bank"][0] == ["IBAN", "IT60 X054 2811 1010 0000 0123 456"]


def test_the_drawing_is_the_code_point_by_point() -> None:
    text = transfers.text(name="N", iban=IBAN, cents=100, remittance="FT/2026/1")
    made = qrcode.QRCode(
        error_correction=qrcode.constants.ERROR_CORRECT_M, border=0, mask_pattern=paper_codes.MASK
    )
    made.add_data(text.encode(), optimize=0)
    dark = {(x, y) for y, row in enumerate(made.get_matrix()) for x, on in enumerate(row) if on}
    path = paper_codes.drawn(text).partition(' d="')[2].partition('"')[0]
    drawn = set()
    for part in path.split("z"):
        if part:
            start, _, rest = part[1:].partition("h")
            x, y = map(int, start.split())
            drawn |= {(x + n, y) for n in range(int(rest.partition("v")[0]))}
    assert drawn == dark


@pytest.mark.parametrize("method", ["direct_debit", "cash"])
def test_who_does_not_transfer_gets_no_code(method: str) -> None:
    who = invoicing.customer()
    contracts.mandate(who)
    told = data(invoicing.invoice(who, invoicing.line(), method=method))
    assert (told["code"], told["bank"]) == ({}, [])


def test_without_an_iban_there_is_no_code(firm: Firm) -> None:
    Firm.objects.filter(pk=firm.pk).update(iban="")
    assert data(invoicing.invoice())["code"] == {}


@pytest.mark.parametrize("cents", [0, -1, 10**11])
def test_what_cannot_be_transferred_has_no_code(cents: int) -> None:
    assert transfers.text(name="N", iban=IBAN, cents=cents, remittance="x") == ""


def test_a_line_end_begins_no_field_of_the_code() -> None:
    text = transfers.text(name="A\nB" + "c" * 90, iban=IBAN, cents=1, remittance="x\ny")
    fields = text.split("\n")
    assert len(fields) == 11
    assert (fields[5], fields[10]) == (("A B" + "c" * 90)[:70], "x y")


@pytest.mark.parametrize(
    ("code", "day", "customer", "language", "told"),
    [
        ("N6.7", "2026-12-31", "IT", "it", "Inversione contabile – art. 17, c. 6, lett. a-ter DPR"),
        ("N6.7", "2027-01-01", "IT", "it", "Inversione contabile – art. 64, c. 6, lett. c D.Lgs."),
        ("N2.1", "2026-11-30", "DE", "en", "Reverse charge – art. 7-ter DPR"),
        ("N2.1", "2026-11-30", "CH", "fr", "Opération non soumise – art. 7-ter DPR"),
        ("split", "2027-02-01", "IT", "it", "Scissione dei pagamenti: l’IVA è versata"),
        ("stamp", "2026-11-30", "IT", "it", "Imposta di bollo assolta in modo virtuale – art. 15"),
    ],
)
def test_mentions_follow_the_day(
    code: str, day: str, customer: str, language: str, told: str
) -> None:
    found = mentions.mention(
        "IT", code, date.fromisoformat(day), customer=customer, language=language
    )
    assert found.startswith(told)


def test_a_service_abroad_for_a_customer_at_home_speaks_by_its_vat() -> None:
    day = date(2026, 11, 30)
    assert mentions.mention("IT", "N2.1", day, customer="IT", language="it") == ""
    vat = catalog.vat("NS7", basis_points=0, nature="N2.1")
    row = invoicing.invoice(None, invoicing.line(vat_id=vat.pk))
    assert ["N2.1", vat.title] in data(row)["vat"]["mentions"]


def test_a_french_firm_says_what_the_law_wants(firm: Firm) -> None:
    in_french(firm)
    given = {"language": "fr", "country": "FR", "siren": "732829320", "vat_number": ""}
    told = data(invoicing.invoice(invoicing.customer(**given)))["remarks"]
    assert told[0] == "Catégorie d’opération\xa0: prestation de services"
    assert told[1] == "TVA acquittée sur les encaissements"
    assert "(12,4\xa0%)" in told[2].replace("12,40", "12,4")
    assert "40 €" in told[2]
    Firm.objects.filter(pk=firm.pk).update(pays_vat_on_debits=True)
    person = invoicing.customer(**given | {"is_person": True, "siren": "", "tax_code": "X"})
    told = data(invoicing.invoice(person))["remarks"]
    assert told[1] == "Option pour le paiement de la taxe d’après les débits"
    assert len(told) == 2


def test_a_draft_says_that_it_is_one() -> None:
    told = data(invoicing.draft_document())
    assert (told["title"], told["watermark"]) == ("Bozza di fattura", "Bozza")
    assert told["vat"]["rows"] == [["22\xa0%", "100,00\xa0€", "22,00\xa0€"]]
    assert told["code"] == {}
    assert told["recipient"][1]


def test_a_pro_forma_says_that_it_is_no_invoice() -> None:
    told = data(invoicing.invoice(None, invoicing.line(), kind="pro_forma"))
    assert told["title"].startswith("Fattura pro-forma")
    assert told["remarks"][-1].startswith("Non è una fattura")
    assert told["code"]


def test_a_credit_note_names_what_it_corrects() -> None:
    original = invoicing.invoice()
    wanted = crediting.Credit(original.pk, crediting.Mode.SETTLE.value, "Sconto concordato")
    row = crediting.credit(wanted, day=invoicing.DAY, at=AT, by=None)
    told = data(row)
    assert told["title"] == f"Nota di credito {row.label}"
    assert facts(row)["Rettifica"] == f"{original.label} del 30/11/2026"
    assert told["totals"][-1] == ["A credito", "122,00\xa0€"]
    assert (told["code"], told["dues"]["rows"]) == ({}, [])
    assert told["notes"] == ["Sconto concordato"]


def session_charge(who: Party) -> Charge:
    group = parties.group(who)
    tariff = catalog.tariff(initial_price="20.00", step_minutes=5, step_price="4.00")
    assistance.assignment(group, tariff)
    session = assistance.session(group, seconds=2_520, note="Stampante", device_name="PC-AMM")
    accounting.account_one(session_id=session.pk, day=date(2026, 11, 30), at=AT, by=None)
    return Charge.objects.get(origin=f"session:{session.pk}")


def test_the_annex_tells_the_sessions_behind_the_charges() -> None:
    who = invoicing.customer()
    charge = session_charge(who)
    row = drafts.create(drafts.Draft(who.pk, (drafts.Line(charge_id=charge.pk),)), at=AT, by=None)
    assert [type(annex) for annex in ports.annexes()] == [Annex]
    (told,) = data(row)["annexes"]
    assert told["title"] == "Assistenza remota"
    (only,) = told["rows"]
    assert "PC-AMM" in only["cells"][1]
    assert only["cells"][4].replace("\xa0", " ") == str(charge.amount).replace(".", ",") + " €"
    assert "Stampante" in only["detail"]
    assert "Scatto iniziale" in only["detail"]
    assert told["foot"][-1] == only["cells"][4]


def test_other_amounts_of_several_steps_are_explained() -> None:
    who = invoicing.customer()
    charge = invoicing.charge(who, origin="manual:1")
    row = drafts.create(drafts.Draft(who.pk, (drafts.Line(charge_id=charge.pk),)), at=AT, by=None)
    (told,) = data(row)["annexes"]
    assert told["title"] == "Come si compongono gli importi"
    assert "24,00" in told["rows"][0]["detail"]


def test_many_documents_are_read_with_few_questions(
    django_assert_max_num_queries: Any,
) -> None:
    ids = [invoicing.invoice().pk for _ in range(12)]
    with django_assert_max_num_queries(10):
        assert [sheet.document.pk for sheet in papers.sheets(ids)] == ids


def test_the_sample_has_what_the_documents_have() -> None:
    assert set(paper_sample.sample()) == set(data(invoicing.invoice()))


def test_the_page_and_the_api_send_the_pdf(client: Client) -> None:
    row = invoicing.invoice(invoicing.customer("Officine “Brambilla” S.p.A."))
    client.force_login(people().colleague)
    answer = client.get(f"/invoicing/documents/{row.pk}/pdf/")
    assert answer["Content-Type"] == "application/pdf"
    assert "Brambilla" in answer["Content-Disposition"]
    assert client.get(f"/api/v1/documents/{row.pk}/pdf").content == answer.content


def test_a_customer_gets_what_was_issued_to_them(client: Client) -> None:
    who = invoicing.customer()
    login = people().customer
    parties.login(login, who)
    client.force_login(login)
    issued, draft = invoicing.invoice(who), invoicing.draft_document(who)
    others = invoicing.invoice()
    seen = [
        client.get(f"/invoicing/documents/{row.pk}/pdf/").status_code
        for row in (issued, draft, others)
    ]
    assert seen == [200, 404, 404]
