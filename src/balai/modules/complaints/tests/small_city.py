"""A city of four square villages with two agencies and three categories, enough for every page."""

from dataclasses import dataclass
from datetime import UTC, datetime

from balai.engines.cases.actions import publish_kinds
from balai.engines.cases.models import Category
from balai.foundation.calendar.models import CalendarVersion
from balai.foundation.identity.models import Role, User
from balai.foundation.places.models import Area, Boundary, City
from balai.foundation.places.tests.cities import SQUARES_SOUTH, SQUARES_WEST, STEP, VILLAGES
from balai.foundation.units.models import Holding, Post, Unit
from balai.modules.complaints.models import Rule, RuleSet

# a Wednesday, 10.00 in the city
MORNING = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
IN_BARAT_DAYA = (SQUARES_SOUTH + STEP / 2, SQUARES_WEST + STEP / 2)
OUTSIDE = (-7.2, 112.7)


@dataclass(frozen=True)
class SmallCity:
    """What tests need to name."""

    city: City
    villages: dict[str, Area]
    desk: Unit
    works: Unit
    handler: User
    head: User


def _areas() -> tuple[Area, dict[str, Area]]:
    province = Area.objects.create(code="35", name="Jawa Timur", level="province")
    regency = Area.objects.create(code="35.73", name="Kota Contoh", level="regency", parent=province)
    districts = {
        code: Area.objects.create(code=code, name=name, level="district", parent=regency)
        for code, name in (("35.73.01", "Barat"), ("35.73.02", "Timur"))
    }
    villages = {}
    for code, (name, geometry) in VILLAGES.items():
        village = Area.objects.create(code=code, name=name, level="village", parent=districts[code[:8]])
        ring = geometry["coordinates"][0]
        Boundary.objects.create(
            area=village,
            geometry=geometry,
            simple_geometry=geometry,
            west=min(point[0] for point in ring),
            east=max(point[0] for point in ring),
            south=min(point[1] for point in ring),
            north=max(point[1] for point in ring),
        )
        villages[name] = village
    return regency, villages


def _person(email: str, name: str, unit: Unit, level: str, permissions: list[str]) -> User:
    role, _made = Role.objects.get_or_create(
        slug=f"{level}-{unit.slug}", defaults={"name_id": level, "name_en": level, "permissions": permissions}
    )
    user = User.objects.create_user(email=email, password="panjang-sekali-12", name=name, created_at=MORNING)
    post = Post.objects.create(unit=unit, title=f"{name} – {level}", level=level)
    post.roles.add(role)
    Holding.objects.create(post=post, user=user, valid_from=MORNING.replace(year=2025))
    return user


def build_city() -> SmallCity:
    """Write the city and return what tests name."""
    regency, villages = _areas()
    CalendarVersion.objects.create(time_zone="Asia/Jakarta")
    city = City.objects.create(
        area=regency, name="Kota Contoh", government_name="Pemerintah Kota Contoh", time_zone="Asia/Jakarta"
    )
    desk = Unit.objects.create(
        slug="meja", name="Meja Pusat Pengaduan", short_name="Meja", kind="secretariat", is_central_desk=True
    )
    works = Unit.objects.create(slug="dpu", name="Dinas Pekerjaan Umum", short_name="DPU", kind="agency")
    everything = ["cases.desk", "cases.handle", "cases.assign", "cases.refuse", "cases.see_contact", "cases.see_secret"]
    handler = _person("petugas@contoh.example", "Sari", works, "handler", everything)
    head = _person("kepala@contoh.example", "Budi", works, "head", everything)
    Category.objects.create(
        slug="road",
        name_id="Jalan rusak",
        name_en="Damaged road",
        description_id="Lubang, aspal mengelupas.",
        description_en="Potholes, peeling asphalt.",
        group_id="Jalan",
        group_en="Roads",
        kind="complaint",
        unit=works,
        keywords=["jalan rusak", "lubang", "aspal"],
        order=1,
    )
    Category.objects.create(
        slug="lamp",
        name_id="Lampu jalan",
        name_en="Street light",
        group_id="Jalan",
        group_en="Roads",
        kind="complaint",
        keywords=["lampu jalan", "gelap"],
        questions=[
            {
                "code": "pole",
                "datatype": "string",
                "required": True,
                "order": 1,
                "description_id": "Nomor tiang",
                "description_en": "Pole number",
            },
            {
                "code": "count",
                "datatype": "singlevaluelist",
                "required": False,
                "order": 2,
                "description_id": "Berapa lampu?",
                "description_en": "How many lamps?",
                "values": [{"key": "one", "name_id": "Satu", "name_en": "One"}],
            },
        ],
        order=2,
    )
    Category.objects.create(
        slug="service",
        name_id="Pelayanan kantor",
        name_en="Office service",
        group_id="Layanan",
        group_en="Services",
        kind="complaint",
        keywords=["antre", "petugas"],
        needs_place=False,
        order=3,
    )
    rules = RuleSet.objects.create(version=1, active=True, created_at=MORNING)
    Rule.objects.create(
        rule_set=rules,
        order=1,
        name="Lampu di Timur",
        conditions={"category": ["lamp"], "area": ["35.73.02"]},
        unit=works,
    )
    publish_kinds(at=MORNING)
    return SmallCity(city, villages, desk, works, handler, head)
