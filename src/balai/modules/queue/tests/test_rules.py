"""Who is next, when one can come, how long it takes."""

import random
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from balai.foundation.calendar.rules import OFFICE_5, WorkCalendar
from balai.modules.queue.rules.estimate import Desk, Estimate, ServingTime, accuracy, estimate_wait
from balai.modules.queue.rules.hours import breaks_ahead, opening_days
from balai.modules.queue.rules.line import EARLY, Waiting, next_in_line
from balai.modules.queue.rules.slots import slot_capacity, slots_of_day
from balai.modules.queue.simulation import PlayedHall, play_day
from balai.modules.queue.words import estimate_words, hours_words, number_in_indonesian, spoken_call

AT = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
A = frozenset({"a"})


def person(key: int, **more: Any) -> Waiting:
    return Waiting(key=key, errand="a", since=AT + timedelta(minutes=key), **more)


def call(waiting: list[Waiting], calls: int = 0, at: datetime = AT + timedelta(hours=1)) -> int | None:
    chosen = next_in_line(waiting, errands=A, ordinary_since_priority=calls, every=3, at=at)
    return chosen.key if chosen else None


def test_the_longest_wait_is_called_first() -> None:
    assert call([person(2), person(1), person(3)]) == 1
    assert call([]) is None
    assert call([Waiting(key=1, errand="b", since=AT)]) is None


def test_every_third_call_is_a_priority_one() -> None:
    waiting = [person(1), person(2, priority="age")]
    assert [call(waiting, calls) for calls in (0, 1, 2, 9)] == [1, 1, 2, 2]
    # nobody else waits: no reason to let the counter be empty
    assert call([person(2, priority="age")], 0) == 2


def test_a_slot_is_a_promise() -> None:
    booked = person(9, slot=AT + timedelta(minutes=30))
    assert call([person(1), booked], at=AT + timedelta(minutes=30) - EARLY) == 9
    assert call([person(1), booked], at=AT) == 1
    # whoever is early does not wait for the clock in an empty hall
    assert call([booked], at=AT) == 9


def test_who_missed_the_call_and_came_back_goes_first() -> None:
    assert call([person(1), person(5, is_back=True), person(9, slot=AT)]) == 5


def test_a_share_that_would_starve_people_is_refused() -> None:
    with pytest.raises(ValueError, match="1"):
        next_in_line([person(1)], errands=A, ordinary_since_priority=0, every=1, at=AT)


@given(st.integers(2, 6), st.integers(1, 30), st.integers(0, 60))
def test_nobody_starves(every: int, ordinary: int, first: int) -> None:
    """However many priority people wait, the last ordinary one is called within the calls that the rule allows."""
    waiting = [person(n) for n in range(ordinary)] + [person(1000 + n, priority="age") for n in range(first)]
    last, calls, since = ordinary - 1, 0, 0
    while any(each.key == last for each in waiting):
        chosen = next_in_line(waiting, errands=A, ordinary_since_priority=since, every=every, at=AT + timedelta(days=1))
        assert chosen is not None
        waiting.remove(chosen)
        since = 0 if chosen.priority else since + 1
        calls += 1
    assert calls <= ordinary * every / (every - 1) + 1


CALENDAR = WorkCalendar(week=OFFICE_5, closed_days=frozenset({date(2026, 12, 25)}), time_zone="Asia/Jakarta", version=1)


def slots(day: date, **more: Any) -> list[tuple[str, int]]:
    facts: dict[str, Any] = {"minutes": 60, "capacity": 2, "taken": {}, "after": AT - timedelta(days=9)}
    found = slots_of_day(day=day, **{"calendar": CALENDAR, **facts, **more})
    return [(f"{slot.at:%H.%M}", slot.free) for slot in found]


def test_slots_lie_within_the_opening_hours() -> None:
    wednesday = slots(date(2026, 11, 25))
    assert wednesday[0] == ("07.30", 2)
    # the last ends before the doors close at four
    assert wednesday[-1] == ("14.30", 2)
    assert slots(date(2026, 11, 28)) == []
    assert slots(date(2026, 12, 25)) == []


def test_what_is_taken_or_over_is_not_offered() -> None:
    first = datetime(2026, 11, 25, 7, 30, tzinfo=CALENDAR.zone)
    assert slots(date(2026, 11, 25), taken={first: 2})[0] == ("07.30", 0)
    assert slots(date(2026, 11, 25), taken={first: 5})[0] == ("07.30", 0)
    assert slots(date(2026, 11, 25), after=first)[0] == ("08.30", 2)


@pytest.mark.parametrize(
    ("counters", "usual", "share", "capacity"),
    [(3, 10, 50, 4), (1, 30, 50, 1), (0, 10, 50, 0), (4, 10, 0, 12), (4, 10, 99, 1), (4, 10, 100, 0), (1, 30, 100, 0)],
)
def test_how_many_fit_into_a_slot(counters: int, usual: int, share: int, capacity: int) -> None:
    assert slot_capacity(counters=counters, minutes=30, usual_minutes=usual, walk_in_share=share) == capacity


