"""A city whose twelve services are open, with an officer and a head at its population office."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings
from PIL import Image

from balai.foundation.calendar.models import CalendarVersion
from balai.foundation.documents import signing
from balai.foundation.documents.authority import make_authority
from balai.foundation.identity.models import Role, User
from balai.foundation.places.models import Area, Boundary
from balai.foundation.places.tests.cities import VILLAGES
from balai.foundation.units.actions import create_unit
from balai.foundation.units.data import typical_units
from balai.foundation.units.models import Holding, Post, Unit
from balai.foundation.units.tests.city import AT, build_town
from balai.modules.services.example.load import load_standards

# a Wednesday, 10.00 in the city
MORNING = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
TODAY = date(2026, 11, 25)
EVERYTHING = [
    "cases.desk",
    "cases.handle",
    "cases.assign",
    "cases.refuse",
    "cases.see_contact",
    "services.decide",
    "services.objections",
    "services.enter",
    "services.design",
]


@dataclass(frozen=True)
class Hall:
    """What tests need to name."""

    office: Unit
    officer: User
    outsider: User


def _officer(email: str, unit: Unit) -> User:
    role, _made = Role.objects.get_or_create(
        slug="services-all", defaults={"name_id": "Petugas", "name_en": "Officer", "permissions": EVERYTHING}
    )
    user = User.objects.create_user(
        email=email, password="panjang-sekali-12", name=email.split("@", maxsplit=1)[0], created_at=AT
    )
    post = Post.objects.create(unit=unit, title=f"Petugas {unit.short_name}", level="handler")
    post.roles.add(role)
    Holding.objects.create(post=post, user=user, valid_from=AT.replace(year=2025))
    return user


def _villages() -> None:
    districts = {area.code: area for area in Area.objects.filter(level="district")}
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


@pytest.fixture
def hall(db: None, tmp_path: Path) -> Iterator[Hall]:
    """The city, whose files go into a folder of the test."""
    storages = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path)},
        },
    }
    with override_settings(STORAGES=storages):
        build_town()
        CalendarVersion.objects.get_or_create(defaults={"time_zone": "Asia/Jakarta"})
        _villages()
        for unit in typical_units():
            create_unit(slug=unit.slug, name=unit.name, short_name=unit.short_name, kind=unit.kind, at=AT)
        load_standards(seed=1, today=TODAY, size=1, progress=lambda _done, _total: None)
        office = Unit.objects.get(slug="disdukcapil")
        other = Unit.objects.get(slug="dinas-pupr")
        yield Hall(office, _officer("petugas@contoh.example", office), _officer("lain@contoh.example", other))


@pytest.fixture
def now() -> Iterator[time_machine.Traveller]:
    """The clock, standing on a Wednesday morning until the test moves it."""
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield traveller


@pytest.fixture
def photo() -> Callable[[], SimpleUploadedFile]:
    """Make a small real photo."""

    def make(colour: str = "grey") -> SimpleUploadedFile:
        stored = io.BytesIO()
        Image.new("RGB", (64, 48), colour).save(stored, format="JPEG")
        return SimpleUploadedFile("foto.jpg", stored.getvalue(), content_type="image/jpeg")

    return make


@pytest.fixture
def signer(tmp_path: Path, settings: Any) -> Iterator[None]:
    """An authority of the test's own, so that results can be signed."""
    settings.BALAI_DOCUMENTS_FOLDER = tmp_path / "documents"
    settings.BALAI_DOCUMENTS = {}
    signing.forget_signers()
    make_authority(organization="Kota Contoh", at=MORNING - timedelta(days=1))
    yield
    signing.forget_signers()
