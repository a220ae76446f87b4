"""Looks at the inside of a PDF as ISO 19005-3 (PDF/A-3) wants it, object by object.

What a validator such as veraPDF checks beyond it: that the programs of fonts are sound and their
widths are those of the PDF, that every glyph drawn is in them, that an ICC profile is whole, the
types of all entries of XMP with their extension schemas, and the grammar of every object. No
validator is installed here, so those are left to whoever has one.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

ACTIONS = {
    "/Launch", "/Sound", "/Movie", "/ResetForm", "/ImportData", "/Hide", "/SetOCGState",
    "/Rendition", "/Trans", "/GoTo3DView", "/JavaScript",
}  # fmt: skip
"""6.5.1: these do something that no archive may do."""
ANNOTATIONS = {"/3D", "/Sound", "/Screen", "/Movie"}
BLENDS = {
    "/Normal", "/Compatible", "/Multiply", "/Screen", "/Overlay", "/Darken", "/Lighten",
    "/ColorDodge", "/ColorBurn", "/HardLight", "/SoftLight", "/Difference", "/Exclusion", "/Hue",
    "/Saturation", "/Color", "/Luminosity",
}  # fmt: skip
"""6.2.8: transparency is allowed from part 2 on, blend modes outside PDF are not."""
FILTERS = {
    "/FlateDecode", "/DCTDecode", "/JPXDecode", "/CCITTFaxDecode", "/JBIG2Decode",
    "/ASCIIHexDecode", "/ASCII85Decode", "/RunLengthDecode",
}  # fmt: skip
RELATIONS = {"/Source", "/Data", "/Alternative", "/Supplement", "/Unspecified", "/EncryptedPayload"}
INFO = {
    "/Title": "dc:title", "/Author": "dc:creator", "/Subject": "dc:description",
    "/Keywords": "pdf:Keywords", "/Creator": "xmp:CreatorTool", "/Producer": "pdf:Producer",
}  # fmt: skip
DATES = {"/CreationDate": "xmp:CreateDate", "/ModDate": "xmp:ModifyDate"}
DEEPEST = 28
SPACES = {b"RGB ": 3, b"GRAY": 1, b"CMYK": 4}
Told = Iterator[str]


def faults(content: bytes) -> list[str]:
    """Return what keeps these bytes from being PDF/A-3, in words; empty where nothing is found."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        found = [*_file(content, pdf)]
        for check in CHECKS:
            found += check(pdf)
    return found


def _file(content: bytes, pdf: pikepdf.Pdf) -> Told:
    head, mark = content.split(b"\n", 2)[:2]
    if not re.fullmatch(rb"%PDF-1\.[0-7]\r?", head):
        yield f"6.1.2: the file begins with {head!r}"
    if not mark.startswith(b"%") or len(mark) < 5 or min(mark[1:5]) < 128:
        yield "6.1.2: no comment of four bytes above 127 follows the header"
    if not content.rstrip(b"\r\n").endswith(b"%%EOF"):
        yield "6.1.3: something follows the end of the file"
    if len(pdf.trailer.get("/ID", [])) != 2:
        yield "6.1.3: the trailer has no identifier"
    if pdf.is_encrypted:
        yield "6.1.3: the file is encrypted"


def _catalog(pdf: pikepdf.Pdf) -> Told:
    for key in ("/AA", "/Requirements", "/NeedsRendering"):
        if key in pdf.Root:
            yield f"6.1.12, 6.5.2: the catalog has {key}"
    if "/JavaScript" in pdf.Root.get("/Names", {}):
        yield "6.5.1: the document has scripts"
    form = pdf.Root.get("/AcroForm", {})
    if "/XFA" in form or form.get("/NeedAppearances", False):
        yield "6.4: a form is filled in by who shows it"
    if "/Lang" not in pdf.Root:
        yield "the language is not told"


def _intents(pdf: pikepdf.Pdf) -> Told:
    intents = [one for one in pdf.Root.get("/OutputIntents", []) if one.S == "/GTS_PDFA1"]
    if len(intents) != 1:
        yield f"6.2.3: {len(intents)} output intents of PDF/A"
        return
    (intent,) = intents
    profile = intent.get("/DestOutputProfile")
    if not isinstance(profile, Stream):
        yield "6.2.3: the output intent has no profile"
        return
    icc = profile.read_bytes()
    if int.from_bytes(icc[:4]) != len(icc) or icc[36:40] != b"acsp":
        yield "6.2.3: the profile is no ICC profile"
    if icc[8] not in {2, 4} or icc[12:16] not in {b"mntr", b"prtr"}:
        yield "6.2.3: the profile is of another version or device"
    if SPACES.get(icc[16:20]) != profile.N:
        yield "6.2.3: the profile has another number of colours"
    if "/OutputConditionIdentifier" not in intent:
        yield "6.2.3: the output condition has no name"


