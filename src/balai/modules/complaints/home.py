"""What complaints show on the home page: did the city keep its word, and what is going on where."""

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from balai.engines.cases.queries.totals import Standing, months, standings
from balai.foundation.calendar import clock
from balai.foundation.places.queries import NoCityYet, city_day, districts
from balai.foundation.web import words
from balai.modules.complaints.case_kinds import KIND_SLUGS

MONTHS_SHOWN = 12


def _first(today: date, back: int) -> date:
    """Return the first day of the month ``back`` months before that of ``today``."""
    count = today.year * 12 + today.month - 1 - back
    return date(count // 12, count % 12 + 1, 1)


def _today(at: datetime) -> date | None:
    try:
        today = city_day(at)
    except NoCityYet:
        return None
    return today


def word_kept(*, request: HttpRequest) -> dict[str, Any] | None:
    """Return this month's three figures: received, first answers in time, ended ones confirmed as fixed."""
    today = _today(clock.now())
    if today is None:
        return None
    by_month = dict(months(since=_first(today, MONTHS_SHOWN - 1), until=_first(today, -1), kinds=KIND_SLUGS))
    if not by_month:
        return None
    this, last = by_month.get(_first(today, 0)), by_month.get(_first(today, 1))
    shown, of = (this, _first(today, 0)) if this is not None else (last, _first(today, 1))
    if shown is None:
        return None
    line = [by_month.get(_first(today, back)) for back in range(MONTHS_SHOWN - 1, -1, -1)]
    counts = shown.counts
    return {
        "month": of,
        "until": today,
        "url": reverse("complaints:statistics"),
        "figures": [
            {
                "label": _("Reports received"),
                "value": words.number(counts.received),
                "note": "",
                "values": [item.counts.received if item else None for item in line],
                "url": reverse("complaints:list"),
            },
            _share(
                label=_("First answers in time"),
                share=shown.answered_share,
                part=counts.answered_in_time,
                whole=counts.answer_due,
                values=[item.answered_share if item else None for item in line],
                url=reverse("complaints:statistics"),
            ),
            _share(
                label=_("Fixed, confirmed by the reporter"),
                share=shown.confirmed_share,
                part=counts.confirmed,
                whole=counts.confirmed + counts.silent,
                values=[_confirmed(item) for item in line],
                url=reverse("complaints:list") + "?state=confirmed",
            ),
        ],
    }


def _confirmed(item: Standing | None) -> float | None:
    return item.confirmed_share if item else None


def _share(
    *, label: str, share: float | None, part: int, whole: int, values: list[float | None], url: str
) -> dict[str, Any]:
    return {
        "label": label,
        "value": "–" if share is None else words.percent(share),
        "note": _("%(part)s of %(whole)s decided so far") % {"part": words.number(part), "whole": words.number(whole)}
        if whole
        else _("nothing decided yet"),
        "values": values,
        "url": url,
    }


def by_district(*, request: HttpRequest) -> dict[str, Any] | None:
    """Return the districts with how many reports came in this month; one tap shows what is going on there."""
    today = _today(clock.now())
    if today is None:
        return None
    counts = standings(dimensions=("district",), since=_first(today, 0), until=_first(today, -1), kinds=KIND_SLUGS)[
        "district"
    ]
    rows = [
        {
            "name": area.name,
            "url": reverse("complaints:list") + f"?district={area.code}",
            "count": counts[area.pk].counts.received if area.pk in counts else 0,
        }
        for area in districts()
    ]
    return {"districts": rows} if rows else None
