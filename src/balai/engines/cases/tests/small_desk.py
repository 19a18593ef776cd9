"""A city of two districts with three agencies, enough for every matter; and short words for what tests do often."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from balai.engines.cases.actions import Intake, apply_change, open_case
from balai.engines.cases.models import Case, Category, Clock
from balai.engines.cases.rules.evolution import Given
from balai.foundation.calendar.models import CalendarVersion
from balai.foundation.events.rules import Actor
from balai.foundation.files.models import Attachment
from balai.foundation.identity.actions import register_resident
from balai.foundation.identity.models import Resident, User
from balai.foundation.places.models import Area, City
from balai.foundation.units.models import Unit
from balai.foundation.units.rules import Authority, Grant

# a Wednesday, 10.00 in the city
MORNING = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
ZONE = "Asia/Jakarta"
EVERYTHING = frozenset(
    {"cases.desk", "cases.handle", "cases.assign", "cases.refuse", "cases.see_contact", "cases.see_secret"}
)
REPORTER = Actor("resident")


@dataclass(frozen=True)
class SmallDesk:
    """What tests need to name. ``branch`` lies under ``works``."""

    desk: Unit
    works: Unit
    branch: Unit
    water: Unit
    province: Area
    west: Area
    east: Area
    west_village: Area
    east_village: Area
    road: Category
    shelter: Category
    sari: User
    budi: User

    def authority(self, *, permissions: frozenset[str] = EVERYTHING, user: User | None = None) -> Authority:
        """Return what somebody may do who may do this in the whole city."""
        return Authority(
            user_id=(user or self.sari).pk,
            grants=(Grant(post_id=1, post_title="Petugas", level="handler", permissions=permissions, unit_ids=None),),
        )

    def open(self, **changes: Any) -> Case:
        """Open a matter about a road, with the agency for roads."""
        return open_case(intake=self.intake(**changes), at=changes.get("at", MORNING)).case

    def intake(self, **changes: Any) -> Intake:
        """Return a new matter about a road, before it is stored."""
        changes.pop("at", None)
        given: dict[str, Any] = {
            "kind": "complaint",
            "category_id": self.road.pk,
            "text": "Jalan berlubang di depan pasar",
            "channel": "web",
            "privacy": "named",
            "unit_id": self.works.pk,
            "is_central_desk": False,
            "routed_by": "category",
            "time_zone": ZONE,
            "village_id": self.west_village.pk,
            "district_id": self.west.pk,
            "lat": -7.975,
            "lon": 112.605,
        }
        return Intake(**given | changes)

    def change(self, case: Case, name: str, *, at: datetime, by: User | None = None, **given: Any) -> Case:
        """Make a change as an officer who may do everything."""
        user = by or self.sari
        attachments = given.pop("attachments", ())
        return apply_change(
            case_id=case.pk,
            change=name,
            given=Given(proofs=len(attachments), **given),
            actor=Actor("staff", user.pk, 1),
            authority=self.authority(user=user),
            post_title="Petugas",
            attachments=attachments,
            at=at,
        )

    def reply(self, case: Case, name: str, *, at: datetime, **given: Any) -> Case:
        """Make a change as the reporter."""
        return apply_change(case_id=case.pk, change=name, given=Given(**given), actor=REPORTER, at=at)


def resident(email: str = "warga@contoh.example") -> Resident:
    """Return a stored resident with an e-mail address."""
    found = register_resident(name="Warga", email=email, at=MORNING)
    assert found is not None
    return found


def photo(purpose: str = "photo") -> Attachment:
    """Return a received photo that no matter owns yet."""
    name = uuid.uuid4().hex
    return Attachment(
        key=uuid.uuid4(),
        purpose=purpose,
        content_type="image/jpeg",
        incoming=f"incoming/{name}",
        width=64,
        height=48,
        size=1_000,
        sha256=name * 2,
        created_at=MORNING,
    )


def clock_of(case: Case, name: str) -> Clock:
    """Return the newest clock of that name."""
    return Clock.objects.filter(case=case, name=name).order_by("-started_at", "-id")[0]


def build_desk() -> SmallDesk:
    """Write the city and return what tests name."""
    province = Area.objects.create(code="35", name="Jawa Timur", level="province")
    regency = Area.objects.create(code="35.73", name="Kota Contoh", level="regency", parent=province)
    west, east = (
        Area.objects.create(code=code, name=name, level="district", parent=regency)
        for code, name in (("35.73.01", "Barat"), ("35.73.02", "Timur"))
    )
    CalendarVersion.objects.create(time_zone=ZONE)
    City.objects.create(area=regency, name="Kota Contoh", government_name="Pemerintah Kota Contoh", time_zone=ZONE)
    works = Unit.objects.create(slug="dpu", name="Dinas Pekerjaan Umum", short_name="DPU", kind="agency")
    return SmallDesk(
        desk=Unit.objects.create(
            slug="meja", name="Meja Pusat", short_name="Meja", kind="secretariat", is_central_desk=True
        ),
        works=works,
        branch=Unit.objects.create(slug="jalan", name="Bidang Jalan", short_name="Jalan", kind="subunit", parent=works),
        water=Unit.objects.create(slug="air", name="Dinas Air", short_name="Air", kind="agency"),
        province=province,
        west=west,
        east=east,
        west_village=Area.objects.create(code="35.73.01.1001", name="Barat Daya", level="village", parent=west),
        east_village=Area.objects.create(code="35.73.02.1001", name="Tenggara", level="village", parent=east),
        road=Category.objects.create(
            slug="road", name_id="Jalan rusak", name_en="Damaged road", kind="complaint", unit=works
        ),
        shelter=Category.objects.create(
            slug="shelter", name_id="Rumah aman", name_en="Shelter", kind="complaint", sensitive=True
        ),
        sari=User.objects.create_user(email="sari@contoh.example", password=None, name="Sari", created_at=MORNING),
        budi=User.objects.create_user(email="budi@contoh.example", password=None, name="Budi", created_at=MORNING),
    )
