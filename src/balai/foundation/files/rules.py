"""What may be attached: kinds, names, sizes, and what a camera wrote into a photo. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from math import ceil
from pathlib import PurePosixPath
from typing import Any, Literal

MAX_BYTES = 10 * 1024 * 1024
MAX_PER_MATTER = 5
# What waits in its row for the job that makes it anew: scanned papers and photos that a telephone made smaller. A
# database writes so much faster than a folder does, where each file and its entry are brought to the disk.
MAX_BYTES_IN_ROW = 1024 * 1024
# Telephones with "50 megapixels" make 8192 x 6144; beyond that a file is more likely a bomb than a photo. No camera
# makes large PNG or WebP, and their decoders need most memory for a pixel. Measured peaks of a job at these limits:
# JPEG 40 MB, HEIC 360 MB, PNG 200 MB, WebP 310 MB.
MAX_PIXELS = {"image/jpeg": 52_000_000, "image/heic": 52_000_000, "image/png": 20_000_000, "image/webp": 20_000_000}
# A long decision has 60 pages and some thousand objects; a PDF beyond this is a book, a drawing or a bomb.
MAX_PAGES = 200
MAX_OBJECTS = 50_000
LONG_SIDE = 2048
THUMBNAIL_SIDE = 400
# How much of a file is needed to recognise it.
HEAD_BYTES = 64

RefusalCode = Literal[
    "empty",
    "too_large",
    "too_many",
    "not_a_photo",
    "wrong_name",
    "broken",
    "too_many_pixels",
    "moving",
    "lost",
    "locked",
    "broken_document",
    "too_many_pages",
    "too_complex",
]

DOCUMENT_TYPE = "application/pdf"
DOCUMENT_EXTENSION = ".pdf"
NAME_LENGTH = 100
PHOTO_TYPES = frozenset({"image/jpeg", "image/png", "image/webp", "image/heic"})
PHOTO_EXTENSIONS = frozenset({".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".heic", ".heif"})
_MARKS = frozenset('"<>|:*?/\\;')
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis"})


class Unfit(Exception):
    """A file cannot be taken. ``code`` says why; ``size`` is in bytes where it matters."""

    def __init__(self, code: RefusalCode, *, size: int = 0) -> None:
        self.code = code
        self.size = size
        super().__init__(code)


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Where and when the camera says a photo was taken; ``taken_at`` is ISO 8601, with an offset if it had one."""

    lat: float | None = None
    lon: float | None = None
    taken_at: str = ""

    def is_empty(self) -> bool:
        return self.lat is None and not self.taken_at


def content_type_of(*, head: bytes) -> str | None:
    """Return the kind of photo or document that starts with ``head`` (64 bytes are enough), or None for the rest."""
    if head.startswith(b"%PDF-"):
        return DOCUMENT_TYPE
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp":
        length = min(int.from_bytes(head[:4], "big"), len(head))
        brands = {head[start : start + 4] for start in (8, *range(16, length, 4))}
        if brands & _HEIC_BRANDS:
            return "image/heic"
    return None


def check_name(*, name: str) -> None:
    """Accept the name of a photo or of a PDF, or one without an ending (cameras in browsers send ``blob``).

    A photo under another photo's ending is accepted: telephones do that, and every photo is made anew anyway.

    :raises Unfit: ``wrong_name`` for any other ending, such as that of a program.
    """
    extension = _ending(name)
    if extension and extension not in PHOTO_EXTENSIONS and extension != DOCUMENT_EXTENSION:
        raise Unfit("wrong_name")


def check_name_fits(*, name: str, content_type: str) -> None:
    """Accept a PDF under its own ending only, and a photo under none of a PDF: one of the two is a disguise.

    :raises Unfit: ``wrong_name``.
    """
    if (_ending(name) == DOCUMENT_EXTENSION) != (content_type == DOCUMENT_TYPE):
        raise Unfit("wrong_name")


