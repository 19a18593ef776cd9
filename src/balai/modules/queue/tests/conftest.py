"""A hall with two counters and two errands, and two officers of its agency."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine

from balai.engines.catalogs.models import Record
from balai.foundation.calendar.models import CalendarVersion
from balai.foundation.identity.models import Role, User
from balai.foundation.units.models import Holding, Post, Unit
from balai.foundation.units.tests.city import AT, Town, build_town
from balai.modules.queue.models import Counter, Errand, Hall

# a Wednesday, 9.00 in the city
MORNING = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Place:
    """What tests need to name."""

    hall: Hall
    card: Errand
    family: Errand
    one: Counter
    two: Counter
    sari: User
    budi: User
    outsider: User
    town: Town


def _officer(name: str, unit: Unit, permissions: list[str]) -> User:
    role = Role.objects.create(slug=f"role-{name}", name_id=name, name_en=name, permissions=permissions)
    user = User.objects.create_user(
        email=f"{name}@contoh.example", password="panjang-sekali-12", name=name.title(), created_at=AT
    )
    post = Post.objects.create(unit=unit, title=f"Petugas {name}", level="handler")
    post.roles.add(role)
    Holding.objects.create(post=post, user=user, valid_from=AT.replace(year=2025))
    return user


@pytest.fixture
def place(db: None) -> Place:
    town = build_town()
    CalendarVersion.objects.get_or_create(defaults={"time_zone": "Asia/Jakarta"})
    unit, other = town.units["roads"], town.units["desk"]
    hall = Hall.objects.create(slug="balai", name="Balai Layanan", unit=unit, address="Jl. Contoh 1")
    records = [
        Record.objects.create(kind="service", slug=slug, unit=unit, name_id=name, name_en=english, created_at=AT)
        for slug, name, english in (("ktp", "KTP elektronik", "Identity card"), ("kk", "Kartu Keluarga", "Family card"))
    ]
    card, family = (
        Errand.objects.create(hall=hall, record=record, letter=letter, usual_minutes=10)
        for record, letter in zip(records, "AB", strict=True)
    )
    one, two = (Counter.objects.create(hall=hall, number=number) for number in (1, 2))
    one.errands.set([card])
    two.errands.set([card, family])
    return Place(
        hall=hall,
        card=card,
        family=family,
        one=one,
        two=two,
        sari=_officer("sari", unit, ["queue.serve", "queue.manage"]),
        budi=_officer("budi", unit, ["queue.serve"]),
        outsider=_officer("lain", other, ["queue.serve", "queue.manage"]),
        town=town,
    )


@pytest.fixture
def now() -> Iterator[time_machine.Traveller]:
    """A morning that tests move on."""
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield traveller


def use(thing: Any) -> Any:
    """Return a row as it is now."""
    thing.refresh_from_db()
    return thing
