"""What the city promises, for everybody: the list of services, one service, and both as data."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from balai.engines.catalogs.contributions import RecordLinks
from balai.engines.catalogs.queries import asked_about
from balai.foundation.calendar import clock
from balai.foundation.documents.typesetting import CannotTypeset
from balai.foundation.limits.actions import check_limit
from balai.foundation.limits.callers import caller_of
from balai.foundation.places.queries import city_day, current_city
from balai.foundation.registry.discover import contributions
from balai.foundation.web.errors import error_answer
from balai.foundation.web.exports import csv_answer, json_answer, open_to_all
from balai.foundation.web.words import is_english
from balai.modules.services.models import Service
from balai.modules.services.papers import Paper, paper_of
from balai.modules.services.queries.life import life_events
from balai.modules.services.queries.standards import ServiceLine, matches, service_line, service_lines
from balai.modules.services.rules.standard import KIND, SIPPN, STANDARD, sippn_row
from balai.modules.services.standard_words import component_label, fee_words, time_words, value_words
from balai.modules.services.views._lookup import lookup_address

LONGEST_QUESTION = 80
HOUR = timedelta(hours=1)
PAPERS_AN_HOUR = 200


@login_not_required
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Show every service by group, with its promise in one line."""
    wanted = request.GET.get("q", "").strip()[:LONGEST_QUESTION]
    day = city_day(clock.now())
    lines = [line for line in service_lines(day=day) if matches(line, wanted)]
    groups: dict[str, list[dict[str, Any]]] = {}
    for line in lines:
        groups.setdefault(_group(line), []).append(_row(line))
    return render(
        request,
        "services/list.html",
        {
            "groups": groups.items(),
            "wanted": wanted,
            "count": len(lines),
            "live": sum(line.is_live for line in lines),
            "events": [] if wanted else life_events(),
            "asked": 0 if wanted else asked_about(kind=KIND, day=day).count(),
            "lookup_url": lookup_address(),
        },
    )


def _group(line: ServiceLine) -> str:
    record = line.record
    return (record.group_en or record.group_id) if is_english() else record.group_id


def _row(line: ServiceLine) -> dict[str, Any]:
    content = line.version.content if line.version else {}
    return {
        "line": line,
        "record": line.record,
        "time": time_words(content.get("time")),
        "brief_time": time_words(content.get("time"), brief=True),
        "fee": fee_words(content.get("fee")),
        "missing": len(line.complete.missing),
    }


@login_not_required
@require_safe
def service(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one service: what you need, how long, how much; then the whole standard; then what is missing."""
    day = city_day(clock.now())
    line = service_line(slug=slug, day=day)
    if line is None:
        raise Http404
    content = line.version.content if line.version else {}
    parts = [
        {
            "component": component,
            "label": component_label(component),
            "value": value_words(component.kind, content.get(component.slug)),
            "is_list": component.kind == "list",
        }
        for component in STANDARD.components
        if component.slug not in ("summary", "origin")
    ]
    return render(
        request,
        "services/service.html",
        {
            **_row(line),
            "content": content,
            "public_parts": [part for part in parts if part["component"].public],
            "other_parts": [part for part in parts if not part["component"].public],
            "filled": len(line.complete.filled),
            "total": len(line.complete.filled) + len(line.complete.missing),
            "linked": _linked_data(request, line),
            "links": [row for each in contributions(RecordLinks) for row in each.call(line.record)],
            "asked": asked_about(kind=KIND, day=day).filter(record=line.record).first(),
            "is_open": line.is_live and Service.objects.filter(record=line.record, live__isnull=False).exists(),
        },
    )


@login_not_required
@require_safe
def paper(request: HttpRequest, slug: str, paper: Paper) -> HttpResponse:
    """Hand out the standard, or the poster for the counter, as a PDF."""
    at = clock.now()
    line = service_line(slug=slug, day=city_day(at))
    if line is None:
        raise Http404
    # only the first look at a version costs anything; nobody asks for all of them in a minute
    check_limit(key=f"papers:{caller_of(request)}", limit=PAPERS_AN_HOUR, per=HOUR, at=at)
    try:
        content = paper_of(line=line, paper=paper, at=at)
    except CannotTypeset:
        return error_answer(request, status=503, key="busy", headers={"Retry-After": "60"})
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{paper}-{slug}.pdf"'
    response["Content-Language"] = get_language() or "id"
    response["Vary"] = "Accept-Language, Cookie"
    return response


def _linked_data(request: HttpRequest, line: ServiceLine) -> str:
    """Return the service as schema.org's ``GovernmentService``, safe inside a script element."""
    content = line.version.content if line.version and line.is_live else {}
    data = {
        "@context": "https://schema.org",
        "@type": "GovernmentService",
        "name": line.record.name_id,
        "url": request.build_absolute_uri(reverse("services:service", args=[line.record.slug])),
        "serviceOperator": {"@type": "GovernmentOrganization", "name": line.record.unit.name},
        "areaServed": current_city().name,
        **({"description": content["summary"]} if content.get("summary") else {}),
        **({"serviceOutput": content["product"]} if content.get("product") else {}),
        **({"isAccessibleForFree": True} if content.get("fee", {}).get("free") else {}),
    }
    text = json.dumps(data, ensure_ascii=False)
    # nothing in a text may end the element that it stands in
    return mark_safe(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))


def _records() -> Iterator[dict[str, Any]]:
    for line in service_lines(day=city_day(clock.now())):
        content = line.version.content if line.version else {}
        yield {
            "slug": line.record.slug,
            "published": line.is_live,
            "missing": list(line.complete.missing),
            **sippn_row(
                name=line.record.name_id,
                unit=line.record.unit.name,
                decree_number=line.version.decree_number if line.version else "",
                content=content,
                time=time_words(content.get("time")),
                fee=fee_words(content.get("fee")),
            ),
        }


@login_not_required
@require_safe
def export_csv(request: HttpRequest) -> StreamingHttpResponse:
    """Give the catalogue with the fields that the national portal asks for."""
    head = ("slug", "published", "missing", *SIPPN)
    rows = ([*list(row.values())[:2], ", ".join(row["missing"]), *list(row.values())[3:]] for row in _records())
    return open_to_all(csv_answer(filename="layanan.csv", head=head, rows=rows, is_example=current_city().is_example))


@login_not_required
@require_safe
def export_json(request: HttpRequest) -> StreamingHttpResponse:
    """Give the catalogue as JSON."""
    return open_to_all(json_answer(name="services", rows=_records(), is_example=current_city().is_example))
