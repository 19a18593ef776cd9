"""Take in a city's list of agencies from a table."""

import csv
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.text import slugify

from balai.foundation.events.rules import SYSTEM, Actor
from balai.foundation.units.actions.changes import create_unit
from balai.foundation.units.models import Unit

COLUMNS = ("slug", "name", "short_name", "kind", "parent", "is_central_desk")
YES, NO = frozenset({"1", "yes", "true", "ya"}), frozenset({"", "0", "no", "false", "tidak"})


class BadSheet(Exception):
    """A table that cannot be taken in. ``problems``: (line, Indonesian, English); line 1 is the heading."""

    def __init__(self, problems: list[tuple[int, str, str]]) -> None:
        super().__init__("; ".join(f"{line}: {english}" for line, _, english in problems))
        self.problems = problems


def _problems_of(row: dict[str, str], known: set[str], seen: set[str]) -> list[tuple[str, str]]:
    found = []
    slug = row["slug"]
    if not slug or slugify(slug) != slug or len(slug) > 80:
        found.append(
            (
                f"slug {slug!r}: hanya huruf kecil, angka, dan tanda hubung, paling banyak 80",
                f"slug {slug!r}: only small letters, digits and hyphens, at most 80",
            )
        )
    elif slug in seen:
        found.append((f"slug {slug!r} sudah ada di baris lain", f"slug {slug!r} stands on another line"))
    elif slug in known:
        found.append((f"instansi {slug!r} sudah ada", f"agency {slug!r} is there already"))
    for column, most in (("name", 200), ("short_name", 60)):
        if not 0 < len(row[column]) <= most:
            found.append((f"{column} harus berisi 1 sampai {most} huruf", f"{column} must hold 1 to {most} characters"))
    if row["kind"] not in Unit.Kind.values:
        kinds = ", ".join(Unit.Kind.values)
        found.append((f"kind {row['kind']!r}: pilih {kinds}", f"kind {row['kind']!r}: choose {kinds}"))
    if row["parent"] and row["parent"] not in known | seen:
        found.append(
            (
                f"parent {row['parent']!r} belum ada; tulis induk di baris sebelumnya",
                f"parent {row['parent']!r} is unknown; write it on an earlier line",
            )
        )
    if row["is_central_desk"].lower() not in YES | NO:
        found.append(("is_central_desk: tulis ya atau tidak", "is_central_desk: write yes or no"))
    return found


@transaction.atomic
def import_units(*, lines: Iterable[str], at: datetime, actor: Actor = SYSTEM) -> list[Unit]:
    """Make the agencies of a CSV table with the columns ``slug,name,short_name,kind,parent,is_central_desk``.

    All or none.

    :raises BadSheet: with every problem and its line.
    """
    reader = csv.DictReader(lines, strict=True)
    missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
    if missing:
        names = ", ".join(missing)
        raise BadSheet([(1, f"kolom tidak ada: {names}", f"columns are missing: {names}")])
    known = set(Unit.objects.values_list("slug", flat=True))
    desks = Unit.objects.filter(is_central_desk=True).count()
    problems: list[tuple[int, str, str]] = []
    rows: list[dict[str, str]] = []
    seen: set[str] = set()
    for raw in reader:
        row = {column: " ".join((raw[column] or "").split()) for column in COLUMNS}
        found = _problems_of(row, known, seen)
        if row["is_central_desk"].lower() in YES:
            desks += 1
            if desks > 1:
                found.append(("meja pusat hanya boleh satu", "there can be only one central desk"))
        problems += [(reader.line_num, indonesian, english) for indonesian, english in found]
        seen.add(row["slug"])
        rows.append(row)
    if problems:
        raise BadSheet(problems)
    made: dict[str, Unit] = {}
    for row in rows:
        made[row["slug"]] = create_unit(
            slug=row["slug"],
            name=row["name"],
            short_name=row["short_name"],
            kind=row["kind"],
            parent=made.get(row["parent"]) or Unit.objects.filter(slug=row["parent"]).first(),
            is_central_desk=row["is_central_desk"].lower() in YES,
            at=at,
            actor=actor,
        )
    return list(made.values())
