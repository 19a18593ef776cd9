"""The list of categories as rows, and the example's routing rules."""

import tomllib
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.db import transaction

from balai.engines.cases.actions import publish_kinds
from balai.engines.cases.models import Category
from balai.foundation.events.rules import SYSTEM
from balai.foundation.examples.contributions import NotEmpty, Progress
from balai.foundation.places.queries import districts
from balai.foundation.units.models import Unit
from balai.modules.complaints.actions.rules import NewRule, activate_rules, draft_rules, replace_rules
from balai.modules.complaints.case_kinds import KIND_SLUGS

FILE = Path(__file__).parent / "categories.toml"
# the example's set-up was finished this long before its last day: longer than the year of reports
SET_UP_BEFORE = timedelta(days=400)


@cache
def category_list() -> dict[str, list[dict[str, Any]]]:
    """Return ``groups`` and ``categories`` of the bundled list."""
    return tomllib.loads(FILE.read_text("utf-8"))


def category_rows() -> list[Category]:
    """Return the bundled categories as unsaved rows; a unit that the city does not have stays empty."""
    listed = category_list()
    groups = {group["slug"]: group for group in listed["groups"]}
    units = dict(Unit.objects.filter(active=True).values_list("slug", "pk"))
    rows = []
    for order, entry in enumerate(listed["categories"], start=1):
        group = groups[entry["group"]]
        rows.append(
            Category(
                slug=entry["slug"],
                name_id=entry["name_id"],
                name_en=entry["name_en"],
                description_id=entry["description_id"],
                description_en=entry["description_en"],
                group_id=group["name_id"],
                group_en=group["name_en"],
                kind=entry["kind"],
                unit_id=units.get(entry["unit"]),
                keywords=entry["keywords"],
                needs_place=entry["needs_place"],
                sensitive=entry["sensitive"],
                questions=entry.get("questions", []),
                icon=entry["icon"],
                order=order * 10,
            )
        )
    return rows


def _rules(units: dict[str, int]) -> list[NewRule]:
    wanted: list[tuple[str, str, dict[str, Any]]] = [
        ("Pungutan liar ke Inspektorat", "inspektorat", {"words": ["pungli", "uang pelicin", "uang rokok"]}),
        ("Pohon tumbang di luar jam kerja ke BPBD", "bpbd", {"category": ["tree"], "hours": ["closed"], "words": ["tumbang"]}),
        ("Lampu taman ke Dinas Lingkungan Hidup", "dinas-lingkungan-hidup", {"category": ["street-light"], "words": ["lampu taman"]}),
        ("Hidran ke Pemadam Kebakaran", "damkar", {"words": ["hidran"], "category": ["rescue", "water-supply", "market"]}),
    ]  # fmt: skip
    wanted += [
        (
            f"Kantor kelurahan di {district.name} ke kecamatannya",
            f"kecamatan-{district.name.lower()}",
            {"category": ["village-office"], "area": [district.code]},
        )
        for district in districts()
    ]
    return [
        NewRule(name=name, unit_id=units[slug], conditions=conditions)
        for name, slug, conditions in wanted
        if slug in units
    ]


@transaction.atomic
def load_categories(*, seed: int, today: date, size: int, progress: Progress) -> None:
    """Write kinds, categories and rules of the example city.

    :raises NotEmpty: if the city has categories already.
    """
    if Category.objects.filter(kind__in=KIND_SLUGS).exists():
        raise NotEmpty("This installation has categories already: the example needs an empty database.")
    at = datetime.combine(today, time(2), tzinfo=UTC) - SET_UP_BEFORE
    publish_kinds(at=at)
    rows = Category.objects.bulk_create(category_rows())
    units = dict(Unit.objects.values_list("slug", "pk"))
    draft = draft_rules(user=None, at=at)
    replace_rules(draft=draft, rules=_rules(units))
    activate_rules(draft=draft, actor=SYSTEM, at=at, untried=True)
    progress(len(rows), len(rows))
