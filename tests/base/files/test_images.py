"""Pictures are drawn anew: hostile ones are refused, and nothing but the points stays."""

from __future__ import annotations

import io
import struct
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms, PngImagePlugin

from canone.base.files import images, queries, rules, services
from canone.base.files.models import StoredFile

AT = datetime(2026, 11, 30, 9, tzinfo=UTC)
TYPES = {"image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "image/webp": ".webp"}
SECRET = b"Zirconia-45.4642N-9.1900E"
RED, BLUE = (200, 16, 16), (16, 16, 200)


def picture(mode: str = "RGB", size: tuple[int, int] = (48, 32)) -> Image.Image:
    """Return a picture whose left half is red and whose right half is blue."""
    made = Image.new("RGB", size, RED)
    made.paste(BLUE, (size[0] // 2, 0, *size))
    return made.convert(mode)


def encoded(content_type: str, made: Image.Image | None = None, **options: Any) -> bytes:
    out = io.BytesIO()
    (made or picture()).save(out, images.FORMATS[content_type], **options)
    return out.getvalue()


def told(turned: int = 1) -> Image.Exif:
    """Return what a camera writes into its pictures."""
    exif = Image.Exif()
    exif[0x0112] = turned
    exif[0x010E] = SECRET.decode()
    exif.get_ifd(0x8825)[1] = "N"
    return exif


def redrawn(content: bytes, content_type: str) -> Image.Image:
    return Image.open(io.BytesIO(images.redrawn(io.BytesIO(content), content_type)))


def colour(made: Image.Image, x: int, y: int) -> str:
    found: Any = made.convert("RGB").getpixel((x, y))
    return "red" if found[0] > found[2] else "blue"


@pytest.mark.parametrize("content_type", TYPES)
def test_the_picture_stays_what_it_shows(content_type: str) -> None:
    found = redrawn(encoded(content_type), content_type)
    assert (found.format, found.size) == (images.FORMATS[content_type], (48, 32))
    assert colour(found, 2, 2) == "red"
    assert colour(found, 45, 30) == "blue"


@pytest.mark.parametrize("content_type", ["image/png", "image/jpeg", "image/webp"])
def test_what_the_camera_wrote_is_gone(content_type: str) -> None:
    content = encoded(content_type, exif=told(), xmp=b"<x>" + SECRET + b"</x>")
    assert SECRET in content
    out = images.redrawn(io.BytesIO(content), content_type)
    assert SECRET not in out
    made = Image.open(io.BytesIO(out))
    assert not dict(made.getexif())
    assert not {"exif", "xmp", "icc_profile", "comment"} & set(made.info)


def test_comments_and_texts_are_gone() -> None:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Comment", SECRET.decode())
    texts.add_text("zipped", SECRET.decode(), zip=True)
    for content, content_type in (
        (encoded("image/png", pnginfo=texts), "image/png"),
        (encoded("image/gif", comment=SECRET), "image/gif"),
        (encoded("image/jpeg", comment=SECRET), "image/jpeg"),
    ):
        out = images.redrawn(io.BytesIO(content), content_type)
        assert SECRET not in out
        assert not {"Comment", "zipped", "comment"} & set(Image.open(io.BytesIO(out)).info)


@pytest.mark.parametrize("content_type", TYPES)
@pytest.mark.parametrize("tail", [b"<?php " + SECRET, b"PK\x03\x04" + SECRET, bytes(5000)])
def test_what_is_appended_is_gone(content_type: str, tail: bytes) -> None:
    out = images.redrawn(io.BytesIO(encoded(content_type) + tail), content_type)
    assert tail not in out
    assert SECRET not in out


@pytest.mark.parametrize("content_type", ["image/jpeg", "image/png", "image/webp"])
def test_how_it_is_turned_is_applied(content_type: str) -> None:
    content = encoded(content_type, exif=told(turned=6))  # a quarter to the right
    found = redrawn(content, content_type)
    assert found.size == (32, 48)
    assert colour(found, 2, 2) == "red"
    assert colour(found, 2, 45) == "blue"


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16", "PA"])
def test_every_kind_of_points_is_taken(mode: str) -> None:
    made = Image.new(mode, (8, 8)) if mode in {"I;16", "PA"} else picture(mode, (8, 8))
    content = encoded("image/png", made) if mode != "PA" else encoded("image/webp", made)
    content_type = "image/webp" if mode == "PA" else "image/png"
    assert redrawn(content, content_type).size == (8, 8)


def test_what_one_sees_through_stays_so() -> None:
    made = picture("RGBA")
    made.putpixel((0, 0), (0, 0, 0, 0))
    for content_type in ("image/png", "image/webp"):
        found: Any = redrawn(encoded(content_type, made), content_type)
        assert found.convert("RGBA").getpixel((0, 0))[3] == 0
    holed = picture("P")
    content = encoded("image/gif", holed, transparency=holed.getpixel((0, 0)))
    found = redrawn(content, "image/gif").convert("RGBA")
    assert found.getpixel((0, 0))[3] == 0


def test_print_colours_and_profiles_become_common_ones() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for made in (picture("CMYK"), picture()):
        content = encoded("image/jpeg", made, icc_profile=profile)
        found = redrawn(content, "image/jpeg")
        assert found.mode == "RGB"
        assert "icc_profile" not in found.info
        assert colour(found, 2, 2) == "red"
    broken = encoded("image/jpeg", icc_profile=b"no profile at all" * 10)
    assert colour(redrawn(broken, "image/jpeg"), 2, 2) == "red"


def test_of_what_moves_the_first_picture_stays() -> None:
    frames = [picture(size=(9, 9)), Image.new("RGB", (9, 9), BLUE)]
    content = encoded("image/gif", frames[0], save_all=True, append_images=frames[1:])
    assert Image.open(io.BytesIO(content)).n_frames == 2  # type: ignore[attr-defined]
    assert getattr(redrawn(content, "image/gif"), "n_frames", 1) == 1


def png(width: int, height: int, *more: bytes) -> bytes:
    """Return a PNG that says it has so many points, and holds hardly any."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        sum_ = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + sum_

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    points = zlib.compress(bytes(1000))
    parts = [chunk(b"IHDR", head), *more, chunk(b"IDAT", points), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@pytest.mark.parametrize("size", [(100_000, 100_000), (8000, 8000), (16_001, 1), (1, 2**31 - 1)])
def test_a_picture_that_would_blow_up_is_refused_unopened(
    size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def opened(*_args: object) -> None:
        raise AssertionError("its points were unpacked")

    monkeypatch.setattr(PngImagePlugin.PngImageFile, "load", opened)
    with pytest.raises(images.ImageError):
        images.redrawn(io.BytesIO(png(*size)), "image/png")


def test_text_that_would_blow_up_is_refused() -> None:
    text = b"note\0\0" + zlib.compress(bytes(50_000_000))
    chunk = struct.pack(">I", len(text)) + b"zTXt" + text
    chunk += struct.pack(">I", zlib.crc32(b"zTXt" + text))
    with pytest.raises(images.ImageError):
        images.redrawn(io.BytesIO(png(8, 8, chunk)), "image/png")


@pytest.mark.parametrize("content_type", TYPES)
def test_half_a_picture_is_refused(content_type: str) -> None:
    content = encoded(content_type, picture(size=(200, 200)))
    with pytest.raises(images.ImageError):
        images.redrawn(io.BytesIO(content[: len(content) // 2]), content_type)


def test_another_format_than_is_said_is_refused() -> None:
    for content_type in TYPES:
        for other in set(TYPES) - {content_type}:
            with pytest.raises(images.ImageError):
                images.redrawn(io.BytesIO(encoded(other)), content_type)


@given(
    st.sampled_from(sorted(TYPES)),
    st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 255)), min_size=1, max_size=20),
)
def test_whatever_is_altered_it_is_drawn_or_refused(
    content_type: str, altered: list[tuple[int, int]]
) -> None:
    content = bytearray(encoded(content_type))
    for place, value in altered:
        content[place % len(content)] = value
    try:
        out = images.redrawn(io.BytesIO(bytes(content)), content_type)
    except images.ImageError:
        return
    assert Image.open(io.BytesIO(out)).format == images.FORMATS[content_type]


@pytest.mark.django_db
class TestStored:
    @pytest.fixture(autouse=True)
    def folder(self, settings: Any, tmp_path: Path) -> Path:
        settings.FILES = tmp_path
        return tmp_path

    def store(self, content: bytes, name: str, **options: Any) -> StoredFile:
        return services.store(content, name=name, owner="party:1", at=AT, by=None, **options)

    @pytest.mark.parametrize("taken", [rules.DOCUMENTS, rules.IMAGES])
    def test_what_is_kept_is_the_picture_drawn_anew(self, folder: Path, taken: rules.Taken) -> None:
        content = encoded("image/jpeg", exif=told(), comment=SECRET) + SECRET
        file = self.store(content, "foto.jpg", taken=taken)
        with queries.open_file(file) as opened:
            kept = opened.read()
        assert SECRET not in kept
        assert file.size == len(kept)
        assert queries.path(file).stat().st_mode & 0o077 == 0

    @pytest.mark.parametrize(
        ("content", "name"),
        [
            (png(60_000, 60_000), "bomb.png"),
            (encoded("image/png")[:60], "half.png"),
            (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "drawing.svg"),
            (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "drawing.png"),
            (b"GIF89a/*" + SECRET + b"*/=1", "script.gif"),
            (encoded("image/gif"), "other.png"),
        ],
    )
    def test_what_is_refused_leaves_nothing(self, folder: Path, content: bytes, name: str) -> None:
        with pytest.raises(services.FileError):
            self.store(content, name)
        assert [path for path in folder.rglob("*") if path.is_file()] == []
        assert not StoredFile.objects.exists()
