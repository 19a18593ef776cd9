"""The city's server and a building's computer, two processes with a database each; the line between them is cut."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPCookieProcessor, Request, build_opener

import pytest

PROGRAM = [sys.executable, "-c", "from balai.config.program import main; main()"]
CITY = """
from balai.engines.catalogs.models import Record
from balai.foundation.calendar import clock
from balai.foundation.calendar.models import CalendarVersion
from balai.foundation.units.models import Unit
from balai.foundation.events.rules import SYSTEM
from balai.modules.queue.actions import draw_ticket
from balai.modules.queue.actions.set_up import give_to_building
from balai.modules.queue.models import *
CalendarVersion.objects.get_or_create(defaults={"time_zone": "Asia/Jakarta"})
from balai.foundation.places.models import Area, City
area = Area.objects.create(code="35.73", name="Malang", level="regency")
City.objects.create(area=area, name="Kota Malang", government_name="Pemkot Malang", time_zone="Asia/Jakarta")
at = clock.now()
unit = Unit.objects.create(slug="dukcapil", name="Disdukcapil", short_name="Dukcapil", kind="agency")
hall = Hall.objects.create(slug="balai", name="Balai", unit=unit)
record = Record.objects.create(kind="service", slug="ktp", unit=unit, name_id="KTP", created_at=at)
errand = Errand.objects.create(hall=hall, record=record, letter="A", usual_minutes=10)
counter = Counter.objects.create(hall=hall, number=1)
counter.errands.set([errand])
draw_ticket(hall_id=hall.pk, errand_ids=[errand.pk], at=at)
from balai.foundation.places.queries import city_day
from balai.modules.queue.queries import token_hash
Ticket.objects.create(hall=hall, day=city_day(at), token_hash=token_hash("ABCDEFGH23"), letter="A", errand=errand,
    slot=at, state="booked", created_at=at)
print("KEY", give_to_building(hall=hall, actor=SYSTEM, at=at), hall.kiosk_key, errand.pk)
"""
SHOW = """
from balai.modules.queue.models import *
for t in Ticket.objects.order_by("number"):
    print("T", t.letter, t.number, t.state, t.token_hash, t.servings.count(), t.since and t.since.isoformat(), t.waited)
print("S", Serving.objects.count())
from balai.foundation.events.models import *
for hall in Hall.objects.all():
    print("H", Event.objects.filter(stream="hall:balai").count() if hall.keeper_hash else "-")
"""
LEFT = """
from datetime import timedelta
from balai.foundation.calendar import clock
from balai.foundation.places.queries import city_day
from balai.modules.queue.models import *
at = clock.now() - timedelta(days=1)
Ticket.objects.create(hall=Hall.objects.get(), day=city_day(at), token_hash="x" * 43, letter="A", number=9,
    errand=Errand.objects.get(), since=at, state="waiting", created_at=at)
"""
WORK = """
from balai.foundation.calendar import clock
from balai.foundation.events.rules import Actor
from balai.foundation.identity.models import User
from balai.modules.queue.actions import *
from balai.modules.queue.models import *
counter, user = Counter.objects.get(), User.objects.get()
who = dict(counter_id=counter.pk, user_id=user.pk)
sit_down(**who, at=clock.now())
for _ in range(2):
    call_next(**who, actor=Actor("staff", user.pk), at=clock.now())
    begin(**who, at=clock.now())
    finish(**who, actor=Actor("staff", user.pk), at=clock.now())
