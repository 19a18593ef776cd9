"""How services keep what they promise, from the roll-ups of the case engine."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Sum

from balai.engines.cases.queries.totals import Standing, months_of, standings
from balai.engines.cases.rules.totals import quantile_days
from balai.foundation.calendar.queries import work_calendar
from balai.foundation.units.models import Unit
from balai.foundation.units.queries import officers_at
from balai.modules.services.models import ReturnTotal, Service, SurveyTotal
from balai.modules.services.rules.kinds import kind_slug
from balai.modules.services.rules.league import AgencyMonth, Corrected, Effect, corrected, effect_of_load
from balai.modules.services.rules.survey import ElementSum, NoAnswers, Sums, SurveyIndex, survey_index

EARLIEST = date(2000, 1, 1)
NOBODY_BUT_THE_LAST = 0.9


@dataclass(frozen=True, kw_only=True)
class ServicePerformance:
    """One service in the window. ``median`` and ``most`` are whole days; ``most`` covers nine of ten."""

    service: Service
    standing: Standing
    median: float | None
    most: int | None
    open_now: int
    returned: int
    reasons: dict[str, int]
    survey: SurveyIndex | None


@dataclass(frozen=True, kw_only=True)
class AgencyLine:
    """One agency in the league. ``corrected``: its load, and what the correction adds to its share of kept promises."""

    unit: Unit
    standing: Standing
    corrected: Corrected

    @property
    def share(self) -> float | None:
        """Return the share of promises kept as it would be at the city's usual load, None where nothing fell due."""
        share = self.standing.kept_share
        return None if share is None else self._moved(share)

    @property
    def interval(self) -> tuple[float, float]:
        """Return the 95 % interval of :attr:`share`."""
        low, high = self.standing.interval
        return self._moved(low), self._moved(high)

    def _moved(self, share: float) -> float:
        return min(1.0, max(0.0, share + self.corrected.by))


@dataclass(frozen=True, kw_only=True)
class Performance:
    """What the public page shows of a window of months."""

    services: list[ServicePerformance]
    agencies: list[AgencyLine]
    effect: Effect
    whole: Standing | None


def performance(*, since: date, until: date) -> Performance:
    """Return how services kept their promises for applications received in ``since`` ≤ month < ``until``.

    All over roll-ups, and who holds which post (what a million applications cost: ``docs/reference/benchmarks.md``).
    """
    services = list(
        Service.objects.filter(live__isnull=False).select_related("record__unit", "live__record_version", "category")
    )
    kinds = [kind_slug(service.slug) for service in services]
    found = standings(
        dimensions=("category", "unit", "all"), medians=("category",), since=since, until=until, kinds=kinds
    )
    ever = standings(dimensions=("category",), since=EARLIEST, until=until, kinds=kinds)["category"]
    returns = _returns(since=since, until=until)
    surveys = _surveys(since=since, until=until)
    units = {unit.pk: unit for unit in Unit.objects.filter(pk__in=found["unit"])}
    lines = []
    for service in services:
        standing = found["category"].get(service.category_id or 0)
        if standing is None:
            continue
        all_time = ever[standing.key].counts
        reasons = returns.get(service.pk, {})
        lines.append(
            ServicePerformance(
                service=service,
                standing=standing,
                median=standing.median,
                most=quantile_days(standing.counts.days, NOBODY_BUT_THE_LAST),
                open_now=all_time.received - all_time.ended,
                returned=sum(reasons.values()),
                reasons=reasons,
                survey=surveys.get(service.pk),
            )
        )
    months = _agency_months(since=since, until=until, kinds=kinds)
    effect = effect_of_load(months)
    by_unit = corrected(months, effect=effect)
    agencies = [
        AgencyLine(unit=units[key], standing=standing, corrected=by_unit.get(key, Corrected(None, 0.0)))
        for key, standing in found["unit"].items()
        if key in units
    ]
    return Performance(
        services=sorted(lines, key=lambda line: -line.standing.counts.received),
        # a few lucky ones make no first place: the lower end of the interval decides
        agencies=sorted(agencies, key=lambda line: (not line.standing.is_comparable, -line.interval[0])),
        effect=effect,
        whole=found["all"].get(0),
    )


def _agency_months(*, since: date, until: date, kinds: list[str]) -> list[AgencyMonth]:
    counted = months_of(dimension="unit", since=since, until=until, kinds=kinds)
    zone = work_calendar().zone
    # who was there in the middle of a month stands for the month
    middles = {month: datetime(month.year, month.month, 15, 12, tzinfo=zone) for _unit, month in counted}
    officers = officers_at(moments=list(middles.values()))
    return [
        AgencyMonth(
            unit=unit,
            promised=standing.counts.promised,
            kept=standing.counts.kept,
            received=standing.counts.received,
            officers=officers.get((unit, middles[month]), 0),
        )
        for (unit, month), standing in counted.items()
    ]


def _returns(*, since: date, until: date) -> dict[int, dict[str, int]]:
    rows = (
        ReturnTotal.objects.filter(month__gte=since, month__lt=until)
        .values("service_id", "reason")
        .annotate(number=Sum("count"))
        .order_by("-number")
    )
    found: dict[int, dict[str, int]] = {}
    for row in rows:
        found.setdefault(row["service_id"], {})[row["reason"]] = row["number"]
    return found


def _surveys(*, since: date, until: date) -> dict[int, SurveyIndex]:
    sums: dict[int, Sums] = {}
    for total in SurveyTotal.objects.filter(quarter__gte=since, quarter__lt=until):
        sums.setdefault(total.service_id, Sums()).merge(
            answers=total.answers,
            elements={name: ElementSum(count, points) for name, (count, points) in total.elements.items()},
        )
    found = {}
    for service, each in sums.items():
        asked = sorted(name for name, part in each.elements.items() if part.count)
        try:
            index = survey_index(sums=each, elements=asked) if asked else None
        except NoAnswers:
            index = None
        if index is not None:
            found[service] = index
    return found