def _objects(pdf: pikepdf.Pdf) -> Told:
    for one in pdf.objects:
        if isinstance(one, Stream):
            yield from _stream(one)
        for inner in _dictionaries(one):
            yield from _dictionary(inner)


def _dictionaries(one: Any) -> Iterator[Any]:
    """Yield a dictionary and those that stand in it; what is referred to comes by itself."""
    if isinstance(one, (Dictionary, Stream)):
        yield one
    values = one if isinstance(one, Array) else ()
    if isinstance(one, (Dictionary, Stream)):
        values = [one[key] for key in one.keys()]  # noqa: SIM118 (pikepdf's own)
    for value in values:
        if isinstance(value, (Dictionary, Array)) and not value.is_indirect:
            yield from _dictionaries(value)


def _stream(one: Stream) -> Told:
    for key in ("/F", "/FFilter", "/FDecodeParms"):
        if key in one:
            yield f"6.1.7: a stream lies outside the file ({key})"
    for name in _several(one.get("/Filter", Array())):
        if str(name) not in FILTERS:
            yield f"6.1.7: a stream is packed by {name}"
    yield from _drawn(one, str(one.get("/Subtype", "")))


def _drawn(one: Stream, kind: str) -> Told:
    if kind == "/PS" or one.get("/Subtype2") == "/PS":
        yield "6.2.9: PostScript"
    if kind == "/Image" and (one.get("/Interpolate", False) or "/Alternates" in one):
        yield "6.2.8: an image is guessed at or has another one behind it"
    if kind == "/Image" and one.get("/ColorSpace") == "/DeviceCMYK":
        yield "6.2.4: an image in colours of a device that the intent does not know"
    if kind == "/Form" and "/Ref" in one:
        yield "6.2.9: a form stands for one of another file"
    if "/OPI" in one:
        yield "6.2.9: something is fetched when it is printed"


def _several(value: Any) -> list[Any]:
    return list(value) if isinstance(value, Array) else [value]


def _dictionary(one: Any) -> Told:
    kind = str(one.get("/Type", ""))
    if "/JS" in one or (kind == "/Action" and str(one.get("/S")) in ACTIONS):
        yield f"6.5.1: an action {one.get('/S')}"
    if kind != "/Catalog" and "/AA" in one:
        yield "6.5.2: something acts by itself"
    if kind in KINDS:
        yield from KINDS[kind](one)


def _annotation(one: Any) -> Told:
    if str(one.get("/Subtype")) in ANNOTATIONS:
        yield f"6.3.1: an annotation {one.Subtype}"
    if one.get("/Subtype") != "/Popup" and int(one.get("/F", 0)) & 0b100111 != 4:
        yield "6.3.2: an annotation that is not printed, or hidden"


def _state(one: Any) -> Told:
    if "/TR" in one or "/HTP" in one or one.get("/TR2", Name.Default) != "/Default":
        yield "6.2.5: a transfer function"
    for name in _several(one.get("/BM", Name.Normal)):
        if str(name) not in BLENDS:
            yield f"6.2.8: the blend mode {name}"


def _font(font: Any) -> Told:
    name, kind = font.get("/BaseFont", ""), str(font.Subtype)
    if kind == "/Type0":
        if str(font.Encoding) not in {"/Identity-H", "/Identity-V"} and not isinstance(
            font.Encoding, Stream
        ):
            yield f"6.2.11: the encoding of {name} is not in the file"
        inner = font.DescendantFonts[0]
        if inner.Subtype == "/CIDFontType2" and "/CIDToGIDMap" not in inner:
            yield f"6.2.11: the glyphs of {name} are not mapped"
        return
    if kind == "/Type3":
        return
    described = font.get("/FontDescriptor", {})
    if not {"/FontFile", "/FontFile2", "/FontFile3"} & set(described.keys()):
        yield f"6.2.11: {name} is not embedded"


