"""Compare agencies as if each had the same load, by how far a share of kept promises falls when work grows."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import log2, sqrt

# a month with fewer promises says nothing of a share
ENOUGH_IN_A_MONTH = 5
# agency-months without which no slope is believed
ENOUGH_MONTHS = 24
# of the normal distribution: 95 of 100
CERTAIN = 1.96


@dataclass(frozen=True, kw_only=True)
class AgencyMonth:
    """One agency in one month: promises that fell due, those kept, applications received, officers at work."""

    unit: int
    promised: int
    kept: int
    received: int
    officers: int

    @property
    def load(self) -> float | None:
        """Return applications an officer; None where there was no officer or no application."""
        return self.received / self.officers if self.officers and self.received else None


@dataclass(frozen=True)
class Effect:
    """What load does in this city. ``per_doubling``: by how much the share of kept promises changes (0 or below, of 1)
    when an agency's applications an officer double; 0 where nothing is certain. ``months``: agency-months it rests on.
    """

    per_doubling: float
    months: int


def effect_of_load(months: Iterable[AgencyMonth]) -> Effect:
    """Return how the share of kept promises moves with the load, learnt within agencies.

    Each agency is compared with itself in its other months (least squares with an intercept for each agency, weighted
    by promises), so that an agency which is slow and busy at once does not excuse itself. Only a fall that is certain
    (its 95 % interval lies below zero) counts: nobody is moved by chance, and nobody loses for having little to do.
    """
    rows = [
        (each.unit, log2(each.load), each.kept / each.promised, each.promised)
        for each in months
        if each.load is not None and each.promised >= ENOUGH_IN_A_MONTH
    ]
    sums: dict[int, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0, 0])
    for unit, load, share, weight in rows:
        total = sums[unit]
        for place, value in enumerate((weight, weight * load, weight * share, 1)):
            total[place] += value
    single = {unit for unit, total in sums.items() if total[3] < 2}
    rows = [row for row in rows if row[0] not in single]
    groups = len(sums) - len(single)
    spread = both = 0.0
    away = []
    for unit, load, share, weight in rows:
        heavy, loads, shares, _count = sums[unit]
        x, y = load - loads / heavy, share - shares / heavy
        spread += weight * x * x
        both += weight * x * y
        away.append((x, y, weight))
    free = len(rows) - groups - 1
    if len(rows) < ENOUGH_MONTHS or free < 1 or spread <= 0:
        return Effect(0.0, len(rows))
    slope = both / spread
    error = sqrt(sum(weight * (y - slope * x) ** 2 for x, y, weight in away) / free / spread)
    return Effect(slope if slope + CERTAIN * error < 0 else 0.0, len(rows))


@dataclass(frozen=True)
class Corrected:
    """An agency's share of kept promises as it would be at the city's usual load. ``load``: applications an officer
    and month; None where nobody can say. ``by``: what the correction adds (of 1).
    """

    load: float | None
    by: float


def corrected(months: Iterable[AgencyMonth], *, effect: Effect) -> dict[int, Corrected]:
    """Return the correction of each agency against the city's usual load (weighted by promises)."""
    rows = [(each, each.load) for each in months if each.load is not None and each.promised]
    usual = _mean((log2(load), each.promised) for each, load in rows)
    by_unit: Mapping[int, list[tuple[AgencyMonth, float]]] = _grouped(rows)
    found = {}
    for unit, mine in by_unit.items():
        own = _mean((log2(load), each.promised) for each, load in mine)
        load = sum(each.received for each, _load in mine) / sum(each.officers for each, _load in mine)
        found[unit] = Corrected(load, -effect.per_doubling * (own - usual))
    return found


def _grouped(rows: Iterable[tuple[AgencyMonth, float]]) -> dict[int, list[tuple[AgencyMonth, float]]]:
    found: dict[int, list[tuple[AgencyMonth, float]]] = defaultdict(list)
    for each, load in rows:
        found[each.unit].append((each, load))
    return found


def _mean(pairs: Iterable[tuple[float, float]]) -> float:
    known = list(pairs)
    weight = sum(each for _value, each in known)
    return sum(value * each for value, each in known) / weight if weight else 0.0
