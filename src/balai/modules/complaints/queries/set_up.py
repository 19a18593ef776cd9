"""What intake needs of the city's set-up, kept in the process for a few seconds.

A report costs no queries for it under load; an edited rule or category takes effect within seconds.
"""

from dataclasses import dataclass

from balai.engines.cases.models import Category
from balai.foundation.memory.kept import Kept
from balai.foundation.places.models import Area, City
from balai.foundation.places.queries import NoCityYet, current_city, districts
from balai.foundation.units.models import Unit
from balai.modules.complaints.case_kinds import KIND_SLUGS
from balai.modules.complaints.models import Rule
from balai.modules.complaints.rules.routing import RoutingRule


@dataclass(frozen=True)
class SetUp:
    """The city, categories by slug, units by id, the active rules in order, the central desk."""

    city: City
    categories: dict[str, Category]
    units: dict[int, Unit]
    rules: tuple[RoutingRule, ...]
    central_desk_id: int
    districts: tuple[Area, ...]

    @property
    def looks_at_hours(self) -> bool:
        """Return whether any rule asks whether offices work."""
        return any("hours" in rule.conditions for rule in self.rules)


class NoCentralDesk(NoCityYet):
    """No unit is marked as the central desk: complaints that match nothing would go to nobody."""


def load_set_up() -> SetUp:
    """Read city, categories, units and active rules (five statements).

    :raises NoCityYet: before the city is set up; :raises NoCentralDesk: if none is marked.
    """
    units = {unit.pk: unit for unit in Unit.objects.filter(active=True)}
    central = next((unit.pk for unit in units.values() if unit.is_central_desk), None)
    if central is None:
        raise NoCentralDesk
    return SetUp(
        city=current_city(),
        categories={row.slug: row for row in Category.objects.filter(active=True, kind__in=KIND_SLUGS)},
        units=units,
        rules=tuple(
            RoutingRule(id=row.pk, unit_id=row.unit_id, name=row.name, conditions=row.conditions)
            for row in Rule.objects.filter(rule_set__active=True, unit__active=True).order_by("order", "id")
        ),
        central_desk_id=central,
        districts=tuple(districts()),
    )


_kept: Kept[None, SetUp] = Kept()


def set_up() -> SetUp:
    """Return the set-up, at most three seconds old."""
    return _kept.get(None, load_set_up)


def forget_set_up() -> None:
    """Drop what this process keeps; called after an edit."""
    _kept.forget()
