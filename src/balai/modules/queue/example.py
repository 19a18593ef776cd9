"""Two halls of the example city, with days that the simulation played: every figure is computed from its tickets."""

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import transaction

from balai.engines.catalogs.models import Record
from balai.foundation.calendar.actions import create_schedule
from balai.foundation.calendar.models import Schedule
from balai.foundation.calendar.queries import work_calendar
from balai.foundation.calendar.rules import Week
from balai.foundation.examples.contributions import Progress
from balai.foundation.units.models import Unit
from balai.modules.queue.actions import sum_days
from balai.modules.queue.models import Counter, Errand, Hall, Serving, Ticket
from balai.modules.queue.queries import serving_time, token_hash
from balai.modules.queue.simulation import PlayedHall, PlayedTicket, play_day

DAYS = 10
# the hours of many counters: closed at noon, and longer for the Friday prayer
_MON_THU = ((480, 720), (780, 900))
_FRIDAY = ((480, 690), (780, 900))
COUNTER_HOURS: Week = (_MON_THU, _MON_THU, _MON_THU, _MON_THU, _FRIDAY, (), ())
# hall, agency, address, errands as (record, letter, usual minutes, weight), what each counter serves
HALLS: tuple[dict[str, Any], ...] = (
    {
        "slug": "mal-pelayanan-publik",
        "name": "Mal Pelayanan Publik",
        "unit": "dpmptsp",
        "address": "Jl. Contoh 1",
        "people": 120,
        "errands": (
            ("mal-pelayanan", "A", 5, 1.0),
            ("bantuan-nib", "B", 12, 1.2),
            ("pendampingan-umkm", "C", 15, 0.6),
            ("pbg", "D", 18, 0.6),
            ("izin-reklame", "D", 12, 0.5),
            ("pbb", "E", 6, 1.6),
        ),
        "counters": ("A", "BC", "BD", "D", "EA", "E"),
    },
    {
        "slug": "loket-disdukcapil",
        "name": "Loket Disdukcapil",
        "unit": "disdukcapil",
        "address": "Jl. Contoh 7",
        "people": 160,
        "errands": (
            ("ktp-el", "A", 7, 2.0),
            ("kartu-keluarga", "B", 9, 1.5),
            ("akta-kelahiran", "C", 11, 0.8),
            ("akta-kematian", "C", 10, 0.4),
            ("pindah-datang", "D", 12, 0.6),
        ),
        "counters": ("A", "AB", "B", "C", "CD"),
    },
)


@transaction.atomic
def load_halls(*, seed: int, today: date, size: int, progress: Progress) -> None:
    """Make the halls with their counters."""
    for place, given in enumerate(HALLS, start=1):
        _make(given, today)
        progress(place, len(HALLS))


@transaction.atomic
def load_days(*, seed: int, today: date, size: int, progress: Progress) -> None:
    """Play the halls' last days."""
    dice = random.Random(seed)
    for place, given in enumerate(HALLS):
        hall = Hall.objects.filter(slug=given["slug"]).first()
        if hall is None:
            continue
        for number, day in enumerate(_days(hall, today)):
            _play(hall, given, day, dice)
            progress(place * DAYS + number + 1, len(HALLS) * DAYS)
    sum_days(before=today)


def _make(given: dict[str, Any], today: date) -> Hall | None:
    unit = Unit.objects.filter(slug=given["unit"]).first()
    records = {record.slug: record for record in Record.objects.filter(slug__in=[row[0] for row in given["errands"]])}
    if unit is None or not records:
        return None
    hall = Hall.objects.create(
        slug=given["slug"], name=given["name"], unit=unit, address=given["address"], schedule=_schedule(today)
    )
    errands = [
        Errand.objects.create(hall=hall, record=records[slug], letter=letter, usual_minutes=minutes)
        for slug, letter, minutes, _weight in given["errands"]
        if slug in records
    ]
    for number, letters in enumerate(given["counters"], start=1):
        counter = Counter.objects.create(hall=hall, number=number)
        counter.errands.set([errand for errand in errands if errand.letter in letters])
    return hall


