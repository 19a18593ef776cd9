"""What a monitor and the people in the office see of the worker."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from balai.foundation.calendar import clock
from balai.foundation.events.models import Event
from balai.foundation.jobs import actions
from balai.foundation.places.models import Area, City

pytestmark = pytest.mark.django_db
NEGLECT = "/desk/neglect/"


@pytest.fixture
def city() -> City:
    province = Area.objects.create(code="35", name="Jawa Timur", level="province")
    area = Area.objects.create(code="35.73", name="Kota Malang", level="regency", parent=province)
    return City.objects.create(
        area=area, name="Kota Malang", government_name="Pemerintah Kota Malang", time_zone="Asia/Jakarta"
    )


def told(client: Client) -> Any:
    answer = client.get("/healthz")
    assert answer.status_code == 200
    return answer.json()


def test_health_tells_whether_a_worker_lives_and_stays_good(city: City, client: Client) -> None:
    assert told(client)["worker"] == {
        "state": "none",
        "said": "worker: none is running",
        "last_beat_at": None,
        "last_beat_seconds": None,
    }
    at = clock.now()
    actions.beat(worker="w:1", at=at - timedelta(minutes=5))
    worker = told(client)["worker"]
    assert worker["state"] == "silent"
    assert worker["said"] == f"worker: silent since {at - timedelta(minutes=5):%Y-%m-%dT%H:%M:%SZ}"
    assert 300 <= worker["last_beat_seconds"] < 330
    actions.beat(worker="w:2", at=at)
    assert told(client)["worker"]["said"] == "worker: alive"


def test_health_tells_how_long_events_wait(city: City, client: Client) -> None:
    assert told(client)["events"] == {"oldest_undelivered_seconds": None}
    at = clock.now() - timedelta(minutes=10)
    for seq, delivered in ((1, at), (2, None)):
        Event.objects.create(
            stream="x:1", seq=seq, at=at, kind="X", actor_kind="system", hash=f"{seq}", delivered_at=delivered
        )
    assert 600 <= told(client)["events"]["oldest_undelivered_seconds"] < 630


@pytest.mark.parametrize(
    ("language", "silent", "none"),
    [
        ("en", "The worker has been silent since", "No worker is running"),
        ("id", "Pekerja latar diam sejak", "Tidak ada pekerja latar yang berjalan"),
    ],
)
def test_staff_see_an_alarm_after_two_minutes(
    city: City, sign_in: Callable[..., Client], language: str, silent: str, none: str
) -> None:
    client = sign_in("units.neglect", language=language)
    assert none in client.get(NEGLECT).content.decode()
    actions.beat(worker="w:1", at=clock.now() - timedelta(seconds=121))
    assert silent in client.get(NEGLECT).content.decode()
    actions.beat(worker="w:1", at=clock.now() - timedelta(seconds=90))
    page = client.get(NEGLECT).content.decode()
    assert silent not in page
    assert none not in page
