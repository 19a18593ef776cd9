"""Photos to test with, made on the spot; each hides a marker wherever its kind can."""

import struct
import zlib
from functools import cache
from io import BytesIO

from PIL import Image, PngImagePlugin
from PIL.ExifTags import GPS, IFD, Base

MARKER = "marker-Budi-7741"
LAT, LON = -7.2575, 112.7521
TAKEN = "2026-11-27T14:30:00+07:00"
_XMP = f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><dc:creator>{MARKER}</dc:creator></x:xmpmeta>'.encode()


def exif(*, orientation: int = 1, position: bool = True) -> Image.Exif:
    block = Image.Exif()
    block[Base.Orientation] = orientation
    block[Base.ImageDescription] = MARKER
    block[Base.Artist] = MARKER
    block.get_ifd(IFD.Exif)[Base.DateTimeOriginal] = "2026:11:27 14:30:00"
    block.get_ifd(IFD.Exif)[Base.OffsetTimeOriginal] = "+07:00"
    if position:
        gps = block.get_ifd(IFD.GPSInfo)
        gps[GPS.GPSLatitudeRef], gps[GPS.GPSLatitude] = "S", (7.0, 15.0, 27.0)
        gps[GPS.GPSLongitudeRef], gps[GPS.GPSLongitude] = "E", (112.0, 45.0, 7.56)
    return block


def scene(width: int = 160, height: int = 120, mode: str = "RGB") -> Image.Image:
    """Left half red, right half blue: shows which way up a picture came out."""
    image = Image.new("RGB", (width, height), (200, 30, 30))
    image.paste((30, 30, 200), (width // 2, 0, width, height))
    return image.convert(mode)


@cache
def photo(kind: str = "JPEG", width: int = 160, height: int = 120, orientation: int = 1, mode: str = "RGB") -> bytes:
    out = BytesIO()
    image = scene(width, height, mode)
    block = exif(orientation=orientation)
    if kind == "JPEG":
        image.save(out, "JPEG", exif=block, comment=MARKER.encode(), xmp=_XMP)
    elif kind == "PNG":
        text = PngImagePlugin.PngInfo()
        text.add_text("Comment", MARKER)
        text.add_itxt("XML:com.adobe.xmp", _XMP.decode(), zip=False)
        image.save(out, "PNG", exif=block, pnginfo=text)
    elif kind == "WEBP":
        image.save(out, "WEBP", exif=block, xmp=_XMP)
    elif kind == "HEIF":
        image.save(out, "HEIF", exif=block.tobytes(), xmp=_XMP)
    else:
        image.save(out, kind)
    return out.getvalue()


def moving(kind: str) -> bytes:
    out = BytesIO()
    frames = [Image.new("RGB", (32, 32), (shade, 0, 0)) for shade in (0, 120, 240)]
    frames[0].save(out, kind, save_all=True, append_images=frames[1:], duration=100)
    return out.getvalue()


def png_bomb(width: int = 60_000, height: int = 60_000) -> bytes:
    """A valid PNG header for 3.6 thousand million points over a handful of bytes."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 4096))
        + chunk(b"IEND", b"")
    )
