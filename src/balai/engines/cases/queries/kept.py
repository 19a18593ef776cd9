"""Agencies, posts, categories and areas, kept in the process for a few seconds: every page of a matter names them.

Read with each matter they would be a join of seven tables, which costs more than the matter itself.
"""

from dataclasses import dataclass

from balai.engines.cases.models import Case, Category
from balai.foundation.memory.kept import Kept
from balai.foundation.places.models import Area
from balai.foundation.places.queries import areas_by_id
from balai.foundation.units.models import Post, Unit


@dataclass(frozen=True)
class _Names:
    agencies: list[Unit]
    units: dict[int, Unit]
    categories: dict[int, Category]
    areas: dict[int, Area]
    post_titles: dict[int, str]


_names: Kept[None, _Names] = Kept()


def _read() -> _Names:
    agencies = list(Unit.objects.order_by("name"))
    return _Names(
        agencies=agencies,
        units={unit.pk: unit for unit in agencies},
        categories=Category.objects.in_bulk(),
        areas=areas_by_id(),
        post_titles=dict(Post.objects.values_list("pk", "title")),
    )


def agencies() -> list[Unit]:
    """Return all agencies by name, at most three seconds old; those that no longer work are among them."""
    return _names.get(None, _read).agencies


def post_titles(ids: set[int]) -> dict[int, str]:
    """Return the titles of posts; those younger than what is kept are read, in one query."""
    kept = _names.get(None, _read).post_titles
    if younger := ids.difference(kept):
        return kept | dict(Post.objects.filter(pk__in=younger).values_list("pk", "title"))
    return kept


def name_parts(case: Case) -> Case:
    """Return ``case`` with its agency, category and areas from memory; what is younger is read when asked for."""
    kept = _names.get(None, _read)
    if (unit := kept.units.get(case.unit_id)) is not None:
        case.unit = unit
    if (category := kept.categories.get(case.category_id)) is not None:
        case.category = category
    if case.village_id is not None and (village := kept.areas.get(case.village_id)) is not None:
        case.village = village
    if case.district_id is not None and (district := kept.areas.get(case.district_id)) is not None:
        case.district = district
    return case
