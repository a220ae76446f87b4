"""Every document that is printed is an archive inside too; what would spoil one is found."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String
from tests import archives
from tests.base.printing.test_printing import PNG

from canone.base.files import services as files
from canone.base.firm.models import Firm
from canone.base.printing import registry, services

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 21, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _firm(settings: Any, tmp_path: Path) -> None:
    settings.DATA, settings.FILES = tmp_path, tmp_path / "files"
    given = {"name": "Lariotech S.r.l.", "vat_number": "01234567897"}
    Firm.objects.update_or_create(pk=1, defaults=given)


def made(key: str, language: str = "it") -> bytes:
    return services.pdf(key, registry.get(key).sample(), language=language, at=AT)


KEYS = [one.key for one in registry.all_documents()]


def test_there_are_documents() -> None:
    assert {"invoicing/document", "contracts/contract"} <= set(KEYS)


@pytest.mark.parametrize("language", ["it", "fr", "en"])
@pytest.mark.parametrize("key", KEYS)
def test_every_document_is_an_archive(key: str, language: str) -> None:
    assert archives.faults(made(key, language)) == []


def test_a_letterhead_with_a_logo_stays_one() -> None:
    logo = files.store(PNG, name="logo.png", owner="printing.letterhead:1", at=AT, by=None)
    services.set_letterhead(footer="Cap. soc. 10.000 €", logo=logo, at=AT)
    assert archives.faults(made(KEYS[0])) == []


def _script(pdf: Pdf) -> None:
    pdf.Root.OpenAction = pdf.make_indirect(
        Dictionary(Type=Name.Action, S=Name.JavaScript, JS=String("app.alert(1)"))
    )


def _no_intent(pdf: Pdf) -> None:
    del pdf.Root.OutputIntents


def _no_profile(pdf: Pdf) -> None:
    pdf.Root.OutputIntents[0].DestOutputProfile = Stream(pdf, b"no profile", N=3)


def _loose_font(pdf: Pdf) -> None:
    for font in pdf.pages[0].resources.Font.values():
        described = font.DescendantFonts[0].FontDescriptor
        for key in ("/FontFile2", "/FontFile3"):
            if key in described:
                del described[key]


def _outside(pdf: Pdf) -> None:
    pdf.pages[0].obj.Contents = Stream(pdf, b"", F=String("elsewhere.bin"))


def _cmyk(pdf: Pdf) -> None:
    pdf.pages[0].contents_add(b"0 0 0 1 k", prepend=True)


def _state(**entries: Any) -> Callable[[Pdf], None]:
    def spoil(pdf: Pdf) -> None:
        pdf.Root.Spoilt = pdf.make_indirect(Dictionary(Type=Name.ExtGState, **entries))

    return spoil


def _title(pdf: Pdf) -> None:
    pdf.docinfo[Name.Title] = "Something else"


def _day(pdf: Pdf) -> None:
    pdf.docinfo[Name.ModDate] = "D:20261121090001Z"


def _level(level: str) -> Callable[[Pdf], None]:
    def spoil(pdf: Pdf) -> None:
        whole = pdf.Root.Metadata.read_bytes()
        pdf.Root.Metadata.write(whole.replace(b"conformance>B<", f"conformance>{level}<".encode()))
        if level == "A":
            del pdf.Root.StructTreeRoot

    return spoil


def _attached(pdf: Pdf) -> None:
    pdf.attachments["a.xml"] = pikepdf.AttachedFileSpec(pdf, b"<a/>", mime_type="text/xml")


def _strange(pdf: Pdf) -> None:
    _attached(pdf)
    del pdf.Root.AF
    del pdf.attachments["a.xml"].obj.AFRelationship


def _note(pdf: Pdf) -> None:
    note = Dictionary(Type=Name.Annot, Subtype=Name.Text, Rect=Array([0, 0, 9, 9]), F=2)
    pdf.pages[0].obj.Annots = Array([pdf.make_indirect(note)])


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_script, "an action /JavaScript"),
        (_no_intent, "0 output intents"),
        (_no_profile, "no ICC profile"),
        (_loose_font, "is not embedded"),
        (_outside, "outside the file"),
        (_cmyk, "colours that the intent does not know"),
        (_state(BM=Name.Sparkling), "blend mode"),
        (_state(TR=Name.Identity), "transfer function"),
        (_title, "/Title is Something else"),
        (_day, "/ModDate is another instant"),
        (_level("Z"), "PDF/A-3Z"),
        (_level("A"), "says that it is tagged"),
        (_attached, "was changed is not told"),
        (_strange, "belongs to nothing"),
        (_strange, "what a file is to the document"),
        (_note, "not printed"),
    ],
)
def test_what_spoils_an_archive_is_found(spoil: Callable[[Pdf], None], said: str) -> None:
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(made("invoicing/document"))) as pdf:
        spoil(pdf)
        pdf.save(target, fix_metadata_version=False)
    assert [one for one in archives.faults(target.getvalue()) if said in one]


def test_a_file_that_is_closed_or_packed_as_of_old_is_found() -> None:
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(made("invoicing/document"))) as pdf:
        pdf.save(target, encryption=pikepdf.Encryption(owner="x", user=""))
    assert [one for one in archives.faults(target.getvalue()) if "encrypted" in one]
    plain = made("invoicing/document")
    old = plain.replace(b"/FlateDecode", b"/LZWDecode  ", 1)
    assert [one for one in archives.faults(old) if "packed by" in one]
    assert [one for one in archives.faults(plain + b"%more") if "follows the end" in one]


def test_a_file_that_stands_where_it_belongs_is_no_fault() -> None:
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(made("invoicing/document"))) as pdf:
        _attached(pdf)
        spec = pdf.attachments["a.xml"].obj
        spec.AFRelationship = Name.Source
        spec.EF.F.Params = Dictionary(ModDate=String("D:20261121090000Z"))
        pdf.save(target, fix_metadata_version=False)
    assert archives.faults(target.getvalue()) == []
