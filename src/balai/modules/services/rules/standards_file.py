"""Standards that come in a file: JSON as this program writes it, or CSV with the fields of the national portal."""

import csv
import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from balai.modules.services.rules.standard import STANDARD, items_of

MOST_ROWS = 1000
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LONGEST_SLUG = 28
# words that have an address of their own under /services/
RESERVED = frozenset({"consultations", "draft", "from-file", "life", "mine", "performance", "sent", "survey"})
# columns of the portal (SIPPN) and what they are here
PORTAL = {
    "persyaratan": "requirements",
    "mekanisme": "procedure",
    "waktu": "time",
    "biaya": "fee",
    "produk": "product",
    "pengaduan": "complaints",
}
UNITS = {
    "menit": "minutes",
    "jam kerja": "working_hours",
    "jam": "clock_hours",
    "hari kerja": "working_days",
    "hari kalender": "calendar_days",
    "hari": "calendar_days",
}
TERM = re.compile(r"(\d{1,4})(?:\s*[-–]\s*(\d{1,4}))?\s+(menit|jam kerja|jam|hari kerja|hari kalender|hari)")
FREE = ("gratis", "tidak dipungut biaya", "tanpa biaya", "free of charge", "rp0", "rp 0", "0")


class BadStandardsFile(ValueError):
    """Nothing of a file can be read. ``code``: encoding, shape, empty, columns, too_many; ``detail`` for people."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


@dataclass(frozen=True, kw_only=True)
class StandardRow:
    """One standard of a file. ``line`` counts from 1 as the file does; ``unit`` is the name or short name of an agency.

    ``content`` is what the file says, component by component, not checked yet; what it says nothing of is not in it.
    """

    line: int
    name_id: str
    unit: str
    slug: str = ""
    name_en: str = ""
    group_id: str = ""
    group_en: str = ""
    keywords: str = ""
    content: Mapping[str, Any] = field(default_factory=dict)


def read_standards(data: bytes) -> tuple[StandardRow, ...]:
    """Return the standards of a file in its order.

    CSV may be separated by comma, semicolon or tab; its columns are those of the portal (``nama_layanan``,
    ``instansi``, ``persyaratan`` …, lists joined by a bar), ``slug``, and the names of our own components.

    :raises BadStandardsFile: if it is no such file.
    """
    if b"\0" in data:
        raise BadStandardsFile("encoding")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadStandardsFile("encoding") from error
    rows = _from_json(text) if text.lstrip()[:1] in ("{", "[") else _from_csv(text)
    if not rows:
        raise BadStandardsFile("empty")
    if len(rows) > MOST_ROWS:
        raise BadStandardsFile("too_many", str(MOST_ROWS))
    return rows


def _from_json(text: str) -> tuple[StandardRow, ...]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadStandardsFile("shape", str(error)[:200]) from error
    try:
        written = json.dumps(found, ensure_ascii=False, allow_nan=False).encode()
    except ValueError as error:
        # half of a letter, or a number without end
        raise BadStandardsFile("encoding") from error
    if b"\\u0000" in written:
        # no database keeps it
        raise BadStandardsFile("encoding")
    rows = found.get("standards") if isinstance(found, dict) else found
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise BadStandardsFile("shape", "standards")
    return tuple(_row(number, row) for number, row in enumerate(rows, start=1))


def _row(number: int, row: Mapping[str, Any]) -> StandardRow:
    words = {
        name: value.strip() if isinstance(value := row.get(name, ""), str) else ""
        for name in ("name_id", "unit", "slug", "name_en", "group_id", "group_en", "keywords")
    }
    content = row.get("content", {})
    return StandardRow(line=number, **words, content=content if isinstance(content, dict) else {"": content})


def _from_csv(text: str) -> tuple[StandardRow, ...]:
    # the line in which a program says that its data are an example
    whole = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = [line for line in whole.splitlines(keepends=True) if not line.startswith("# ")]
    head = lines[0] if lines else ""
    mark = max(",;\t", key=head.count)
    try:
        rows = list(csv.DictReader(io.StringIO("".join(lines)), delimiter=mark, restkey="", restval=""))
    except csv.Error as error:
        raise BadStandardsFile("shape", str(error)) from error
    names = {name.strip().casefold(): name for name in (rows[0] if rows else {}) if name}
    if rows and not {"nama_layanan", "instansi"} <= set(names):
        raise BadStandardsFile("columns", "nama_layanan, instansi")
    return tuple(
        _portal({short: _cell(row.get(name)) for short, name in names.items()}, number)
        for number, row in enumerate(rows, start=2)
    )


def _cell(value: Any) -> str:
    # a mark that keeps spreadsheets from reading a formula
    text = value if isinstance(value, str) else ""
    return text[1:].strip() if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@") else text.strip()


def _portal(row: Mapping[str, str], line: int) -> StandardRow:
    content: dict[str, Any] = {}
    for component in STANDARD.components:
        portal = next((name for name, slug in PORTAL.items() if slug == component.slug), "")
        text = row.get(component.slug) or row.get(portal, "")
        if not text:
            continue
        if component.kind == "list":
            content[component.slug] = items_of(text)
        elif component.kind == "term":
            content[component.slug] = term_in(text)
        elif component.kind == "fee":
            content[component.slug] = fee_in(text)
        else:
            content[component.slug] = text
    return StandardRow(
        line=line,
        name_id=row.get("nama_layanan", ""),
        unit=row.get("instansi", ""),
        slug=row.get("slug", ""),
        name_en=row.get("name_en", ""),
        group_id=row.get("group_id", "") or row.get("jenis", ""),
        group_en=row.get("group_en", ""),
        keywords=row.get("keywords", ""),
        content=content,
    )


def term_in(text: str) -> dict[str, Any]:
    """Return a time as people write it (*3–5 hari kerja*) as figures with their unit; anything else as words."""
    found = TERM.match(text.strip().casefold())
    if found is None:
        return {"words": text}
    amount, most, unit = int(found[1]), int(found[2] or 0), UNITS[found[3]]
    rest = text.strip()[found.end() :].strip(" .()")
    return {
        "amount": amount,
        "unit": unit,
        **({"most": most} if most > amount else {}),
        **({"words": rest} if rest else {}),
    }


def fee_in(text: str) -> dict[str, Any]:
    """Return a cost: free where it says so, else as words; a tariff is written on the page."""
    return {"free": True} if text.strip().casefold().rstrip(".") in FREE else {"words": text}


def slug_of(name: str) -> str:
    """Return a short name made of a name, as a service without one gets it."""
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")[:LONGEST_SLUG].strip("-")
