"""The index of the survey from its sums: for the city, each agency, each service and each quarter."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count

from balai.modules.services.models import SurveyAnswer, SurveyInvitation, SurveyTotal
from balai.modules.services.rules.survey import (
    ElementSum,
    NoAnswers,
    Sums,
    SurveyIndex,
    sample_size,
    survey_index,
)

COMMENTS = 20


@dataclass(frozen=True, kw_only=True)
class SurveyRow:
    """One line of the published table. ``index`` is None while an element has no answer; ``wanted`` is the sample."""

    name: str
    index: SurveyIndex | None
    answers: int
    flagged: int
    finished: int

    @property
    def wanted(self) -> int:
        """Return how many of the finished services should answer for the index to be trusted."""
        return sample_size(self.finished)


@dataclass(frozen=True, kw_only=True)
class SurveyTable:
    """Everything that is published of a quarter."""

    quarter: date | None
    quarters: list[date]
    city: SurveyRow | None
    units: list[SurveyRow]
    services: list[SurveyRow]
    comments: list[SurveyAnswer]


def survey_table(*, quarter: date | None = None) -> SurveyTable:
    """Return the published table of a quarter, the newest with answers when None; five statements."""
    quarters = sorted(set(SurveyTotal.objects.values_list("quarter", flat=True)), reverse=True)
    chosen = quarter if quarter in quarters else (quarters[0] if quarters else None)
    if chosen is None:
        return SurveyTable(quarter=None, quarters=[], city=None, units=[], services=[], comments=[])
    totals = list(SurveyTotal.objects.filter(quarter=chosen).select_related("unit", "service__record"))
    finished = _finished(chosen)
    return SurveyTable(
        quarter=chosen,
        quarters=quarters,
        city=_row("", totals, sum(finished.values())),
        units=_rows(totals, lambda total: total.unit.name, finished, lambda total: total.unit_id, 0),
        services=_rows(totals, lambda total: total.service.record.name_id, finished, lambda total: total.service_id, 1),
        comments=list(
            SurveyAnswer.objects.filter(quarter=chosen)
            .exclude(comment="")
            .select_related("service__record")
            .order_by("-answered_on", "-id")[:COMMENTS]
        ),
    )


def _finished(quarter: date) -> dict[tuple[int, int], int]:
    """Return how many services ended in a quarter, by unit and service."""
    following = date(quarter.year + (quarter.month == 10), quarter.month % 12 + 3 if quarter.month < 10 else 1, 1)
    rows = (
        SurveyInvitation.objects.filter(case__closed_at__date__gte=quarter, case__closed_at__date__lt=following)
        .values("unit_id", "service_id")
        .annotate(number=Count("id"))
        .values_list("unit_id", "service_id", "number")
    )
    return {(unit, service): number for unit, service, number in rows}


def _rows(
    totals: Iterable[SurveyTotal],
    named: Callable[[SurveyTotal], str],
    finished: dict[tuple[int, int], int],
    key: Callable[[SurveyTotal], int],
    place: int,
) -> list[SurveyRow]:
    """Return a row for each key; ``place`` is that of the key in those of ``finished``. Two may have one name."""
    groups: dict[int, list[SurveyTotal]] = defaultdict(list)
    for total in totals:
        groups[key(total)].append(total)
    made = [
        _row(named(members[0]), members, sum(number for keys, number in finished.items() if keys[place] == pk))
        for pk, members in groups.items()
    ]
    return sorted(made, key=lambda row: (row.index is None, -(row.index.converted if row.index else 0), row.name))


def _row(name: str, totals: Iterable[SurveyTotal], finished: int) -> SurveyRow:
    sums, flagged = Sums(), 0
    for total in totals:
        flagged += total.flagged
        sums.merge(
            answers=total.answers,
            elements={element: ElementSum(count, points) for element, (count, points) in total.elements.items()},
        )
    return SurveyRow(name=name, index=_index(sums), answers=sums.answers, flagged=flagged, finished=finished)


def _index(sums: Sums) -> SurveyIndex | None:
    # an element that nobody was asked (the fee of what is free) does not keep the others from counting
    asked = [name for name, part in sums.elements.items() if part.count]
    try:
        return survey_index(sums=sums, elements=sorted(asked)) if asked else None
    except NoAnswers:
        return None


def full_sums(*, quarter: date) -> Sums:
    """Return the sums of a quarter from every single answer; what the roll-ups must equal."""
    sums = Sums()
    columns = [f"u{number}" for number in range(1, 10)]
    for row in SurveyAnswer.objects.filter(quarter=quarter).values(*columns).iterator():
        sums.add({name.upper(): value for name, value in row.items()})
    return sums


def export_rows() -> Iterable[list[Any]]:
    """Yield quarter, agency, service, channel, answers, flagged and the nine means of every roll-up."""
    for total in SurveyTotal.objects.select_related("unit", "service__record").order_by("quarter", "unit__name", "id"):
        means = [
            round(points / count, 4) if count else ""
            for count, points in (total.elements.get(f"U{number}", (0, 0)) for number in range(1, 10))
        ]
        yield [
            total.quarter.isoformat(),
            total.unit.name,
            total.service.record.name_id,
            total.channel,
            total.answers,
            total.flagged,
            *means,
        ]