def _embedded(spec: Any) -> Told:
    if "/EF" not in spec:
        return
    if str(spec.get("/AFRelationship")) not in RELATIONS:
        yield "6.8: what a file is to the document is not told"
    if "/F" not in spec or "/UF" not in spec:
        yield "6.8: a file without a name"
    stream = spec.EF.get("/F")
    if stream is None or "/Subtype" not in stream:
        yield "6.8: the kind of a file is not told"
    elif "/ModDate" not in stream.get("/Params", {}):
        yield "6.8: when a file was changed is not told"


def _associated(pdf: pikepdf.Pdf) -> Told:
    listed = {one.objgen for one in pdf.Root.get("/AF", [])}
    named = {one.objgen for one in pdf.objects if isinstance(one, Dictionary) and "/EF" in one}
    if named - listed:
        yield "6.8: a file belongs to nothing (/AF)"
    if len(pdf.attachments) != len(named):
        yield "6.8: a file is not among the names"


def _pages(pdf: pikepdf.Pdf) -> Told:
    for number, page in enumerate(pdf.pages, 1):
        left, bottom, right, top = (float(side) for side in page.mediabox)
        if not all(3 <= side <= 14_400 for side in (right - left, top - bottom)):
            yield f"6.1.13: page {number} is too large or too small"
        depth = deepest = 0
        fonts, things = (page.resources.get(key, {}) for key in ("/Font", "/XObject"))
        for operands, operator in pikepdf.parse_content_stream(page):
            sign = str(operator)
            depth += {"q": 1, "Q": -1}.get(sign, 0)
            deepest = max(deepest, depth)
            if sign in {"k", "K"} or (sign in {"cs", "CS"} and operands[0] == "/DeviceCMYK"):
                yield f"6.2.4: page {number} is in colours that the intent does not know"
            if sign == "Tf" and str(operands[0]) not in fonts:
                yield f"6.2.2: page {number} uses a font that it does not have"
            if sign == "Do" and str(operands[0]) not in things:
                yield f"6.2.2: page {number} draws what it does not have"
        if deepest > DEEPEST:
            yield f"6.1.13: page {number} saves its state {deepest} times"


def _metadata(pdf: pikepdf.Pdf) -> Told:
    if pdf.Root.Metadata.get("/Type") != "/Metadata" or pdf.Root.Metadata.get("/Subtype") != "/XML":
        yield "6.6.2: the catalog has no metadata"
    with pdf.open_metadata(update_docinfo=False) as meta:
        part, level = meta.get("pdfaid:part"), meta.get("pdfaid:conformance")
        if part != "3" or level not in {"A", "B", "U"}:
            yield f"6.6.4: it says that it is PDF/A-{part}{level}"
        if level == "A" and not (_is_marked(pdf) and "/StructTreeRoot" in pdf.Root):
            yield "6.7: it says that it is tagged"
        info: Any = pdf.trailer.get("/Info", {})
        for key, name in INFO.items():
            told = meta.get(name)
            told = ", ".join(told) if isinstance(told, (list, set)) else told
            if key in info and str(info[key]) != told:
                yield f"6.6.3: {key} is {info[key]} in one place and {told} in the other"
        for key, name in DATES.items():
            if key in info and _instant(str(info[key])) != datetime.fromisoformat(
                str(meta.get(name))
            ):
                yield f"6.6.3: {key} is another instant in the metadata"


def _is_marked(pdf: pikepdf.Pdf) -> bool:
    return bool(pdf.Root.get("/MarkInfo", {}).get("/Marked", False))


def _instant(text: str) -> datetime:
    """Return a date of PDF: `D:20261130090000Z`, or with a distance to UTC."""
    plain, zone = text[2:16], text[16:].replace("'", "")
    if zone in {"", "Z"}:
        return datetime.strptime(plain, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    return datetime.strptime(plain + zone, "%Y%m%d%H%M%S%z")


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _tags(pdf: pikepdf.Pdf) -> Told:
    """What level B does not ask for, and our documents have: they are tagged."""
    if not _is_marked(pdf) or "/StructTreeRoot" not in pdf.Root:
        yield "it is not tagged"


KINDS: dict[str, Callable[[Any], Told]] = {
    "/Annot": _annotation, "/Font": _font, "/ExtGState": _state, "/Filespec": _embedded,
}  # fmt: skip
CHECKS: tuple[Callable[[pikepdf.Pdf], Told], ...] = (
    _catalog, _intents, _objects, _associated, _pages, _metadata, _tags,
)  # fmt: skip
