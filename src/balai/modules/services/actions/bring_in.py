"""Bring standards in from a file: as drafts, all or nothing, never published."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.db import transaction

from balai.engines.catalogs import actions as catalogue
from balai.engines.catalogs.models import Record, RecordVersion
from balai.engines.catalogs.rules import clean_content
from balai.foundation.events.rules import Actor
from balai.foundation.units.models import Unit
from balai.modules.services.rules.standard import KIND, STANDARD
from balai.modules.services.rules.standards_file import LONGEST_SLUG, RESERVED, SLUG, StandardRow, slug_of

State = RecordVersion.State
What = Literal["create", "change", "same", "wrong"]


class NotBroughtIn(Exception):
    """Something in the file is wrong, so nothing was brought in."""


@dataclass(frozen=True)
class RowProblem:
    """What is wrong with a row. ``code``: no_name, unknown_unit, not_yours, bad_slug, twice, other_unit, decreed,
    content; ``column`` says where.
    """

    code: str
    column: str = ""


@dataclass(frozen=True, kw_only=True)
class Planned:
    """What would become of a row: a new service, a changed draft (``changed`` components), nothing, or an error."""

    row: StandardRow
    slug: str
    what: What
    unit: Unit | None = None
    record: Record | None = None
    content: dict[str, Any] | None = None
    changed: tuple[str, ...] = ()
    problems: tuple[RowProblem, ...] = ()


def plan(*, rows: Sequence[StandardRow], unit_ids: Collection[int] | None) -> list[Planned]:
    """Return what would become of every row; nothing is written. ``unit_ids``: whose services, None: everybody's."""
    units = {key: unit for unit in Unit.objects.filter(active=True) for key in _names_of(unit)}
    records = {record.slug: record for record in Record.objects.filter(kind=KIND).select_related("unit")}
    latest: dict[int, RecordVersion] = {}
    for version in RecordVersion.objects.filter(record__kind=KIND).order_by("number"):
        latest[version.record_id] = version
    seen: set[str] = set()
    found = []
    for row in rows:
        slug = row.slug or slug_of(row.name_id)
        planned = _plan(row, slug, units.get(row.unit.casefold()), records.get(slug), latest, seen, unit_ids)
        seen.add(slug)
        found.append(planned)
    return found


def _names_of(unit: Unit) -> set[str]:
    return {name.casefold() for name in (unit.slug, unit.name, unit.short_name) if name}


def _plan(  # noqa: PLR0917 - what was read once for all rows
    row: StandardRow,
    slug: str,
    unit: Unit | None,
    record: Record | None,
    latest: dict[int, RecordVersion],
    seen: set[str],
    unit_ids: Collection[int] | None,
) -> Planned:
    kept, bad = clean_content(kind=STANDARD, raw=row.content)
    problems = [RowProblem("content", each.component) for each in bad]
    if not row.name_id:
        problems.append(RowProblem("no_name", "nama_layanan"))
    if not SLUG.fullmatch(slug) or len(slug) > LONGEST_SLUG or slug in RESERVED:
        problems.append(RowProblem("bad_slug", "slug"))
    if slug in seen:
        problems.append(RowProblem("twice", "slug"))
    if unit is None:
        problems.append(RowProblem("unknown_unit", "instansi"))
    elif unit_ids is not None and unit.pk not in unit_ids:
        problems.append(RowProblem("not_yours", "instansi"))
    elif record is not None and record.unit_id != unit.pk:
        problems.append(RowProblem("other_unit", "instansi"))
    version = latest.get(record.pk) if record is not None else None
    if version is not None and version.state == State.DECREED:
        problems.append(RowProblem("decreed"))
    if problems:
        return Planned(row=row, slug=slug, what="wrong", unit=unit, record=record, problems=tuple(problems))
    before = version.content if version is not None else {}
    # what the file says nothing of stays
    content = {**before, **kept}
    changed = tuple(sorted(name for name in content if content[name] != before.get(name)))
    what: What = "create" if record is None else "change" if changed else "same"
    return Planned(row=row, slug=slug, what=what, unit=unit, record=record, content=content, changed=changed)


@transaction.atomic
def bring_in(
    *, rows: Sequence[StandardRow], unit_ids: Collection[int] | None, actor: Actor, at: datetime
) -> list[Planned]:
    """Write every row as a draft, and return what became of each.

    :raises NotBroughtIn: if one of them is wrong; then nothing is written.
    """
    planned = plan(rows=rows, unit_ids=unit_ids)
    if any(each.what == "wrong" for each in planned):
        raise NotBroughtIn
    for each in planned:
        if each.what == "create" and each.unit is not None:
            catalogue.create_record(
                kind=KIND,
                slug=each.slug,
                unit_id=each.unit.pk,
                name_id=each.row.name_id[:160],
                name_en=each.row.name_en[:160],
                group_id=each.row.group_id[:80] or "Layanan lain",
                group_en=each.row.group_en[:80] or each.row.group_id[:80] or "Other services",
                keywords=each.row.keywords[:300],
                content=each.content,
                actor=actor,
                at=at,
            )
        elif each.what == "change" and each.record is not None:
            version = catalogue.begin_version(record_id=each.record.pk, actor=actor, at=at)
            catalogue.save_draft(
                version_id=version.pk,
                content=each.content or {},
                expected_revision=version.revision,
                actor=actor,
                at=at,
            )
    return planned


def standards_as_json(*, unit_ids: Collection[int] | None) -> dict[str, Any]:
    """Return standards as :func:`read_standards` reads them again without loss: the newest words of each."""
    records = Record.objects.filter(kind=KIND).select_related("unit").order_by("order", "slug")
    if unit_ids is not None:
        records = records.filter(unit_id__in=unit_ids)
    latest: dict[int, RecordVersion] = {}
    for version in RecordVersion.objects.filter(record__kind=KIND).order_by("number"):
        latest[version.record_id] = version
    return {
        "standards": [
            {
                "slug": record.slug,
                "name_id": record.name_id,
                "name_en": record.name_en,
                "unit": record.unit.slug,
                "group_id": record.group_id,
                "group_en": record.group_en,
                "keywords": record.keywords,
                "content": latest[record.pk].content if record.pk in latest else {},
            }
            for record in records
        ]
    }
