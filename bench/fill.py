"""Make many matters at once, spread over area, category, state and three years."""

import random
import sys
from datetime import timedelta

import django

django.setup()

from django.db import connection  # noqa: E402

from balai.engines.cases.actions.kinds import kind_at, newest_version  # noqa: E402
from balai.engines.cases.actions.totals import rebuild_totals  # noqa: E402
from balai.engines.cases.bulk import CaseHistory, PastStep, write_histories  # noqa: E402
from balai.engines.cases.models import Category  # noqa: E402
from balai.engines.cases.rules.evolution import Given  # noqa: E402
from balai.foundation.calendar import clock  # noqa: E402
from balai.foundation.calendar.queries import work_calendar  # noqa: E402
from balai.foundation.events.rules import SYSTEM, Actor  # noqa: E402
from balai.foundation.places.models import Boundary  # noqa: E402
from balai.foundation.places.queries import current_city, locator  # noqa: E402
from balai.foundation.places.rules import OutsideCity  # noqa: E402
from balai.foundation.units.models import Unit  # noqa: E402
from balai.modules.complaints.case_kinds import KIND_SLUGS  # noqa: E402

DAYS = 3 * 365
BATCH = 1_000
STAFF = Actor("staff")
RESIDENT = Actor("resident")


def _steps(fate: float, moment, dice):
    """Return a life: a tenth is still new, a tenth in work, the rest ended in one of the ways that matters end."""
    start = moment + timedelta(hours=dice.expovariate(1 / 20))
    answer = start + timedelta(days=dice.expovariate(1 / 6))
    steps = []
    if fate > 0.02:
        steps.append(PastStep(at=start, change="start", actor=STAFF))
    if fate > 0.05:
        steps.append(PastStep(at=answer, change="answer", actor=STAFF, given=Given(text="Sudah ditangani petugas.")))
    end = answer + timedelta(days=dice.random() * 9)
    if fate > 0.55:
        steps.append(PastStep(at=end, change="confirm", actor=RESIDENT, given=Given(rating=dice.randint(1, 5))))
    elif fate > 0.09:
        steps.append(PastStep(at=end, change="close_silent", actor=SYSTEM))
    return steps


def main(count: int) -> None:
    """Write ``count`` matters and their totals."""
    dice = random.Random(count)
    now = clock.now()
    city = current_city()
    places = locator(city)
    box = Boundary.objects.get(area=city.area)
    categories = list(Category.objects.filter(active=True, kind__in=KIND_SLUGS))
    units = list(Unit.objects.filter(active=True))
    central = next(unit for unit in units if unit.is_central_desk)
    kinds = {slug: (kind_at(slug, v := newest_version(slug)), v) for slug in {row.kind for row in categories}}
    calendar = work_calendar()
    points = []
    while len(points) < min(count, 20_000):
        lat, lon = dice.uniform(box.south, box.north), dice.uniform(box.west, box.east)
        try:
            points.append((lat, lon, places.locate(lat=lat, lon=lon)))
        except OutsideCity:
            continue
    made = 0
    while made < count:
        histories = []
        for number in range(made, min(count, made + BATCH)):
            moment = now - timedelta(days=dice.random() * DAYS)
            category = dice.choice(categories)
            kind, version = kinds[category.kind]
            lat, lon, place = points[number % len(points)]
            recent = (now - moment).days < 20
            steps = [step for step in _steps(dice.random() * (0.3 if recent else 1), moment, dice) if step.at < now]
            histories.append(
                CaseHistory(
                    kind=kind,
                    kind_version=version,
                    category_id=category.pk,
                    unit_id=category.unit_id or central.pk,
                    is_central_desk=False,
                    routed_by="category",
                    received_at=moment,
                    text=f"Laporan nomor {number} tentang {category.name_id.lower()}, mohon segera ditangani.",
                    channel=dice.choice(("web", "counter", "call", "open311")),
                    privacy=dice.choice(("named", "named", "anonymous", "secret")),
                    calendar=calendar,
                    place_words="Jalan contoh",
                    village_id=place.village_id,
                    district_id=place.district_id,
                    lat=lat,
                    lon=lon,
                    sensitive=category.sensitive,
                    steps=steps,
                    until=now,
                )
            )
        write_histories(histories, time_zone=city.time_zone, delivered_at=now)
        made += len(histories)
    rebuild_totals()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    sys.stdout.write(f"{made}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]))
