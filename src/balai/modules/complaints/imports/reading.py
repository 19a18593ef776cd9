"""Read a file of rows, large or broken, without loading it whole."""

import csv
import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from balai.modules.complaints.rules.mapping import BadMapping, Mapping, fold, missing_columns

BLOCK = 1 << 20
# one cell of a log may be long, but not without bound
csv.field_size_limit(2 * 1024 * 1024)


class UnreadableFile(Exception):
    """The file cannot be read at all; the message is in both languages."""


@dataclass(frozen=True)
class Line:
    """One row with its place in the file; ``problem`` instead of values when it cannot be read."""

    number: int
    values: dict[str, str | None]
    problem: str = ""


def _open(path: Path) -> IO[bytes]:
    with path.open("rb") as file:
        magic = file.read(2)
    return gzip.open(path, "rb") if magic == b"\x1f\x8b" else path.open("rb")  # type: ignore[return-value]


def file_hash(path: Path) -> str:
    """Return the SHA-256 (hex) of the file as it lies there."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def check_encoding(path: Path, encoding: str) -> None:
    """Prove that the first megabyte is text in ``encoding``.

    :raises UnreadableFile: naming the encoding and what to write into the mapping instead.
    """
    try:
        with _open(path) as file:
            block = file.read(BLOCK)
    except (OSError, EOFError) as error:
        raise UnreadableFile(f"Berkas tidak dapat dibuka: {error}. / The file cannot be opened: {error}.") from error
    if block[:2] in (b"\xff\xfe", b"\xfe\xff") and not encoding.lower().replace("_", "-").startswith("utf-16"):
        raise UnreadableFile(
            'Berkas ini UTF-16; tulis encoding = "utf-16" di [source]. / '
            'This file is UTF-16; write encoding = "utf-16" under [source].'
        )
    if not block:
        raise UnreadableFile("Berkas kosong. / The file is empty.")
    if block[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
        raise UnreadableFile(
            "Ini berkas Excel atau ZIP, bukan CSV; simpan sebagai CSV dulu. / "
            "This is an Excel or ZIP file, not CSV; save it as CSV first."
        )
    try:
        # a character may be cut at the block's end: up to three bytes
        block[: len(block) - 3 if len(block) == BLOCK else None].decode(encoding)
    except LookupError as error:
        raise UnreadableFile(f"Encoding {encoding!r} tidak dikenal. / Unknown encoding {encoding!r}.") from error
    except UnicodeDecodeError as error:
        if len(block) - error.start > 4 or len(block) < BLOCK:
            line = block[: error.start].count(b"\n") + 1
            raise UnreadableFile(
                f'Berkas ini bukan {encoding} (baris {line}). Coba encoding = "windows-1252" di [source]. / '
                f'This file is not {encoding} (line {line}). Try encoding = "windows-1252" under [source].'
            ) from error


def read_lines(path: Path, mapping: Mapping) -> Iterator[Line]:
    """Yield the file's rows with their line numbers; a row with another number of cells carries its problem.

    :raises UnreadableFile: if the file is no CSV in the mapping's encoding;
    :raises BadMapping: if the mapping names a column that the file does not have.
    """
    check_encoding(path, mapping.encoding)
    encoding = "utf-8-sig" if mapping.encoding.lower().replace("_", "-") in ("utf-8", "utf8") else mapping.encoding
    with _open(path) as raw:
        # bytes that break off later in the file become visible marks and are refused row by row
        text = io.TextIOWrapper(raw, encoding=encoding, errors="surrogateescape", newline="")
        first = text.readline()
        delimiter = mapping.delimiter or max(",;\t|", key=first.count)
        header = next(csv.reader([first], delimiter=delimiter), [])
        header = [name.strip() for name in header]
        folded = [fold(name) for name in header]
        missing = missing_columns(mapping, folded)
        if missing:
            raise BadMapping(
                "[columns]",
                f"kolom {', '.join(map(repr, missing))} tidak ada di berkas; ada: {', '.join(header)}.",
                f"the file has no column {', '.join(map(repr, missing))}; it has: {', '.join(header)}.",
            )
        yield from _rows(csv.reader(text, delimiter=delimiter), folded)


def _rows(reader: "Iterator[list[str]]", header: list[str]) -> Iterator[Line]:
    number = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Line(1 + getattr(reader, "line_num", number), {}, f"Baris rusak: {error}. / Broken row: {error}.")
            continue
        except (OSError, EOFError, zlib.error) as error:
            raise UnreadableFile(
                f"Berkas terputus sesudah baris {number}; baris sebelumnya disimpan. Salin ulang berkasnya, lalu "
                f"jalankan lagi. / The file breaks off after line {number}; the rows before are kept. Copy the file "
                "again, then run the same command."
            ) from error
        number = 1 + getattr(reader, "line_num", number)
        if not cells:
            continue
        if len(cells) != len(header):
            yield Line(
                number,
                {},
                f"{len(cells)} kolom, seharusnya {len(header)}. / {len(cells)} cells instead of {len(header)}.",
            )
        elif any("\udc80" <= letter <= "\udcff" for cell in cells for letter in cell if letter >= "\udc80"):
            yield Line(number, {}, "Ada huruf yang tidak terbaca. / It holds unreadable characters.")
        else:
            yield Line(number, dict(zip(header, cells, strict=True)))
