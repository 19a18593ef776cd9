"""Look into a photo's header, and make a photo anew without anything but its picture."""

import struct
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import IO, TYPE_CHECKING

import pillow_heif
from PIL import ExifTags, Image, ImageOps

from balai.foundation.files._containers import is_whole
from balai.foundation.files.rules import (
    HEAD_BYTES,
    LONG_SIDE,
    PHOTO_TYPES,
    THUMBNAIL_SIDE,
    Evidence,
    Unfit,
    check_measures,
    content_type_of,
    fit,
    position_in,
    taken_at_in,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

pillow_heif.register_heif_opener(thumbnails=False)

# A second picture from the same shot makes a JPEG an MPO; nothing else may be opened at all.
_FORMATS = {
    "image/jpeg": ("JPEG", "MPO"),
    "image/png": ("PNG",),
    "image/webp": ("WEBP",),
    "image/heic": ("HEIF",),
}
# What decoders raise when they are fed broken or hostile bytes.
_DECODER_ERRORS = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    AttributeError,
    ArithmeticError,
    RuntimeError,
    AssertionError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)
# libjpeg halves while it decodes, which saves two thirds of the work; a 12-megapixel photo then has 2,016 pixels.
_DECODE_SIDE = 2000
_QUALITY = 82
_THUMBNAIL_QUALITY = 76


@dataclass(frozen=True, kw_only=True)
class Header:
    """What a photo's header says; ``width`` and ``height`` in pixels as stored, before rotation."""

    content_type: str
    width: int
    height: int


@dataclass(frozen=True, kw_only=True)
class Clean:
    """A photo made anew: encoded bytes, measures in pixels, and what the camera had written into the old one."""

    content_type: str
    picture: bytes
    thumbnail: bytes
    width: int
    height: int
    evidence: Evidence


@contextmanager
def _decoding() -> "Iterator[None]":
    try:
        yield
    except _DECODER_ERRORS as error:
        raise Unfit("broken") from error


def read_header(*, file: IO[bytes], size: int) -> Header:
    """Return what the header says, without decoding the picture.

    :raises Unfit: ``not_a_photo``, ``broken``, ``too_many_pixels`` or ``moving``.
    """
    file.seek(0)
    content_type = content_type_of(head=file.read(HEAD_BYTES))
    if content_type not in PHOTO_TYPES:
        raise Unfit("not_a_photo")
    with _decoding(), _open(file, content_type) as image:
        _check(image, content_type)
        width, height = image.size
    with _decoding():
        whole = is_whole(file=file, content_type=content_type, size=size)
    if not whole:
        raise Unfit("broken")
    return Header(content_type=content_type, width=width, height=height)


def make_anew(*, file: IO[bytes]) -> Clean:
    """Return the picture upright, at most 2,048 pixels long, with nothing else in it, and a thumbnail of 400.

    :raises Unfit: if the bytes cannot be decoded or are too many pixels.
    """
    file.seek(0)
    content_type = content_type_of(head=file.read(HEAD_BYTES))
    if content_type not in PHOTO_TYPES:
        raise Unfit("not_a_photo")
    with _decoding(), _open(file, content_type) as image:
        _check(image, content_type)
        evidence = _evidence(image)
        image.draft("RGB", fit(width=image.width, height=image.height, side=_DECODE_SIDE))
        picture = _bare(image)
    ending = "WEBP" if picture.mode == "RGBA" else "JPEG"
    thumbnail = picture.resize(fit(width=picture.width, height=picture.height, side=THUMBNAIL_SIDE), reducing_gap=2.0)
    return Clean(
        content_type="image/webp" if ending == "WEBP" else "image/jpeg",
        picture=_encode(picture, ending, _QUALITY),
        thumbnail=_encode(thumbnail, ending, _THUMBNAIL_QUALITY),
        width=picture.width,
        height=picture.height,
        evidence=evidence,
    )


def _open(file: IO[bytes], content_type: str) -> Image.Image:
    file.seek(0)
    return Image.open(file, formats=_FORMATS[content_type])


def _check(image: Image.Image, content_type: str) -> None:
    # the pixels first: counting frames may already cost work in a bomb
    check_measures(width=image.width, height=image.height, frames=1, content_type=content_type)
    check_measures(
        width=image.width, height=image.height, frames=getattr(image, "n_frames", 1), content_type=content_type
    )


def _bare(image: Image.Image) -> Image.Image:
    """Return the pixels alone, upright and scaled, in RGB, or RGBA where something shows through."""
    upright_first = fit(width=image.width, height=image.height, side=LONG_SIDE)
    if image.mode not in {"RGB", "RGBA", "L"}:
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    scaled = image.resize(upright_first, reducing_gap=2.0) if image.size != upright_first else image
    # resize() and convert() carry the orientation along in the EXIF block
    upright = ImageOps.exif_transpose(scaled)
    if upright.mode == "RGBA" and upright.getchannel("A").getextrema() == (255, 255):
        upright = upright.convert("RGB")
    if upright.mode == "L":
        upright = upright.convert("RGB")
    bare = Image.new(upright.mode, upright.size)
    bare.paste(upright)
    return bare


def _encode(image: Image.Image, ending: str, quality: int) -> bytes:
    out = BytesIO()
    if ending == "WEBP":
        image.save(out, "WEBP", quality=quality, method=3)
    else:
        image.save(out, "JPEG", quality=quality, progressive=True)
    return out.getvalue()


def _evidence(image: Image.Image) -> Evidence:
    """Return position and time; a damaged block counts as none, for the picture is what matters."""
    try:
        exif = image.getexif()
        position = position_in(gps=exif.get_ifd(ExifTags.IFD.GPSInfo))
        details = exif.get_ifd(ExifTags.IFD.Exif)
        taken_at = taken_at_in(
            moment=details.get(ExifTags.Base.DateTimeOriginal) or exif.get(ExifTags.Base.DateTime),
            offset=details.get(ExifTags.Base.OffsetTimeOriginal),
        )
    except _DECODER_ERRORS:
        return Evidence()
    lat, lon = position or (None, None)
    return Evidence(lat=lat, lon=lon, taken_at=taken_at)
