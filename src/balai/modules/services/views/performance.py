"""What was promised and what was kept: for everybody, and as data."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from balai.foundation.calendar import clock
from balai.foundation.places.queries import city_day, current_city
from balai.foundation.web.exports import ColumnKind, csv_answer, json_answer, open_to_all, parquet_answer
from balai.foundation.web.words import is_english, number, percent
from balai.modules.services.queries.performance import AgencyLine, Performance, ServicePerformance, performance
from balai.modules.services.rules.information_report import SERVICE
from balai.modules.services.rules.reasons import RETURN_REASONS
from balai.modules.services.standard_words import time_words

WINDOWS = (3, 12, 36)
HEAD = (
    "service",
    "agency",
    "promise",
    "received",
    "ended",
    "kept",
    "promised",
    "share_kept",
    "median_days",
    "ninety_percent_days",
    "returned",
    "open_now",
    "survey_index",
)
COLUMN_KINDS: tuple[ColumnKind, ...] = (
    "text", "text", "text", "whole", "whole", "whole", "whole", "real", "real", "whole", "whole", "whole", "text",
)  # fmt: skip


def _window(request: HttpRequest) -> tuple[int, date, date]:
    given = request.GET.get("months", "")
    months = next((window for window in WINDOWS if given == str(window)), 12)
    until = (city_day(clock.now()).replace(day=1) + timedelta(days=32)).replace(day=1)
    back = until.year * 12 + until.month - 1 - months
    return months, date(back // 12, back % 12 + 1, 1), until


@login_not_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Show promise and practice of every service, and how agencies keep their word."""
    months, since, until = _window(request)
    found = performance(since=since, until=until)
    return render(
        request,
        "services/performance.html",
        {
            "months": months,
            "windows": WINDOWS,
            "reports": any(line.service.slug == SERVICE for line in found.services),
            "whole": found.whole,
            "kept": percent(found.whole.kept_share) if found.whole and found.whole.kept_share is not None else "–",
            "services": [_line(line) for line in found.services],
            "agencies": [_agency(line) for line in found.agencies if line.share is not None],
            "is_corrected": found.effect.per_doubling < 0,
            # as people say it: points of a hundred, for twice the work
            "points": number(round(-found.effect.per_doubling * 100, 1)),
        },
    )


def _agency(line: AgencyLine) -> dict[str, Any]:
    share, load = line.standing.kept_share, line.corrected.load
    return {
        "label": line.unit.name,
        "share": line.share,
        "low": line.interval[0],
        "high": line.interval[1],
        "state": "" if line.standing.is_comparable else "quiet",
        "note": "–" if load is None else number(round(load, 1)),
        "counted": "–" if share is None else percent(share),
        "promised": line.standing.counts.promised,
    }


def _line(line: ServicePerformance) -> dict[str, Any]:
    record = line.service.record
    version = line.service.live
    promise = time_words(version.record_version.content.get("time"), brief=True) if version else ""
    words = {reason.slug: reason.label_en if is_english() else reason.label_id for reason in RETURN_REASONS}
    return {
        "record": record,
        "promise": promise,
        "received": line.standing.counts.received,
        "kept": percent(line.standing.kept_share) if line.standing.kept_share is not None else "–",
        "share": line.standing.kept_share,
        "median": _days(line.median),
        "most": _days(line.most),
        "open_now": line.open_now,
        "returned": line.returned,
        "why": [(words.get(slug, slug), count) for slug, count in list(line.reasons.items())[:2]],
        "survey": f"{number(line.survey.converted, decimals=2)} {line.survey.grade}" if line.survey else "",
    }


def _days(value: float | None) -> str:
    if value is None:
        return "–"
    return _("%(days)s days") % {"days": number(value)} if value else _("same day")


def _rows(found: Performance) -> Iterator[dict[str, Any]]:
    for line in found.services:
        counts = line.standing.counts
        version = line.service.live
        yield dict(
            zip(
                HEAD,
                (
                    line.service.slug,
                    line.service.record.unit.slug,
                    time_words(version.record_version.content.get("time"), brief=True) if version else "",
                    counts.received,
                    counts.ended,
                    counts.kept,
                    counts.promised,
                    _rounded(line.standing.kept_share),
                    line.median,
                    line.most,
                    line.returned,
                    line.open_now,
                    f"{line.survey.converted} {line.survey.grade}" if line.survey else None,
                ),
                strict=True,
            )
        )


@login_not_required
@require_safe
def export_csv(request: HttpRequest) -> StreamingHttpResponse:
    """Give the table as CSV."""
    _months, since, until = _window(request)
    rows = (list(row.values()) for row in _rows(performance(since=since, until=until)))
    return open_to_all(
        csv_answer(filename="kinerja-layanan.csv", head=HEAD, rows=rows, is_example=current_city().is_example)
    )


@login_not_required
@require_safe
def export_parquet(request: HttpRequest) -> HttpResponse:
    """Give the table as Parquet."""
    _months, since, until = _window(request)
    rows = [tuple(row.values()) for row in _rows(performance(since=since, until=until))]
    columns = dict(zip(HEAD, COLUMN_KINDS, strict=True))
    return open_to_all(
        parquet_answer(
            filename="kinerja-layanan.parquet", columns=columns, rows=rows, is_example=current_city().is_example
        )
    )


@login_not_required
@require_safe
def agencies_csv(request: HttpRequest) -> StreamingHttpResponse:
    """Give the league of agencies as CSV: what was counted, the load, and the share at the city's usual load."""
    _months, since, until = _window(request)
    found = performance(since=since, until=until)
    rows = (
        (
            line.unit.slug,
            line.standing.counts.promised,
            line.standing.counts.kept,
            _rounded(line.standing.kept_share),
            _rounded(line.corrected.load),
            _rounded(line.share),
            *(_rounded(end) for end in line.interval),
        )
        for line in found.agencies
    )
    head = ("agency", "promised", "kept", "share_kept", "load", "share_at_usual_load", "low", "high")
    return open_to_all(
        csv_answer(filename="kinerja-instansi.csv", head=head, rows=rows, is_example=current_city().is_example)
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


@login_not_required
@require_safe
def export_json(request: HttpRequest) -> StreamingHttpResponse:
    """Give the table as JSON."""
    _months, since, until = _window(request)
    rows = _rows(performance(since=since, until=until))
    return open_to_all(json_answer(name="performance", rows=rows, is_example=current_city().is_example))
