"""What a person may do, as values. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Grant:
    """What one post lets its holder do. ``unit_ids`` None: the whole city; ``area_id`` narrows to one area."""

    post_id: int
    post_title: str
    level: str
    permissions: frozenset[str]
    unit_ids: frozenset[int] | None
    area_id: int | None = None
    area_level: str = ""

    def reaches(self, *, unit_id: int | None, district_id: int | None, village_id: int | None) -> bool:
        """Return whether the grant reaches a matter of this unit and area; no unit: the question is general."""
        if unit_id is not None and self.unit_ids is not None and unit_id not in self.unit_ids:
            return False
        if self.area_id is None or unit_id is None:
            return True
        return self.area_id == {"district": district_id, "village": village_id}.get(self.area_level)


@dataclass(frozen=True, kw_only=True)
class Authority:
    """All grants of a person at a moment."""

    user_id: int | None = None
    grants: tuple[Grant, ...] = ()

    def may(
        self,
        permission: str,
        *,
        unit_id: int | None = None,
        district_id: int | None = None,
        village_id: int | None = None,
    ) -> bool:
        """Return whether any grant allows ``permission``, in general or for a matter of this unit and area."""
        return any(
            permission in grant.permissions
            and grant.reaches(unit_id=unit_id, district_id=district_id, village_id=village_id)
            for grant in self.grants
        )

    def grants_for(self, permission: str) -> tuple[Grant, ...]:
        """Return the grants that hold ``permission``."""
        return tuple(grant for grant in self.grants if permission in grant.permissions)


NOBODY = Authority()
