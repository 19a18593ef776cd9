"""A day in a hall, played: for the benchmark, the tests and the example city."""

import heapq
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from balai.modules.queue.rules.estimate import Desk, Estimate, ServingTime, estimate_wait
from balai.modules.queue.rules.line import PRIORITIES, Waiting, next_in_line


@dataclass(frozen=True, kw_only=True)
class PlayedHall:
    """A hall to play: the errands of each counter, the usual minutes of each errand, and how often each is asked."""

    counters: tuple[frozenset[Any], ...]
    minutes: dict[Any, float]
    weights: dict[Any, float]
    every: int = 3
    priority_share: float = 0.12
    # people who are not there when they are called
    absent_share: float = 0.04


@dataclass
class PlayedTicket:
    """One person of a played day; moments in order, ``said`` what they were told when they came."""

    key: int
    errand: Any
    came: datetime
    priority: str
    said: Estimate | None = None
    called: datetime | None = None
    done: datetime | None = None
    counter: int = 0
    is_absent: bool = False


@dataclass
class _State:
    waiting: dict[int, Waiting] = field(default_factory=dict)
    busy: dict[int, tuple[Any, datetime]] = field(default_factory=dict)
    calls: int = 0


def play_day(
    *, hall: PlayedHall, opens: datetime, closes: datetime, count: int, dice: random.Random, told: bool = True
) -> list[PlayedTicket]:
    """Return a day on which ``count`` people come between opening and an hour before closing, all of them served.

    Arrivals crowd in the morning; serving times are log-normal around each errand's own mean, as at real counters.
    ``told``: everybody is told an estimate from what was known at that moment, learnt from the day itself.
    """
    tickets = _arrivals(hall, opens, closes, count, dice)
    times = {errand: ServingTime.usual(minutes) for errand, minutes in hall.minutes.items()}
    state = _State()
    # (moment, kind, number): a counter becomes free before somebody comes at the same moment
    queue: list[tuple[datetime, int, int]] = [(ticket.came, 1, ticket.key) for ticket in tickets]
    heapq.heapify(queue)
    while queue:
        moment, kind, number = heapq.heappop(queue)
        if kind == 0:
            errand, since = state.busy.pop(number)
            times[errand] = times[errand].learn((moment - since).total_seconds())
        else:
            ticket = tickets[number]
            state.waiting[number] = Waiting(key=number, errand=ticket.errand, since=moment, priority=ticket.priority)
            if told:
                ticket.said = estimate_wait(
                    me=state.waiting[number],
                    waiting=list(state.waiting.values()),
                    desks=_desks(hall, state),
                    times=times,
                    ordinary_since_priority=state.calls,
                    every=hall.every,
                    at=moment,
                )
        _call(hall, state, tickets, queue, moment, dice)
    return tickets


def _arrivals(
    hall: PlayedHall, opens: datetime, closes: datetime, count: int, dice: random.Random
) -> list[PlayedTicket]:
    span = (closes - opens).total_seconds() - 3600
    # the morning is full, the afternoon is not
    moments = sorted(dice.betavariate(1.4, 2.2) * span for _ in range(count))
    errands = dice.choices(list(hall.weights), weights=list(hall.weights.values()), k=count)
    return [
        PlayedTicket(
            key=key,
            errand=errand,
            came=opens + timedelta(seconds=round(moment)),
            priority=dice.choice(PRIORITIES) if dice.random() < hall.priority_share else "",
            is_absent=dice.random() < hall.absent_share,
        )
        for key, (moment, errand) in enumerate(zip(moments, errands, strict=True))
    ]


def _desks(hall: PlayedHall, state: _State) -> list[Desk]:
    return [
        Desk(
            key=number,
            errands=errands,
            errand=state.busy.get(number, (None, None))[0],
            since=state.busy.get(number, (None, None))[1],
        )
        for number, errands in enumerate(hall.counters)
    ]


def _call(  # noqa: PLR0917 - the parts of one played moment
    hall: PlayedHall,
    state: _State,
    tickets: Sequence[PlayedTicket],
    queue: list[tuple[datetime, int, int]],
    moment: datetime,
    dice: random.Random,
) -> None:
    """Let every free counter call whoever is next."""
    for number, errands in enumerate(hall.counters):
        if number in state.busy:
            continue
        chosen = next_in_line(
            list(state.waiting.values()),
            errands=errands,
            ordinary_since_priority=state.calls,
            every=hall.every,
            at=moment,
        )
        if chosen is None:
            continue
        del state.waiting[chosen.key]
        state.calls = 0 if chosen.priority else state.calls + 1
        ticket = tickets[chosen.key]
        ticket.called, ticket.counter = moment, number
        mean = hall.minutes[ticket.errand] * 60
        # sigma 0.6: the spread is about two thirds of the mean
        seconds = 60.0 if ticket.is_absent else dice.lognormvariate(0, 0.6) / 1.1972 * mean
        ticket.done = moment + timedelta(seconds=round(max(20.0, seconds)))
        state.busy[number] = (ticket.errand, moment)
        heapq.heappush(queue, (ticket.done, 0, number))
