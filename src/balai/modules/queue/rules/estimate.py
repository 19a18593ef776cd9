"""How long somebody will wait, said honestly: a middle and a range, from how long serving takes here."""

import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt
from typing import Any

from balai.modules.queue.rules.hours import Break, after_breaks
from balai.modules.queue.rules.line import Waiting, next_in_line

# how much of what was known of a serving time goes with each new one: about the last twenty count
MEMORY = 0.05
# of the usual time, before anybody was served: serving times spread about as much as they are long
FIRST_SPREAD = 0.7
# eight of ten waits lie within this many standard deviations of the middle
EIGHT_OF_TEN = 1.2816
# what cannot be known yet (who comes later and goes first, who is not there when called), as a share of the wait
UNFORESEEN = 0.15
# beyond this nobody plans by the minute
LONGEST = timedelta(hours=12)


@dataclass(frozen=True)
class ServingTime:
    """How long serving an errand takes, in seconds: mean and variance that follow the work, and how many made them."""

    mean: float
    variance: float
    count: int = 0

    @classmethod
    def usual(cls, minutes: float) -> "ServingTime":
        """Return what is known before anybody was served: the minutes that the hall's people wrote down."""
        seconds = minutes * 60
        return cls(seconds, (seconds * FIRST_SPREAD) ** 2)

    def learn(self, seconds: float) -> "ServingTime":
        """Return what is known after one more; the first twenty weigh alike, then the older ones fade."""
        share = max(MEMORY, 1 / (self.count + 5))
        away = seconds - self.mean
        mean = self.mean + share * away
        return ServingTime(mean, (1 - share) * (self.variance + share * away * away), self.count + 1)

    def left(self, served: float) -> float:
        """Return how many seconds more somebody takes who has been served for ``served`` seconds.

        Serving times are about as irregular as they are long, so somebody who has been at the counter for long is not
        nearly done; never less than a fifth of the mean.
        """
        return max(self.mean - served, self.mean * 0.2)


@dataclass(frozen=True, kw_only=True)
class Desk:
    """A counter that works: which errands it serves, and since when whom (None: it is free)."""

    key: Any
    errands: frozenset[Any]
    errand: Any = None
    since: datetime | None = None


@dataclass(frozen=True)
class Estimate:
    """Seconds until one is called: the middle, and the range in which eight of ten waits lie.

    ``breaks`` are those of the hall that lie in the middle's wait.
    """

    middle: float
    low: float
    high: float
    breaks: tuple[Break, ...] = ()


def estimate_wait(
    *,
    me: Waiting,
    waiting: Sequence[Waiting],
    desks: Iterable[Desk],
    times: Mapping[Any, ServingTime],
    ordinary_since_priority: int,
    every: int,
    breaks: Sequence[Break] = (),
    at: datetime,
) -> Estimate | None:
    """Return how long ``me`` waits if everybody now in the hall is called by the rule of the line.

    The line is played forward with the mean serving times; the spread of all who are served before gives the range.
    In ``breaks`` nobody is called; who is at a counter when one begins is served to the end.

    None where no counter that works serves the errand: nobody can say. People who come later with a priority or an
    appointment are not known yet; that is part of the published error.
    """
    free: list[tuple[datetime, int]] = []
    able = list(desks)
    # counters share the work, so what is uncertain about one person moves the moment by its share only
    spread, working = 0.0, len(able)
    for number, desk in enumerate(able):
        until = at
        if desk.since is not None and desk.errand in times:
            served = (at - desk.since).total_seconds()
            until = at + timedelta(seconds=times[desk.errand].left(served))
            spread += times[desk.errand].variance
        heapq.heappush(free, (until, number))
    if not any(me.errand in desk.errands for desk in able):
        return None
    line = [*(each for each in waiting if each.key != me.key), me]
    calls = ordinary_since_priority
    while free:
        moment, number = heapq.heappop(free)
        if moment - at > LONGEST:
            break
        called = after_breaks(moment, breaks)
        if called != moment:
            heapq.heappush(free, (called, number))
            continue
        chosen = next_in_line(line, errands=able[number].errands, ordinary_since_priority=calls, every=every, at=moment)
        if chosen is None:
            # nobody here is for this counter; it takes no part in the rest
            working -= 1
            continue
        if chosen.key == me.key:
            over = tuple(each for each in breaks if each[1] <= moment)
            return _with_range((moment - at).total_seconds(), sqrt(spread) / max(1, working), over)
        line.remove(chosen)
        if chosen.slot is None and not chosen.is_back:
            calls = 0 if chosen.priority else calls + 1
        time = times[chosen.errand]
        spread += time.variance
        heapq.heappush(free, (moment + timedelta(seconds=time.mean), number))
    return _with_range(LONGEST.total_seconds(), 0)


def _with_range(middle: float, deviation: float, breaks: tuple[Break, ...] = ()) -> Estimate:
    # a break is as long as it is: what is uncertain is the waiting beside it
    rest = sum((ends - begins).total_seconds() for begins, ends in breaks)
    away = EIGHT_OF_TEN * sqrt(deviation**2 + ((middle - rest) * UNFORESEEN) ** 2)
    return Estimate(middle, max(0.0, middle - away), middle + away, breaks)


@dataclass(frozen=True, kw_only=True)
class Accuracy:
    """How good estimates were: how many, the median error in seconds and as a share of the real wait, and which share
    of real waits lay within the range said (eight of ten were promised).
    """

    count: int
    median_seconds: float
    median_share: float | None
    within: float


# a wait of a few minutes is forgotten; its error as a share says nothing
SHORT = 300.0


def accuracy(pairs: Iterable[tuple[Estimate, float]]) -> Accuracy | None:
    """Return how good estimates were against the real waits in seconds; None for none.

    The share counts waits of five minutes and more only; None where there was none.
    """
    known = list(pairs)
    if not known:
        return None
    errors = sorted(abs(said.middle - real) for said, real in known)
    shares = sorted(abs(said.middle - real) / real for said, real in known if real >= SHORT)
    within = sum(said.low <= real <= said.high for said, real in known) / len(known)
    return Accuracy(
        count=len(known),
        median_seconds=_median(errors),
        median_share=_median(shares) if shares else None,
        within=within,
    )


def _median(ordered: Sequence[float]) -> float:
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