def _schedule(today: date) -> Schedule:
    at = datetime(today.year, today.month, today.day, tzinfo=work_calendar().zone)
    return Schedule.objects.filter(slug="jam-loket").first() or create_schedule(
        slug="jam-loket", name="Jam loket", week=COUNTER_HOURS, at=at
    )


def _days(hall: Hall, today: date) -> list[date]:
    """Return the last open days before ``today``, earliest first."""
    calendar = work_calendar(schedule_id=hall.schedule_id)
    found: list[date] = []
    day = today
    while len(found) < DAYS:
        day -= timedelta(days=1)
        if calendar.week[day.weekday()] and day not in calendar.closed_days:
            found.append(day)
    return found[::-1]


def _play(hall: Hall, given: dict[str, Any], day: date, dice: random.Random) -> None:
    """Play a day from the first opening to the last closing.

    The break is played through, as if officers took turns at noon: the simulation knows one opening and one closing.
    """
    calendar = work_calendar(schedule_id=hall.schedule_id)
    first, last = calendar.week[day.weekday()][0][0], calendar.week[day.weekday()][-1][1]
    midnight = datetime(day.year, day.month, day.day, tzinfo=calendar.zone).astimezone(UTC)
    errands = list(Errand.objects.filter(hall=hall).select_related("record"))
    counters = list(hall.counters.prefetch_related("errands"))
    weights = {slug: weight for slug, _letter, _minutes, weight in given["errands"]}
    played = play_day(
        hall=PlayedHall(
            counters=tuple(frozenset(errand.pk for errand in counter.errands.all()) for counter in counters),
            minutes={errand.pk: errand.usual_minutes * dice.uniform(0.8, 1.25) for errand in errands},
            weights={errand.pk: weights[errand.record.slug] for errand in errands},
            every=hall.priority_every,
        ),
        opens=midnight + timedelta(minutes=first),
        closes=midnight + timedelta(minutes=last),
        count=round(given["people"] * dice.uniform(0.8, 1.2)),
        dice=dice,
    )
    _keep(hall, day, played, {errand.pk: errand for errand in errands}, counters)


def _keep(
    hall: Hall, day: date, played: list[PlayedTicket], errands: dict[int, Errand], counters: list[Counter]
) -> None:
    numbers: dict[str, int] = {}
    tickets = []
    for each in played:
        letter = errands[each.errand].letter
        numbers[letter] = numbers.get(letter, 0) + 1
        tickets.append(_ticket(hall, day, each, letter, numbers[letter]))
    Ticket.objects.bulk_create(tickets)
    Serving.objects.bulk_create(
        Serving(
            ticket=ticket,
            errand_id=each.errand,
            counter=counters[each.counter],
            began_at=each.called,
            ended_at=each.done,
        )
        for ticket, each in zip(tickets, played, strict=True)
        if each.called is not None and each.done is not None and not each.is_absent
    )
    for errand in errands.values():
        times = [
            (each.done - each.called).total_seconds()
            for each in played
            if each.errand == errand.pk and each.called and each.done and not each.is_absent
        ]
        known = _learnt(errand, times)
        Errand.objects.filter(pk=errand.pk).update(**known)


def _learnt(errand: Errand, times: list[float]) -> dict[str, Any]:
    known = serving_time(errand)
    for seconds in times:
        known = known.learn(seconds)
    return {"mean": known.mean, "variance": known.variance, "served": known.count}


def _ticket(hall: Hall, day: date, each: PlayedTicket, letter: str, number: int) -> Ticket:
    waited = (each.called - each.came).total_seconds() if each.called is not None and not each.is_absent else None
    said = each.said
    return Ticket(
        hall=hall,
        day=day,
        token_hash=token_hash(f"contoh-{hall.slug}-{day}-{letter}-{number}"),
        number=number,
        letter=letter,
        errand_id=each.errand,
        priority=each.priority,
        state=Ticket.State.NO_SHOW if each.is_absent else Ticket.State.DONE,
        since=each.came,
        calls=3 if each.is_absent else 1,
        called_at=each.called,
        serving_at=None if each.is_absent else each.called,
        ended_at=each.done,
        said_middle=said.middle if said else None,
        said_low=said.low if said else None,
        said_high=said.high if said else None,
        waited=waited,
        created_at=each.came,
    )
