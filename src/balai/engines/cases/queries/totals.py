"""Read the roll-ups: how an agency, a category or an area kept its word, and month by month."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet, Sum

from balai.engines.cases.models import MonthDuration, MonthTotal
from balai.engines.cases.rules.totals import Tally, median_days, share_interval

ENOUGH_TO_COMPARE = 20
COUNT_NAMES = tuple(name for name in vars(Tally()) if name != "days")


@dataclass(frozen=True)
class Standing:
    """Counts of one agency, area or category. Shares are of 1; None where nothing is decided yet."""

    key: int
    counts: Tally
    median: float | None

    @property
    def kept_share(self) -> float | None:
        """Return the share of promises kept."""
        return self.counts.kept / self.counts.promised if self.counts.promised else None

    @property
    def answered_share(self) -> float | None:
        """Return the share of first answers given in time."""
        return self.counts.answered_in_time / self.counts.answer_due if self.counts.answer_due else None

    @property
    def confirmed_share(self) -> float | None:
        """Return the share of ended matters that the reporter confirmed."""
        closed = self.counts.confirmed + self.counts.silent
        return self.counts.confirmed / closed if closed else None

    @property
    def interval(self) -> tuple[float, float]:
        """Return the 95 % interval of the share of promises kept."""
        return share_interval(part=self.counts.kept, whole=self.counts.promised)

    @property
    def is_comparable(self) -> bool:
        """Return whether there are enough promises to say anything."""
        return self.counts.promised >= ENOUGH_TO_COMPARE


def _tallies(
    place: tuple[str, ...],
    *,
    dimensions: Collection[str],
    medians: Collection[str],
    since: date,
    until: date,
    kinds: Collection[str],
) -> dict[tuple[Any, ...], Tally]:
    """Return the tally of each ``place`` (columns to group by), added up by the database."""

    def chosen(rows: QuerySet[Any], wanted: Collection[str]) -> QuerySet[Any]:
        return rows.filter(dimension__in=wanted, kind__in=kinds, month__gte=since, month__lt=until)

    found: dict[tuple[Any, ...], Tally] = {}
    sums = chosen(MonthTotal.objects.all(), dimensions).values(*place)
    sums = sums.annotate(**{f"{name}_": Sum(name) for name in COUNT_NAMES})
    for row in sums.values_list(*place, *(f"{name}_" for name in COUNT_NAMES)):
        found[row[: len(place)]] = Tally(**dict(zip(COUNT_NAMES, row[len(place) :], strict=True)))
    if not medians:
        return found
    spread = chosen(MonthDuration.objects.all(), medians).values(*place, "days").annotate(sum=Sum("count"))
    for row in spread.values_list(*place, "days", "sum"):
        found.setdefault(row[: len(place)], Tally()).days[row[-2]] = row[-1]
    return found


def standings(
    *,
    dimensions: Collection[str],
    medians: Collection[str] = (),
    since: date,
    until: date,
    kinds: Collection[str],
) -> dict[str, dict[int, Standing]]:
    """Return the counts along each dimension for months ``since`` ≤ month < ``until``.

    One statement for all, and one more for the ``medians`` of some dimensions: their distributions are far longer than
    the counts, so they are read only where somebody looks at them.
    """
    found: dict[str, dict[int, Standing]] = {dimension: {} for dimension in dimensions}
    tallies = _tallies(
        ("dimension", "key"), dimensions=dimensions, medians=medians, since=since, until=until, kinds=kinds
    )
    for (dimension, key), counts in tallies.items():
        found[dimension][key] = Standing(key, counts, median_days(counts.days))
    return found


def months_of(*, dimension: str, since: date, until: date, kinds: Collection[str]) -> dict[tuple[int, date], Standing]:
    """Return the counts along one dimension month by month, by key and month, without medians; one statement."""
    tallies = _tallies(("key", "month"), dimensions=(dimension,), medians=(), since=since, until=until, kinds=kinds)
    return {(key, month): Standing(key, counts, None) for (key, month), counts in tallies.items()}


def months(*, since: date, until: date, kinds: Collection[str]) -> list[tuple[date, Standing]]:
    """Return the whole city month by month, oldest first, without medians; one statement."""
    tallies = _tallies(("month",), dimensions=("all",), medians=(), since=since, until=until, kinds=kinds)
    return [(month, Standing(0, counts, median_days(counts.days))) for (month,), counts in sorted(tallies.items())]
