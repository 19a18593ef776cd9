"""How services keep what they promise, from the roll-ups of the case engine."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Sum

from balai.engines.cases.queries.totals import Standing, standings
from balai.engines.cases.rules.totals import quantile_days
from balai.foundation.units.models import Unit
from balai.modules.services.models import ReturnTotal, Service, SurveyTotal
from balai.modules.services.rules.kinds import kind_slug
from balai.modules.services.rules.survey import ElementSum, NoAnswers, Sums, survey_index

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
    survey: str


@dataclass(frozen=True, kw_only=True)
class Performance:
    """What the public page shows of a window of months."""

    services: list[ServicePerformance]
    agencies: list[tuple[Unit, Standing]]
    whole: Standing | None


def performance(*, since: date, until: date) -> Performance:
    """Return how services kept their promises for applications received in ``since`` ≤ month < ``until``.

    Seven statements, all over roll-ups: a million applications cost no more than ten thousand.
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
                survey=surveys.get(service.pk, ""),
            )
        )
    # a few lucky ones make no first place: the lower end of the interval decides, so load counts for whoever bears it
    agencies = sorted(
        ((units[key], standing) for key, standing in found["unit"].items() if key in units),
        key=lambda pair: (not pair[1].is_comparable, -pair[1].interval[0]),
    )
    return Performance(
        services=sorted(lines, key=lambda line: -line.standing.counts.received),
        agencies=agencies,
        whole=found["all"].get(0),
    )


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


def _surveys(*, since: date, until: date) -> dict[int, str]:
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
            found[service] = f"{index.converted} {index.grade}"
    return found
