"""A small city: an agency with a branch, a central desk, a secretary and a mayor."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from balai.foundation.identity.actions import create_default_roles
from balai.foundation.identity.models import Role, User
from balai.foundation.places.models import Area, City
from balai.foundation.units.actions import appoint, create_post, create_unit, set_deputy
from balai.foundation.units.models import Post, Unit

AT = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
START = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)


@dataclass
class Town:
    """Units, posts and people by short names."""

    units: dict[str, Unit] = field(default_factory=dict)
    posts: dict[str, Post] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)
    areas: dict[str, Area] = field(default_factory=dict)


def person(name: str, *, seen: datetime | None = AT, **fields: Any) -> User:
    """Make somebody who was here at ``seen``."""
    return User.objects.create(
        email=f"{name.lower()}@kota.id", name=name, created_at=START, last_seen_at=seen, password="!", **fields
    )


def build_town() -> Town:
    """Make the city."""
    town = Town()
    province = Area.objects.create(code="35", name="Jawa Timur", level="province")
    regency = Area.objects.create(code="35.73", name="Kota Malang", level="regency", parent=province)
    City.objects.create(area=regency, name="Kota Malang", government_name="Pemkot Malang", time_zone="Asia/Jakarta")
    town.areas["klojen"] = Area.objects.create(code="35.73.01", name="Klojen", level="district", parent=regency)
    town.areas["sukun"] = Area.objects.create(code="35.73.02", name="Sukun", level="district", parent=regency)
    create_default_roles()
    roles = {role.slug: role for role in Role.objects.all()}
    for slug, kind, parent in (
        ("top", "secretariat", None),
        ("works", "agency", None),
        ("roads", "subunit", "works"),
        ("desk", "agency", None),
    ):
        town.units[slug] = create_unit(
            slug=slug,
            name=f"Dinas {slug}",
            short_name=slug,
            kind=kind,
            parent=town.units.get(parent or ""),
            is_central_desk=slug == "desk",
            at=START,
        )
    for key, unit, level, role, scope in (
        ("mayor", "top", "mayor", "mayor", "city"),
        ("secretary", "top", "secretary", "secretary", "city"),
        ("head", "works", "head", "head", "branch"),
        ("handler", "works", "handler", "handler", "unit"),
        ("roads", "roads", "handler", "handler", "unit"),
        ("desk", "desk", "handler", "central_desk", "city"),
        ("operator", "desk", "handler", "settings", "city"),
    ):
        town.posts[key] = create_post(
            unit=town.units[unit],
            title=f"Post {key}",
            level=level,
            roles=[roles[role]],
            scope=scope,
            at=START,
            setting_up=True,
        )
    for key, other in (
        ("mayor", "secretary"),
        ("secretary", "mayor"),
        ("head", "handler"),
        ("handler", "head"),
        ("roads", "handler"),
        ("desk", "operator"),
        ("operator", "desk"),
    ):
        set_deputy(post=town.posts[key], deputy=town.posts[other], at=START)
    for key, post in town.posts.items():
        town.people[key] = person(key.capitalize())
        appoint(post=post, user=town.people[key], at=START)
    return town