call_next(**who, actor=Actor("staff", user.pk), at=clock.now())
"""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Machine:
    """An installation with its own folder, keys and database."""

    folder: Path
    port: int = field(default_factory=_free_port)
    process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        self.folder.mkdir()
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "balai.config.settings.base",
            "BALAI_DATA": str(self.folder),
            "DATABASE_URL": f"sqlite:///{self.folder}/balai.sqlite3",
        }
        self.run("migrate", "-v", "0")
        self.run("collectstatic", "--noinput", "-v", "0")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def run(self, *words: str, given: str = "", fails: bool = False) -> str:
        done = subprocess.run(
            [*PROGRAM, *words], env=self.environment, input=given, capture_output=True, text=True, check=False
        )
        assert (done.returncode != 0) == fails, done.stdout + done.stderr[-3000:]
        return done.stdout + done.stderr

    def start(self, *command: str) -> None:
        self.process = subprocess.Popen(
            command,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=(self.folder / "log").open("ab"),
            start_new_session=True,
        )
        patience = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                assert time.monotonic() < patience, (self.folder / "log").read_text()[-3000:]
                time.sleep(0.1)

    def start_web(self) -> None:
        granian = str(Path(sys.executable).parent / "granian")
        self.start(granian, "--interface", "wsgi", "--port", str(self.port), "balai.config.wsgi:application")

    def kill(self) -> None:
        if self.process is not None and self.process.poll() is None:
            # its own session: nobody else's process is in this group
            os.killpg(self.process.pid, 9)
            self.process.wait()

    def tickets(self) -> list[str]:
        return [line for line in self.run("shell", "-v", "0", given=SHOW).splitlines() if line[:2] in ("T ", "S ")]


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[tuple[Machine, Machine]]:
    both = Machine(tmp_path / "city"), Machine(tmp_path / "building")
    yield both
    for machine in both:
        machine.kill()


def _draw(machine: Machine, kiosk_key: str, **fields: Any) -> int:
    browser = build_opener(HTTPCookieProcessor())
    address = f"{machine.url}/queue/hall/balai/machine/{kiosk_key}/"
    page = browser.open(address, timeout=20).read().decode()
    token = re.search(r'csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token is not None
    body = "&".join(f"{name}={value}" for name, value in {"csrfmiddlewaretoken": token[1], **fields}.items())
    try:
        return int(browser.open(Request(address, body.encode(), {"Referer": address}), timeout=20).status)
    except HTTPError as refused:
        return refused.code


def test_a_hall_goes_on_while_the_line_is_down_and_the_city_has_everything_afterwards(
    machines: tuple[Machine, Machine],
) -> None:
    city, building = machines
    told = re.search(r"KEY (\S+) (\S+) (\d+)", city.run("shell", "-v", "0", given=CITY))
    assert told is not None
    key, kiosk, _errand = told.groups()
    city.start_web()
    keep = ("queue", "keep")
    first = (*keep, "--hall", "balai", "--from", city.url, "--key-file", "-", "--once")
    assert "--key-file" in building.run(*keep, "--once", fails=True)
    assert "401" in building.run(*first, given="wrong\n", fails=True)
    building.run(*first, given=f"{key}\n")
    assert "balai" in building.run(*keep, "--hall", "lain", "--once", fails=True)
    building.run(
        "queue",
        "officer",
        "--hall",
        "balai",
        "--email",
        "a@contoh.example",
        "--name",
        "Sari",
        given="panjang-sekali-1\n",
    )
    # the city gives no numbers for a hall that its building keeps
    assert _draw(city, kiosk, errand=1) == 422

    # somebody was left in the line when the computer was switched off for the night
    building.run("shell", "-v", "0", given=LEFT)

    # the line is cut, and the building's computer is started without it
    city.kill()
    building.start(*PROGRAM, *keep, "--bind", f"127.0.0.1:{building.port}", "--every", "1")
    assert _draw(building, kiosk, errand=1) == 200
    assert _draw(building, kiosk, errand=1) == 200
    # the code of an appointment that was made before opens it here
    assert _draw(building, kiosk, code="ABCDEFGH23") == 200
    building.run("shell", "-v", "0", given=WORK)
    here = building.tickets()
    assert [line.split()[2] for line in here[:-1]] == ["1", "2", "3", "4", "9"]
    assert sorted(line.split()[3] for line in here[:-1]) == ["called", "done", "done", "no_show", "waiting"]
    building.kill()

    # the line is back; what was sent is sent again
    city.start_web()
    building.run(*keep, "--once")
    assert city.tickets() == here
    building.run("shell", "-v", "0", given="from balai.modules.queue.models import *\nSent.objects.all().delete()\n")
    events = city.run("shell", "-v", "0", given=SHOW)
    building.run(*keep, "--once")
    assert city.tickets() == here == building.tickets()
    assert city.run("shell", "-v", "0", given=SHOW) == events
