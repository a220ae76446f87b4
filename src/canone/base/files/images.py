"""Pictures drawn anew from their points: what else came in the file does not stay.

Gone are what cameras write into a picture (place, device, thumbnail), profiles, comments, further
frames, and anything appended or hidden beside the points. How it is turned is applied.
"""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from contextlib import suppress
from typing import IO, TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageCms, ImageOps, PngImagePlugin

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

FORMATS = {
    "image/png": "PNG",
    "image/jpeg": "JPEG",
    "image/gif": "GIF",
    "image/webp": "WEBP",
}
MOST_POINTS = 50_000_000
"""What the largest telephones take; opened, such a picture is 200 MB."""
LONGEST_SIDE = 16_000
LARGEST_PROFILE = 1024 * 1024
QUALITY = 90
MODES = {
    "PNG": {"1", "L", "LA", "P", "RGB", "RGBA"},
    "JPEG": {"L", "RGB"},
    "GIF": {"L", "P", "RGB", "RGBA"},
    "WEBP": {"RGB", "RGBA"},
}
BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    EOFError,
    IndexError,
    KeyError,
    OverflowError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
)
# Text beside the points is read before it can be left out: not much of it.
PngImagePlugin.MAX_TEXT_MEMORY = PngImagePlugin.MAX_TEXT_CHUNK = 1024 * 1024


class ImageError(Exception):
    """A picture that cannot be drawn anew; `message` is for the user."""

    def __init__(self, message: StrOrPromise) -> None:
        super().__init__(message)
        self.message = message


def redrawn(file: IO[bytes], content_type: str) -> bytes:
    """Return the picture drawn anew in its own format; raises ImageError."""
    kind = FORMATS[content_type]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of Pillow, about what is left out anyhow
            with Image.open(file, formats=[kind]) as image:
                _must_be_bounded(image)
                image.load()
                return _saved(_plain(image, kind), kind)
    except BROKEN as error:
        text = _("The picture is damaged. Save it again from the program it comes from.")
        raise ImageError(text) from error


def _must_be_bounded(image: Image.Image) -> None:
    """Return nothing; raises ImageError before a single point is unpacked."""
    width, height = image.size
    if width * height > MOST_POINTS or max(width, height) > LONGEST_SIDE:
        text = _(
            "The picture has %(width)s × %(height)s points. Make it smaller: at most "
            "%(most)s million, and %(side)s on a side."
        )
        values = {"width": width, "height": height}
        bounds = {"most": MOST_POINTS // 1_000_000, "side": LONGEST_SIDE}
        raise ImageError(text % (values | bounds))


def _plain(image: Image.Image, kind: str) -> Image.Image:
    """Return the points alone, turned as they are meant to be seen, in common colours."""
    profile = image.info.get("icc_profile")
    ImageOps.exif_transpose(image, in_place=True)  # a second copy of many points is much memory
    drawn = image
    if drawn.mode == "P" and "transparency" in drawn.info:
        drawn = drawn.convert("RGBA")
    if isinstance(profile, bytes) and len(profile) <= LARGEST_PROFILE:
        drawn = _in_common_colours(drawn, profile)
    if drawn.mode not in MODES[kind]:
        seen_through = "A" in drawn.mode or "transparency" in drawn.info
        drawn = drawn.convert("RGBA" if seen_through and kind != "JPEG" else "RGB")
    drawn.info = {}
    return drawn


def _in_common_colours(image: Image.Image, profile: bytes) -> Image.Image:
    """Return the picture in sRGB; with a profile that cannot be used, as it is."""
    if image.mode not in {"RGB", "RGBA", "CMYK", "L"}:
        return image
    with suppress(ImageCms.PyCMSError, *BROKEN):
        mode = "RGBA" if image.mode == "RGBA" else "RGB"
        known = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        common = ImageCms.createProfile("sRGB")
        found = ImageCms.profileToProfile(image, known, common, outputMode=mode)
        return found or image
    return image


def _saved(image: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    if kind in {"JPEG", "WEBP"}:
        image.save(out, kind, quality=QUALITY)
    else:
        image.save(out, kind, optimize=image.width * image.height < 2_000_000)
    return out.getvalue()
