"""The yearly report on requests for public information: for everybody, and as data."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from balai.engines.cases.rules.kinds import Reason
from balai.foundation.calendar import clock
from balai.foundation.limits.actions import check_limit
from balai.foundation.limits.callers import caller_of
from balai.foundation.places.queries import city_day, current_city
from balai.foundation.web.exports import csv_answer, open_to_all
from balai.foundation.web.words import is_english, number
from balai.modules.services.models import Service
from balai.modules.services.queries.applications import open_service
from balai.modules.services.queries.information_report import kept_report, reported_years
from balai.modules.services.rules.information_report import SERVICE, Report
from balai.modules.services.rules.reasons import PART_REASONS, REFUSE_REASONS
from balai.modules.services.rules.workflow import Ground, workflow_from_json

# page and CSV together; a village shares one address
LOOKS_AN_HOUR = 240
HOUR = timedelta(hours=1)


def _limit(request: HttpRequest) -> None:
    """Keep one address from asking over and over.

    :raises TooMany: answered by the frame with the page and the header of it.
    """
    check_limit(key=f"information-report:{caller_of(request)}", limit=LOOKS_AN_HOUR, per=HOUR, at=clock.now())


def _year(request: HttpRequest) -> tuple[int, list[int]]:
    years = reported_years(until=city_day(clock.now()).year)
    given = request.GET.get("year", "")
    year = int(given) if given.isdecimal() and len(given) == 4 else years[0]
    if year not in years:
        raise Http404
    return year, years


def _by_reason(
    code: str, counts: Mapping[str, int], reasons: Sequence[Reason | Ground]
) -> Iterator[tuple[str, str, int]]:
    """Yield what a figure is made of, the most frequent reason first."""
    words = {each.slug: each.label_en if is_english() else each.label_id for each in reasons}
    for reason, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])):
        name = words.get(reason, reason) or _("no reason recorded")
        yield f"{code}:{reason or 'none'}", _("because: %(reason)s") % {"reason": name}, count


def _lines(report: Report, grounds: Sequence[Ground]) -> Iterator[tuple[str, str, int | float | None]]:
    """Yield code, words and figure of each line."""
    yield "received", _("Requests received"), report.received
    yield "granted", _("Granted"), report.granted
    yield "in_part", _("Granted in part"), report.granted_in_part
    yield from _by_reason("in_part", report.part_reasons, PART_REASONS)
    yield "refused", _("Refused"), report.refused
    yield from _by_reason("refused", report.reasons, REFUSE_REASONS)
    yield "withdrawn", _("Taken back"), report.withdrawn
    yield "still_open", _("Not answered yet"), report.still_open
    yield "in_term", _("Answered within the term"), report.in_term
    yield "late", _("Term broken"), report.late
    average = report.average_days
    yield "average_days", _("Days to the answer, on average"), None if average is None else round(average, 1)
    yield "objections", _("Objections"), report.objections
    yield from _by_reason("objections", report.grounds, grounds)
    yield "objections_granted", _("Objections granted"), report.objections_granted
    yield "objections_refused", _("Objections refused"), report.objections_refused
    yield "objections_open", _("Objections not answered yet"), report.objections_open


def _grounds(service: Service) -> Sequence[Ground]:
    """Return the grounds for an objection that the service knows today."""
    return workflow_from_json(service.live.workflow).grounds if service.live is not None else ()


@login_not_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Show what became of a year's requests."""
    service = open_service(slug=SERVICE)
    if service is None:
        raise Http404
    _limit(request)
    year, years = _year(request)
    report, counted_at = kept_report(year=year, at=clock.now())
    rows = [
        {"label": words, "figure": "–" if figure is None else number(figure), "part": ":" in code}
        for code, words, figure in _lines(report, _grounds(service))
    ]
    return render(
        request,
        "services/information_report.html",
        {
            "year": str(year),
            "years": [str(each) for each in years],
            "rows": rows,
            "record": service.record,
            "counted_at": counted_at,
        },
    )


@login_not_required
@require_safe
def export_csv(request: HttpRequest) -> StreamingHttpResponse:
    """Give the report as CSV."""
    service = open_service(slug=SERVICE)
    if service is None:
        raise Http404
    _limit(request)
    year, _years = _year(request)
    report, _counted_at = kept_report(year=year, at=clock.now())
    rows = [(year, code, words, figure) for code, words, figure in _lines(report, _grounds(service))]
    return open_to_all(
        csv_answer(
            filename=f"laporan-informasi-publik-{year}.csv",
            head=("year", "code", "words", "figure"),
            rows=rows,
            is_example=current_city().is_example,
        )
    )