def document_name(*, name: str) -> str:
    """Return the name under which a PDF is offered again: no folders, no marks that could deceive, its own ending."""
    stem = PurePosixPath(name.replace("\\", "/")).name[: -len(DOCUMENT_EXTENSION)]
    tidy = " ".join(
        "".join(letter if letter.isprintable() and letter not in _MARKS else " " for letter in stem).split()
    )
    return f"{tidy[:NAME_LENGTH].strip(' .') or 'document'}{DOCUMENT_EXTENSION}"


def _ending(name: str) -> str:
    return PurePosixPath(name.replace("\\", "/")).suffix.lower()


def check_size(*, size: int) -> None:
    """Accept 1 byte to 10 MB.

    :raises Unfit: ``empty`` or ``too_large``.
    """
    if size <= 0:
        raise Unfit("empty")
    if size > MAX_BYTES:
        raise Unfit("too_large", size=size)


def check_measures(*, width: int, height: int, frames: int, content_type: str) -> None:
    """Accept what can be decoded in bounded memory.

    Cameras put a second picture (depth, other lens) into JPEG and HEIC; only the first is ever decoded.

    :raises Unfit: ``too_many_pixels``, ``moving`` or ``broken``.
    """
    if width <= 0 or height <= 0:
        raise Unfit("broken")
    if width * height > MAX_PIXELS[content_type]:
        raise Unfit("too_many_pixels")
    if frames > 1 and content_type in {"image/png", "image/webp"}:
        raise Unfit("moving")


def check_count(*, count: int) -> None:
    """Accept up to five files in one matter.

    :raises Unfit: ``too_many``.
    """
    if count > MAX_PER_MATTER:
        raise Unfit("too_many")


def megabytes(size: int) -> int:
    """Return ``size`` in bytes as whole megabytes, rounded up."""
    return ceil(size / 2**20)


def fit(*, width: int, height: int, side: int) -> tuple[int, int]:
    """Return the measures scaled so that the long side is at most ``side``; never enlarged, never 0."""
    long = max(width, height)
    if long <= side:
        return width, height
    return max(1, round(width * side / long)), max(1, round(height * side / long))


def position_in(*, gps: Mapping[int, Any]) -> tuple[float, float] | None:
    """Return (latitude, longitude) from the EXIF GPS block, rounded to 6 decimals, or None if there is none."""
    try:
        lat = _degrees(gps[2]) * (-1 if _letter(gps[1]) == "S" else 1)
        lon = _degrees(gps[4]) * (-1 if _letter(gps[3]) == "W" else 1)
    except (KeyError, TypeError, ValueError, ZeroDivisionError, IndexError, OverflowError):
        return None
    # cameras without a fix write zeros
    if not (-90 <= lat <= 90 and -180 <= lon <= 180) or (lat == 0 and lon == 0):
        return None
    return round(lat, 6), round(lon, 6)


def _letter(value: Any) -> str:
    return (value.decode("ascii", "ignore") if isinstance(value, bytes) else str(value)).strip("\0 ").upper()[:1]


def _degrees(parts: Any) -> float:
    degrees, minutes, seconds = (Fraction(str(float(part))) for part in parts)
    return float(degrees + minutes / 60 + seconds / 3600)


_OFFSET = re.compile(r"^[+-]\d{2}:\d{2}$")


def taken_at_in(*, moment: Any, offset: Any = None) -> str:
    """Return EXIF's ``2026:11:27 14:30:00`` as ISO 8601, or an empty text if it is not a moment."""
    text = str(moment or "").strip("\0 ")
    zone = str(offset or "").strip("\0 ")
    try:
        parsed = datetime.strptime(text, "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 - a camera's local time
    except ValueError:
        return ""
    return parsed.isoformat() + (zone if _OFFSET.match(zone) else "")


def incoming_name(*, random_hex: str) -> str:
    """Return where bytes are kept as received."""
    return f"incoming/{random_hex}"


def stored_name(*, key_hex: str, content_type: str, kind: Literal["photos", "thumbnails", "documents"]) -> str:
    """Return where a file made anew is kept; the same for the same key, so that a repeated job overwrites it."""
    ending = {"image/webp": "webp", DOCUMENT_TYPE: "pdf"}.get(content_type, "jpg")
    return f"{kind}/{key_hex[:2]}/{key_hex}.{ending}"