BREAK = ((480, 720), (780, 900))
SHORT = ((480, 690), (780, 900))


@pytest.mark.parametrize(
    ("week", "said"),
    [
        ((BREAK,) * 4 + (SHORT, (), ()), ["Senin–Kamis 08.00–12.00, 13.00–15.00", "Jumat 08.00–11.30, 13.00–15.00"]),
        # stored hours are lists
        ([[[450, 960]]] * 5 + [[], []], ["Senin–Jumat 07.30–16.00"]),
        # a closed day lies between: not one run
        (
            (BREAK, (), BREAK, BREAK, (), (), BREAK),
            [f"{day} 08.00–12.00, 13.00–15.00" for day in ("Senin", "Rabu–Kamis", "Minggu")],
        ),
        (((),) * 7, []),
        # nobody reads "Senin–Minggu 00.00–24.00" as never closed
        ((((0, 1440),),) * 7, ["Setiap hari, 24 jam"]),
        ((((0, 1440),),) * 5 + ((), ()), ["Senin–Jumat, 24 jam"]),
        ((BREAK,) * 7, ["Setiap hari 08.00–12.00, 13.00–15.00"]),
    ],
)
def test_opening_hours_are_said_by_runs_of_days(week: Any, said: list[str]) -> None:
    with override("id"):
        assert hours_words(opening_days(week)) == said


def test_opening_hours_in_english() -> None:
    with override("en"):
        assert hours_words(opening_days((BREAK,) * 2 + ((),) * 5)) == ["Monday–Tuesday 08:00–12:00, 13:00–15:00"]


def test_no_slot_lies_in_a_break() -> None:
    week = (BREAK,) * 4 + (SHORT, (), ())
    calendar = WorkCalendar(week=week, closed_days=frozenset(), time_zone="Asia/Jakarta", version=1)
    friday = [at for at, _free in slots(date(2026, 11, 27), calendar=calendar, minutes=30)]
    assert [at for at in friday if "11.00" <= at <= "13.00"] == ["11.00", "13.00"]


def wait_of(me: Waiting, waiting: list[Waiting], desks: list[Desk], mean: float = 600.0) -> Estimate | None:
    return estimate_wait(
        me=me,
        waiting=waiting,
        desks=desks,
        times={"a": ServingTime(mean, 0.0), "b": ServingTime(mean, 0.0)},
        ordinary_since_priority=0,
        every=3,
        at=AT,
    )


def test_an_estimate_plays_the_line_forward() -> None:
    free = [Desk(key=1, errands=A), Desk(key=2, errands=A)]
    me = person(50)
    found = wait_of(me, [person(n) for n in range(4)], free)
    assert found is not None
    assert found.middle == 1200
    assert found.low < 1200 < found.high
    alone = wait_of(me, [], free)
    assert alone is not None
    assert alone.middle == 0
    # somebody is being served for a while already
    busy = wait_of(me, [], [Desk(key=1, errands=A, errand="a", since=AT - timedelta(seconds=400))])
    assert busy is not None
    assert busy.middle == 200


# Wednesday 09.00 in Jakarta is AT; the office rests from 12.00 to 13.00 and from 16.00 on
NOON = (datetime(2026, 11, 25, 5, 0, tzinfo=UTC), datetime(2026, 11, 25, 6, 0, tzinfo=UTC))
RESTING = WorkCalendar(
    week=(*[((480, 720), (780, 960))] * 5, (), ()), closed_days=frozenset(), time_zone="Asia/Jakarta", version=1
)


def wait(people: int, *, at: datetime, minutes: float = 10, desks: int = 1) -> Estimate:
    waiting = [person(number) for number in range(people)]
    said = estimate_wait(
        me=person(people),
        waiting=waiting,
        desks=[Desk(key=number, errands=A) for number in range(desks)],
        times={"a": ServingTime.usual(minutes)},
        ordinary_since_priority=0,
        every=3,
        breaks=breaks_ahead(RESTING, at=at),
        at=at,
    )
    assert said is not None
    return said


def test_breaks_still_to_come_are_known() -> None:
    assert breaks_ahead(RESTING, at=AT) == (NOON,)
    # whoever works in the break that has begun does so
    assert breaks_ahead(RESTING, at=NOON[0]) == ()
    assert breaks_ahead(RESTING, at=AT + timedelta(days=3)) == ()


