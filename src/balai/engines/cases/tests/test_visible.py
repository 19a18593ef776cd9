"""Who sees which matters."""

import pytest

from balai.engines.cases.models import Case
from balai.engines.cases.queries import public_cases, visible_to
from balai.engines.cases.tests.small_desk import MORNING, SmallDesk
from balai.foundation.identity.models import Role
from balai.foundation.units.models import Holding, Post
from balai.foundation.units.queries import authority_of
from balai.foundation.units.rules import NOBODY

DESK = ["cases.desk"]
SECRET = ["cases.desk", "cases.see_secret"]


@pytest.fixture
def matters(desk: SmallDesk) -> dict[str, Case]:
    west = {"village_id": desk.west_village.pk, "district_id": desk.west.pk}
    east = {"village_id": desk.east_village.pk, "district_id": desk.east.pk}
    return {
        "works west": desk.open(unit_id=desk.works.pk, **west),
        "works east": desk.open(unit_id=desk.works.pk, **east),
        "works secret": desk.open(unit_id=desk.works.pk, privacy="secret", **west),
        "branch east": desk.open(unit_id=desk.branch.pk, **east),
        "water west": desk.open(unit_id=desk.water.pk, **west),
        "water nowhere": desk.open(unit_id=desk.water.pk, village_id=None, district_id=None, lat=None, lon=None),
    }


def hold(desk: SmallDesk, unit: str, *, scope: str = "unit", area: str = "", permissions: list[str] = DESK) -> None:
    role = Role.objects.create(slug=f"r{Role.objects.count()}", name_id="x", name_en="x", permissions=permissions)
    post = Post.objects.create(
        unit=getattr(desk, unit), title="Jabatan", level="handler", scope=scope, area=getattr(desk, area, None)
    )
    post.roles.add(role)
    Holding.objects.create(post=post, user=desk.sari, valid_from=MORNING.replace(year=2025))


TABLE = [
    ([], set()),
    ([{"unit": "works"}], {"works west", "works east"}),
    ([{"unit": "works", "permissions": SECRET}], {"works west", "works east", "works secret"}),
    # rank alone opens no secret
    ([{"unit": "works", "permissions": ["cases.handle", "cases.see_secret"]}], set()),
    ([{"unit": "works", "scope": "branch"}], {"works west", "works east", "branch east"}),
    ([{"unit": "branch", "scope": "branch"}], {"branch east"}),
    (
        [{"unit": "desk", "scope": "city"}],
        {"works west", "works east", "branch east", "water west", "water nowhere"},
    ),
    (
        [{"unit": "desk", "scope": "city", "permissions": SECRET}],
        {"works west", "works east", "works secret", "branch east", "water west", "water nowhere"},
    ),
    ([{"unit": "works", "area": "west"}], {"works west"}),
    ([{"unit": "desk", "scope": "city", "area": "east"}], {"works east", "branch east"}),
    ([{"unit": "desk", "scope": "city", "area": "east_village"}], {"works east", "branch east"}),
    ([{"unit": "desk", "scope": "city", "area": "province"}], set()),
    # two posts: what either sees; one post's secrets stay in its own unit
    ([{"unit": "works", "area": "west"}, {"unit": "water"}], {"works west", "water west", "water nowhere"}),
    (
        [{"unit": "water", "permissions": SECRET}, {"unit": "works"}],
        {"works west", "works east", "water west", "water nowhere"},
    ),
]


@pytest.mark.parametrize(("posts", "seen"), TABLE)
def test_units_branches_city_areas_and_secrets(
    desk: SmallDesk, matters: dict[str, Case], posts: list[dict[str, object]], seen: set[str]
) -> None:
    for post in posts:
        hold(desk, **post)  # type: ignore[arg-type]
    authority = authority_of(user=desk.sari, at=MORNING)
    keys = set(visible_to(authority=authority).values_list("pk", flat=True))
    assert {name for name, case in matters.items() if case.pk in keys} == seen
    # and what the queryset shows is what may be said of each one
    for case in matters.values():
        if "cases.desk" in {name for grant in authority.grants for name in grant.permissions}:
            reached = authority.may(
                "cases.desk", unit_id=case.unit_id, district_id=case.district_id, village_id=case.village_id
            )
            assert (case.pk in keys) <= reached


def test_nobody_sees_nothing(matters: dict[str, Case]) -> None:
    assert not visible_to(authority=NOBODY).exists()


def test_the_public_sees_no_secret(matters: dict[str, Case]) -> None:
    assert set(public_cases()) == {case for name, case in matters.items() if name != "works secret"}
