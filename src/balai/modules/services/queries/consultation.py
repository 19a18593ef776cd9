"""What a standard in public consultation would change."""

from dataclasses import dataclass
from typing import Any

from balai.engines.catalogs.models import RecordVersion
from balai.engines.catalogs.queries import said_before
from balai.engines.catalogs.rules import Component, changed_components
from balai.modules.services.rules.standard import STANDARD


@dataclass(frozen=True, kw_only=True)
class Change:
    """A component that would say something else. ``before`` is None where nothing was promised yet."""

    component: Component
    before: Any
    after: Any


def changes_of(version: RecordVersion) -> list[Change]:
    """Return what a version would change, beside the one before it; one query."""
    earlier = said_before(version)
    before = earlier.content if earlier else {}
    changed = set(changed_components(kind=STANDARD, before=before, after=version.content))
    return [
        Change(component=each, before=before.get(each.slug), after=version.content.get(each.slug))
        for each in STANDARD.components
        if each.slug in changed
    ]