def test_a_wait_that_reaches_a_break_goes_on_after_it() -> None:
    before = AT + timedelta(hours=2, minutes=30)
    assert wait(2, at=before).middle == 20 * 60
    assert wait(2, at=before).breaks == ()
    # the fourth would be called at 12.00, when everybody rests
    fourth = wait(3, at=before)
    assert fourth.middle == 90 * 60
    assert fourth.breaks == (NOON,)
    # what is uncertain is the waiting, not the break
    assert fourth.high - fourth.middle < 0.5 * 60 * 60


@given(st.integers(0, 40), st.integers(1, 4), st.integers(1, 30))
def test_nobody_is_called_in_a_break_and_a_break_costs_no_more_than_itself(
    people: int, desks: int, minutes: int
) -> None:
    said = wait(people, at=AT, minutes=minutes, desks=desks)
    without = estimate_wait(
        me=person(people),
        waiting=[person(number) for number in range(people)],
        desks=[Desk(key=number, errands=A) for number in range(desks)],
        times={"a": ServingTime.usual(minutes)},
        ordinary_since_priority=0,
        every=3,
        at=AT,
    )
    assert without is not None
    called = AT + timedelta(seconds=said.middle)
    assert not NOON[0] <= called < NOON[1]
    assert without.middle <= said.middle <= without.middle + 3600
    assert said.low <= said.middle <= said.high


def test_a_break_in_the_wait_is_said() -> None:
    with override("id"):
        assert "istirahat 12.00–13.00" in estimate_words(wait(3, at=AT + timedelta(hours=2, minutes=30)))
        assert "istirahat" not in estimate_words(wait(2, at=AT))


def test_where_no_counter_is_open_nobody_can_say() -> None:
    assert wait_of(person(1), [], []) is None
    assert wait_of(person(1), [], [Desk(key=1, errands=frozenset({"b"}))]) is None


def test_others_at_a_counter_that_serves_two_errands_count() -> None:
    both = [Desk(key=1, errands=frozenset({"a", "b"}))]
    found = wait_of(person(9), [Waiting(key=1, errand="b", since=AT)], both)
    assert found is not None
    assert found.middle == 600


@given(st.lists(st.floats(30, 3600), min_size=60, max_size=200))
def test_serving_times_are_learnt_within_what_was_seen(seconds: list[float]) -> None:
    known = ServingTime.usual(10)
    for each in seconds:
        known = known.learn(each)
    assert min(600, *seconds) - 1 <= known.mean <= max(600, *seconds) + 1
    assert known.variance >= 0
    assert known.count == len(seconds)


def test_accuracy_is_counted_from_every_ticket() -> None:
    said = Estimate(600, 300, 900)
    found = accuracy([(said, 600.0), (said, 1200.0), (said, 60.0)])
    assert found is not None
    assert (found.count, found.median_seconds, found.median_share) == (3, 540, 0.25)
    assert found.within == pytest.approx(1 / 3)
    assert accuracy([]) is None
    short = accuracy([(said, 10.0)])
    assert short is not None
    assert short.median_share is None


def played(seed: int, count: int = 150) -> Any:
    dice = random.Random(seed)
    minutes = {f"e{n}": dice.uniform(4, 10) for n in range(6)}
    return play_day(
        hall=PlayedHall(counters=(frozenset(minutes),) * 4, minutes=minutes, weights=dict.fromkeys(minutes, 1.0)),
        opens=AT,
        closes=AT + timedelta(hours=8),
        count=count,
        dice=dice,
    )


def test_a_played_day_serves_everybody_once_and_in_order() -> None:
    day = played(1)
    assert all(each.called is not None and each.done is not None for each in day)
    assert all(each.came <= each.called < each.done for each in day)
    for number in range(4):
        mine = sorted((each for each in day if each.counter == number), key=lambda each: each.called)
        assert all(before.done <= after.called for before, after in pairwise(mine))
    assert [each.done for each in played(1)] == [each.done for each in day]


def test_estimates_hold_in_a_played_day() -> None:
    pairs = [
        (each.said, (each.called - each.came).total_seconds())
        for seed in range(6)
        for each in played(seed, 230)
        if not each.is_absent
    ]
    found = accuracy(pairs)
    assert found is not None
    assert found.median_share is not None
    assert found.median_share <= 0.25
    assert 0.65 <= found.within <= 0.97


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "nol"), (10, "sepuluh"), (11, "sebelas"), (12, "dua belas"), (20, "dua puluh"), (47, "empat puluh tujuh"),
     (100, "seratus"), (115, "seratus lima belas"), (203, "dua ratus tiga"), (999, "sembilan ratus sembilan puluh sembilan")],
)  # fmt: skip
def test_numbers_are_spoken_in_indonesian(number: int, words: str) -> None:
    assert number_in_indonesian(number) == words


def test_the_call_is_spoken_whole() -> None:
    assert spoken_call("A", 12, 3) == "Nomor A dua belas, silakan ke loket tiga."
    with pytest.raises(ValueError, match="1000"):
        number_in_indonesian(1000)
