import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.utils import translation

from canone.base.files import queries as stored
from canone.base.files import services as files
from canone.base.firm.models import Firm
from canone.base.printing import queries, registry, services, typesetting
from canone.base.printing.models import Letterhead, PrintTemplate

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 21, 9, tzinfo=UTC)
KEY = "printing/trial"
SOURCE = """#import "/printing/letterhead.typ": data, letter, listing
#show: letter.with(title: data.title, recipient: data.recipient)
#data.text
#listing(
  ((title: "A", right: false, width: "1fr"), (title: "B", right: true, width: "auto")),
  data.rows, foot: data.foot,
)
"""
DATA: dict[str, Any] = {
    "title": "Estratto conto",
    "recipient": ["Brambilla S.r.l.", "Via Roma 1"],
    "text": '#panic("no") $x$ *not bold* \\ "',
    "rows": [[f"Riga {i}", "1.234,50 €"] for i in range(80)],
    "foot": [["Totale", "98.760,00 €"]],
}
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"
    b"\x1f\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99"
    b"=\x1d\x00\x00\x00\x00IEND\xaeB`\x82"
)


@pytest.fixture(autouse=True)
def _shipped(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DATA = tmp_path
    settings.FILES = tmp_path / "files"
    monkeypatch.setattr(
        queries, "shipped", lambda original=queries.shipped: {**original(), KEY: SOURCE}
    )
    monkeypatch.setitem(registry._declared, KEY, registry.Document(KEY, "Trial", lambda: DATA))
    Firm.objects.update_or_create(
        pk=1, defaults={"name": "Lariotech", "vat_number": "IT01234567890"}
    )


def make(**more: Any) -> bytes:
    return services.pdf(KEY, {**DATA, **more}, language="it", at=AT)


def text_of(document: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(document))


def test_the_document_is_pdf_a_in_our_typeface_and_the_readers_language() -> None:
    with text_of(make()) as pdf:
        with pdf.open_metadata() as meta:
            assert (meta["pdfaid:part"], meta["pdfaid:conformance"]) == ("3", "B")
            assert meta["dc:title"] == "Estratto conto"
        assert str(pdf.Root.Lang) == "it"
        assert len(pdf.pages) == 2
        fonts = {str(font.BaseFont) for page in pdf.pages for font in page.resources.Font.values()}
        assert fonts
        assert all("HankenGrotesk" in font for font in fonts)


def test_the_same_data_gives_the_same_bytes() -> None:
    first = make()
    typesetting._compilers.clear()
    assert make() == first
    assert services.pdf(KEY, DATA, language="fr", at=AT) != first


def test_data_is_never_read_as_markup() -> None:
    assert make(text='#read("/etc/passwd")', title="#{1+1} = $x$") != make()


def test_the_logo_is_set(tmp_path: Path) -> None:
    plain = make()
    logo = files.store(PNG, name="logo.png", owner="printing.letterhead:1", at=AT, by=None)
    services.set_letterhead(footer="Cap. soc. 10.000 €", logo=logo, at=AT)
    with text_of(make()) as pdf:
        assert "/XObject" in pdf.pages[0].resources
    assert make() != plain


def test_the_firms_own_template_takes_the_place_of_ours() -> None:
    own = SOURCE.replace("#data.text", "Own words.")
    ours = make()
    services.replace(key=KEY, source=own, at=AT, by=None)
    assert make() != ours
    assert queries.replaced() == {KEY: own}
    services.restore(key=KEY)
    assert make() == ours


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (SOURCE.replace("data.title", "data.tittle"), "tittle"),
        ("#let x = ", "expected"),
        ('#read("/../../../etc/passwd")', "passwd"),
        ('#import "@preview/cetz:0.3.0"', "Packages"),
        ("#{ let i = 0; while i >= 0 { i += 1 } }", "infinite"),
    ],
)
def test_a_template_that_cannot_be_set_is_refused_with_the_place(
    tmp_path: Path, source: str, said: str
) -> None:
    with (
        translation.override("en"),
        pytest.raises(services.TemplateError, match=said) as caught,
    ):
        services.replace(key=KEY, source=source, at=AT, by=None)
    assert str(tmp_path) not in str(caught.value)
    assert not PrintTemplate.objects.exists()
    assert make()


def test_a_letterhead_is_tried_on_every_document() -> None:
    with pytest.raises(services.TemplateError):
        services.replace(key=queries.LETTERHEAD, source="#let letter = 3", at=AT, by=None)
    with pytest.raises(services.TemplateError):
        services.replace(key="printing/unknown", source="x", at=AT, by=None)


def test_a_picture_that_cannot_be_set_leaves_the_letterhead_as_it_was() -> None:
    broken = files.store(PNG, name="logo.png", owner="printing.letterhead:1", at=AT, by=None)
    stored.path(broken).write_bytes(PNG[:40])
    with pytest.raises(services.TemplateError):
        services.set_letterhead(footer="x", logo=broken, at=AT)
    assert not Letterhead.objects.exists()


def test_the_letterhead_names_the_firm_as_its_country_does() -> None:
    own = {"city": "Erba", "postcode": "22036", "province": "CO"}
    Firm.objects.filter(pk=1).update(**own)
    assert queries.letterhead()["vat_number"] == "IT01234567890"
    assert queries.letterhead()["place"] == "22036 Erba (CO)"
    own = {"city": "Annecy", "postcode": "74000", "province": "74", "tax_code": "849173067"}
    Firm.objects.filter(pk=1).update(country="fr", vat_number="65849173067", **own)
    assert queries.letterhead()["vat_number"] == "FR65849173067"
    assert queries.letterhead()["place"] == "74000 Annecy"
    Firm.objects.filter(pk=1).update(vat_number="")
    assert not queries.letterhead()["vat_number"]
