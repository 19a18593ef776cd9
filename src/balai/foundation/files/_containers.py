"""Whether a file's outer structure is whole: finds photos cut off by a bad line without decoding them."""

from typing import IO

_CHUNK = 64 * 1024
# JPEG markers without a length: TEM, RST0-7, SOI
_BARE_MARKERS = frozenset({0x01, *range(0xD0, 0xD9)})


def is_whole(*, file: IO[bytes], content_type: str, size: int) -> bool:
    """Return whether the container ends where it says it does; bytes after its end do not matter."""
    file.seek(0)
    if content_type == "image/jpeg":
        return _jpeg_ends(file)
    if content_type == "image/webp":
        return int.from_bytes(file.read(8)[4:], "little") + 8 <= size
    if content_type == "image/png":
        return _png_ends(file, size)
    return _heic_boxes_fit(file, size)


def _jpeg_ends(file: IO[bytes]) -> bool:
    # Walk the segments, so that the end marker of a preview inside the EXIF block is not taken for the photo's.
    file.seek(2)
    while True:
        marker = file.read(2)
        if len(marker) < 2 or marker[0] != 0xFF:
            return False
        if marker[1] == 0xFF:  # fill byte
            file.seek(-1, 1)
            continue
        if marker[1] in _BARE_MARKERS:
            continue
        if marker[1] == 0xD9:
            return False  # ended before any picture began
        length = int.from_bytes(file.read(2), "big")
        if length < 2:
            return False
        file.seek(length - 2, 1)
        if marker[1] == 0xDA:
            return _contains(file, b"\xff\xd9")


def _contains(file: IO[bytes], wanted: bytes) -> bool:
    tail = b""
    while chunk := file.read(_CHUNK):
        if wanted in tail + chunk:
            return True
        tail = chunk[-len(wanted) + 1 :]
    return False


def _png_ends(file: IO[bytes], size: int) -> bool:
    position = 8
    while position + 12 <= size:
        file.seek(position)
        header = file.read(8)
        position += 12 + int.from_bytes(header[:4], "big")
        if header[4:] == b"IEND":
            return position <= size
    return False


def _heic_boxes_fit(file: IO[bytes], size: int) -> bool:
    # Up to the data box only: some telephones append trailers of their own after it.
    position = 0
    while position + 8 <= size:
        file.seek(position)
        header = file.read(16)
        length = int.from_bytes(header[:4], "big")
        if length == 1:
            length = int.from_bytes(header[8:16], "big")
        if length == 0:
            return True  # reaches to the end of the file by definition
        if length < 8:
            return False
        position += length
        if header[4:8] == b"mdat":
            return position <= size
    return position <= size
