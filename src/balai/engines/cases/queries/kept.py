"""Agencies, posts, categories and areas, kept in the process for a few seconds: every page of a matter names them.

Read with each matter they would be a join of seven tables, which costs more than the matter itself.
"""

import time
from dataclasses import dataclass

from balai.engines.cases.models import Case, Category
from balai.foundation.places.models import Area
from balai.foundation.places.queries import areas_by_id
from balai.foundation.units.models import Post, Unit

FRESH_FOR = 3.0  # seconds


@dataclass(frozen=True)
class _Kept:
    read_at: float
    agencies: list[Unit]
    units: dict[int, Unit]
    categories: dict[int, Category]
    areas: dict[int, Area]
    post_titles: dict[int, str]


_kept: _Kept | None = None


def _fresh() -> _Kept:
    global _kept  # noqa: PLW0603 - one small memory per process
    if _kept is None or time.monotonic() - _kept.read_at > FRESH_FOR:
        agencies = list(Unit.objects.order_by("name"))
        _kept = _Kept(
            read_at=time.monotonic(),
            agencies=agencies,
            units={unit.pk: unit for unit in agencies},
            categories=Category.objects.in_bulk(),
            areas=areas_by_id(),
            post_titles=dict(Post.objects.values_list("pk", "title")),
        )
    return _kept


def agencies() -> list[Unit]:
    """Return all agencies by name, at most ``FRESH_FOR`` seconds old; those that no longer work are among them."""
    return _fresh().agencies


def post_titles(ids: set[int]) -> dict[int, str]:
    """Return the titles of posts; those younger than what is kept are read, in one query."""
    kept = _fresh().post_titles
    if younger := ids.difference(kept):
        return kept | dict(Post.objects.filter(pk__in=younger).values_list("pk", "title"))
    return kept


def name_parts(case: Case) -> Case:
    """Return ``case`` with its agency, category and areas from memory; what is younger is read when asked for."""
    kept = _fresh()
    if (unit := kept.units.get(case.unit_id)) is not None:
        case.unit = unit
    if (category := kept.categories.get(case.category_id)) is not None:
        case.category = category
    if case.village_id is not None and (village := kept.areas.get(case.village_id)) is not None:
        case.village = village
    if case.district_id is not None and (district := kept.areas.get(case.district_id)) is not None:
        case.district = district
    return case


def forget_kept() -> None:
    """Drop what is kept; between tests, where agencies vanish."""
    global _kept  # noqa: PLW0603
    _kept = None
