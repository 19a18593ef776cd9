"""Pages that everybody may read: list and map, one matter, statistics, open data."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from balai.engines.cases import web
from balai.engines.cases.actions import support_case
from balai.engines.cases.actions.kinds import kind_at
from balai.engines.cases.models import Case, MonthTotal
from balai.engines.cases.queries import public_cases
from balai.engines.cases.queries.desk import Key
from balai.engines.cases.queries.subjects import subject_name, subject_of
from balai.engines.cases.queries.timeline import clocks_of, timeline
from balai.engines.cases.queries.totals import Standing, months, standings
from balai.engines.cases.rules.references import is_reference, tidy_reference
from balai.engines.cases.web.photos import photo_view
from balai.engines.cases.words import is_late, label_of, mark_of, state_sentence
from balai.foundation.api.paging import encode_cursor, place_of
from balai.foundation.calendar import clock
from balai.foundation.files.queries import attachments_of
from balai.foundation.limits.actions import check_limit
from balai.foundation.limits.callers import caller_of
from balai.foundation.places.queries import current_city, districts, villages
from balai.foundation.web import words
from balai.foundation.web.exports import csv_answer, json_answer, open_to_all
from balai.foundation.web.words import is_english
from balai.modules.complaints.case_kinds import KIND_SLUGS, KINDS
from balai.modules.complaints.queries.map import clusters
from balai.modules.complaints.queries.public import (
    RECORD,
    PublicFilter,
    every,
    public_page,
    record_row,
)
from balai.modules.complaints.queries.set_up import set_up

HOUR = timedelta(hours=1)
EXPORTS_AN_HOUR, SEARCHES_AN_HOUR = 60, 1_200
# what the cursors of this list are signed for
LIST = "complaints"
DEVICE_COOKIE = "balai_device"


def state_words() -> dict[str, str]:
    """Return the states by which the list can be narrowed."""
    return {
        "open": _("Open"),
        "late": _("Past the promise"),
        "answered": _("Answered"),
        "confirmed": _("Fixed, confirmed"),
        "silent": _("Closed, not confirmed"),
        "refused": _("Cannot be handled"),
    }


def _named(row: Any) -> str:
    return str(row.name_en if is_english() else row.name_id)


def _choices() -> list[dict[str, Any]]:
    known = set_up()
    categories = sorted(known.categories.values(), key=lambda row: (row.order, row.name_id))
    units = sorted(known.units.values(), key=lambda row: row.name)
    return [
        {"name": "category", "label": _("Category"), "options": [(row.slug, _named(row)) for row in categories]},
        {"name": "state", "label": _("State"), "options": list(state_words().items())},
        {"name": "district", "label": _("District"), "options": [(area.code, area.name) for area in districts()]},
        {"name": "unit", "label": _("Agency"), "options": [(row.slug, row.name) for row in units]},
    ]


def _rows(rows: list[Case], at: datetime) -> list[dict[str, Any]]:
    return [
        {
            "case": case,
            "url": reverse("complaints:case", args=[case.reference]),
            "state": label_of(kind_at(case.kind, case.kind_version).state(case.state)),
            "mark": mark_of(case, at),
            "late": is_late(case, at),
        }
        for case in rows
    ]


@login_not_required
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """List and map: two views of one filter, which is in the address."""
    wanted = PublicFilter.read(request.GET.dict())
    if is_reference(wanted.q) and public_cases().filter(reference=tidy_reference(wanted.q)).exists():
        return redirect("complaints:case", tidy_reference(wanted.q))
    if wanted.q:
        # words are looked for in every text
        _limit_reading(request, what="search", most=SEARCHES_AN_HOUR)
    at = clock.now()
    place = place_of(request.GET.get("after", ""), of=LIST)
    after = Key(*place) if place is not None else None
    page = public_page(wanted=wanted, after=after, at=at)
    given = {name: value for name, value in asdict(wanted).items() if value}
    choices = _choices()
    for choice in choices:
        choice["chosen"] = given.get(choice["name"], "")
    next_url = ""
    if page.next_key is not None:
        next_url = "?" + urlencode(given | {"after": encode_cursor(page.next_key.value, page.next_key.id, of=LIST)})
    context = {
        "wanted": wanted,
        "rows": _rows(page.rows, at),
        "count": page.count,
        "choices": choices,
        "next_url": next_url,
        "first_url": "?" + urlencode(given) if after else "",
        "query": urlencode(given),
        "about": subject_of(wanted.about),
        "map_query": urlencode({name: value for name, value in given.items() if name != "bbox"}),
        "villages": villages() if wanted.is_empty else [],
    }
    # htmx asks for the list alone when the map has moved
    template = "complaints/_list.html" if getattr(request, "htmx", False) else "complaints/list.html"
    return render(request, template, context)


@login_not_required
@require_GET
def map_points(request: HttpRequest) -> HttpResponse:
    """Clusters of the present filter inside a box, complete at any zoom."""
    wanted = PublicFilter.read(request.GET.dict())
    box = wanted.box
    zoom = request.GET.get("zoom", "13")
    if box is None or not zoom.isdecimal():
        return HttpResponse(
            json.dumps(
                {
                    "type": "about:blank",
                    "title": _("bbox=west,south,east,north and zoom are needed"),
                    "status": 400,
                }
            ),
            status=400,
            content_type="application/problem+json",
        )
    if wanted.q:
        # apart from the list, which asks along whenever the map is moved; without words an index answers
        _limit_reading(request, what="map-search", most=SEARCHES_AN_HOUR)
    found = clusters(wanted=wanted, box=box, zoom=min(int(zoom), 20), at=clock.now())
    response = HttpResponse(json.dumps({"clusters": found}), content_type="application/json")
    response["Cache-Control"] = "public, max-age=15"
    return response


@login_not_required
@require_GET
def case(request: HttpRequest, reference: str) -> HttpResponse:
    """One matter as everybody sees it."""
    found = (
        public_cases()
        .select_related("category", "unit", "village", "district", "merged_into")
        .filter(reference=tidy_reference(reference))
        .first()
    )
    if found is None:
        raise Http404
    at = clock.now()
    kind = kind_at(found.kind, found.kind_version)
    photos = [
        photo
        for photo in attachments_of(owner_kind="case", owner_ids=[found.pk]).get(found.pk, [])
        if photo.public and photo.state == "ready"
    ]
    items = timeline(case=found, reader="public")
    names = {unit.pk: unit.name for unit in set_up().units.values()}
    before = next((photo for photo in photos if photo.purpose == "photo"), None)
    proof = next((photo for photo in reversed(photos) if photo.purpose == "proof"), None)
    views = web.timeline_views(items=items, kind=kind, photos=photos, unit_names=names, public=True)
    return render(
        request,
        "complaints/case.html",
        {
            "case": found,
            "kind_label": label_of(kind),
            "state_label": label_of(kind.state(found.state)),
            "mark": mark_of(found, at),
            "sentence": state_sentence(case=found, kind=kind, at=at, unit_name=found.unit.name),
            "steps": web.progress_steps(case=found, kind=kind, items=items),
            "clocks": web.clock_views(case=found, kind=kind, clocks=clocks_of(case=found), at=at, staff=False),
            "timeline": views,
            "before": photo_view(before),
            "after": photo_view(proof),
            "about": subject_name(found, english=is_english()),
        },
    )


@login_not_required
@require_POST
def support(request: HttpRequest, reference: str) -> HttpResponse:
    """Count a "saya juga": once per device, without an account."""
    found = public_cases().filter(reference=reference).first()
    if found is None:
        raise Http404
    at = clock.now()
    check_limit(key=f"support:{caller_of(request)}", limit=120, per=web.HOUR, at=at)
    response = redirect("complaints:case", reference)
    device = request.get_signed_cookie(DEVICE_COOKIE, default="") or ""
    if not device:
        device = signing.dumps(at.timestamp())[-40:]
        response.set_signed_cookie(
            DEVICE_COOKIE, device, max_age=365 * 24 * 3600, httponly=True, samesite="Lax", secure=request.is_secure()
        )
    support_case(case=found, device=device, at=at)
    return response


def _period(request: HttpRequest, today: date) -> tuple[date, date, int]:
    chosen = request.GET.get("months", "12")
    length = int(chosen) if chosen in ("3", "6", "12", "24", "36") else 12
    first = today.year * 12 + today.month - 1 - (length - 1)
    after = today.year * 12 + today.month
    return date(first // 12, first % 12 + 1, 1), date(after // 12, after % 12 + 1, 1), length


def _percent(share: float | None) -> str:
    """Return a share as the page writes it; a dash where nothing is decided yet."""
    return words.percent(share) if share is not None else "–"


def _bars(found: dict[int, Standing], names: dict[int, str], links: dict[int, str]) -> list[dict[str, Any]]:
    rows = [
        {
            "label": names[key],
            "url": links.get(key, ""),
            "value": standing.kept_share,
            "share": standing.kept_share,
            "text": _percent(standing.kept_share),
            "low": standing.interval[0],
            "high": standing.interval[1],
            "note": ngettext("%(count)s promise", "%(count)s promises", standing.counts.promised)
            % {"count": standing.counts.promised},
        }
        for key, standing in found.items()
        if key in names and standing.is_comparable
    ]
    return sorted(rows, key=lambda row: row["value"] if row["value"] is not None else 2)


@login_not_required
@require_GET
def statistics(request: HttpRequest) -> HttpResponse:
    """Did they keep their word: from roll-ups, each chart with its table, its date and the way to the rows."""
    city = current_city()
    at = clock.now()
    today = at.astimezone(ZoneInfo(city.time_zone)).date()
    since, until, length = _period(request, today)
    kind = request.GET.get("kind", "")
    kind = kind if kind in KIND_SLUGS else ""
    known = set_up()
    kinds = [kind] if kind else KIND_SLUGS
    found = standings(
        dimensions=("all", "unit", "category", "district"),
        medians=("all", "category"),
        since=since,
        until=until,
        kinds=kinds,
    )
    by_unit, by_category = found["unit"], found["category"]
    by_month = months(since=since, until=until, kinds=kinds)
    categories = {row.pk: row for row in known.categories.values()}
    address = reverse("complaints:list")
    unit_rows = _bars(
        by_unit,
        {unit.pk: unit.name for unit in known.units.values()},
        {unit.pk: f"{address}?unit={unit.slug}" for unit in known.units.values()},
    )
    slow = sorted(
        (
            {
                "label": _named(categories[key]),
                "url": f"{address}?category={categories[key].slug}",
                "value": standing.median,
                "share": None,
                "text": ngettext("%(count)s day", "%(count)s days", round(standing.median))
                % {"count": f"{standing.median:g}"},
                "note": standing.counts.confirmed + standing.counts.silent,
            }
            for key, standing in by_category.items()
            if key in categories and standing.median is not None and standing.counts.ended >= 10
        ),
        key=lambda row: -float(row["value"] or 0),
    )
    return render(
        request,
        "complaints/statistics.html",
        {
            "whole": found["all"].get(0),
            "since": since,
            "at": at,
            "length": length,
            "lengths": (3, 6, 12, 24, 36),
            "kind": kind,
            "kinds": [(item.slug, label_of(item)) for item in KINDS],
            "unit_rows": unit_rows,
            "unit_title": _unit_title(unit_rows),
            "category_rows": slow,
            "category_title": _slow_title(slow),
            "district_rows": _bars(
                found["district"],
                {area.pk: area.name for area in districts()},
                {area.pk: f"{address}?district={area.code}" for area in districts()},
            ),
            "received_points": [
                {
                    "label": words.month_in_short(month),
                    "value": standing.counts.received,
                    "text": str(standing.counts.received),
                }
                for month, standing in by_month
            ],
            "kept_points": [
                {
                    "label": words.month_in_short(month),
                    "value": standing.kept_share * 100 if standing.kept_share is not None else None,
                    "text": _percent(standing.kept_share),
                }
                for month, standing in by_month
            ],
            "few": sum(1 for standing in by_unit.values() if not standing.is_comparable),
        },
    )


def _unit_title(rows: list[dict[str, Any]]) -> str:
    if not rows:
        return _("Too few promises to compare agencies")
    worst = rows[0]
    return _("%(unit)s keeps the fewest promises: %(share)s in time") % {
        "unit": worst["label"],
        "share": worst["text"],
    }


def _slow_title(rows: list[dict[str, Any]]) -> str:
    if not rows:
        return _("Nothing has ended yet")
    return _("%(category)s is slowest: half of them took longer than %(time)s") % {
        "category": rows[0]["label"],
        "time": rows[0]["text"],
    }


def _limit_reading(request: HttpRequest, *, what: str, most: int) -> None:
    """Keep one address from reading the whole record over and over; in a village many share one.

    :raises TooMany: answered by the frame with the page and the header of it.
    """
    check_limit(key=f"public:{what}:{caller_of(request)}", limit=most, per=HOUR, at=clock.now())


def _exported(request: HttpRequest) -> Iterator[Case]:
    _limit_reading(request, what="export", most=EXPORTS_AN_HOUR)
    return every(PublicFilter.read(request.GET.dict()), at=clock.now())


@login_not_required
@require_GET
def export_csv(request: HttpRequest) -> StreamingHttpResponse:
    """Give the public record as CSV, narrowed by the same address parameters as the list."""
    rows = (list(record_row(case).values()) for case in _exported(request))
    return open_to_all(
        csv_answer(filename="laporan-publik.csv", head=RECORD, rows=rows, is_example=current_city().is_example)
    )


@login_not_required
@require_GET
def export_json(request: HttpRequest) -> StreamingHttpResponse:
    """Give the public record as JSON."""
    rows = (record_row(case) for case in _exported(request))
    return open_to_all(json_answer(name="reports", rows=rows, is_example=current_city().is_example))


@login_not_required
@require_GET
def export_statistics(request: HttpRequest) -> StreamingHttpResponse:
    """Give the counts behind the charts as CSV: every month, agency, category, district and village."""
    _limit_reading(request, what="export", most=EXPORTS_AN_HOUR)
    known = set_up()
    names = {
        "unit": {unit.pk: unit.slug for unit in known.units.values()},
        "category": {row.pk: row.slug for row in known.categories.values()},
        "district": {area.pk: area.code for area in districts()},
        "village": {area.pk: area.code for area in villages()},
    }
    columns = [field.name for field in MonthTotal._meta.fields if field.name not in ("id", "key")]
    totals = MonthTotal.objects.filter(kind__in=KIND_SLUGS).order_by("month", "dimension", "kind", "key")
    rows = (
        [*(getattr(row, column) for column in columns), names.get(row.dimension, {}).get(row.key, "")]
        for row in totals.iterator(chunk_size=1_000)
    )
    return csv_answer(
        filename="statistik-laporan.csv", head=[*columns, "name"], rows=rows, is_example=current_city().is_example
    )
