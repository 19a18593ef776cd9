"""Tags and filters that every template has without loading them."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.template.context import Context
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from balai.foundation.calendar.clock import now
from balai.foundation.registry.discover import contributions
from balai.foundation.web import assets, charts, words
from balai.foundation.web.contributions import DeskAlarm
from balai.foundation.web.rules import geometry

register = template.Library()
NOTHING = "–"


@register.simple_tag
def icon(name: str, label: str = "", size: int = 20) -> SafeString:
    """Draw an icon of the allow-list in ``vendor.toml``; nothing when set-up could not fetch the icons.

    With ``label`` it speaks to screen readers; without, it is decoration beside a word.
    """
    drawing = assets.icons().get(name)
    if drawing is None:
        return format_html('<span class="b-hidden">{}</span>', label) if label else SafeString("")
    if not label:
        return _decoration(drawing, size)
    return _draw(drawing, size, format_html(' role="img" aria-label="{}"', label))


@register.simple_tag(takes_context=True)
def desk_alarms(context: Context) -> SafeString:
    """Write what is wrong with the service itself, as rooms see it (``DeskAlarm``); nothing when all is well."""
    at, written = now(), []
    for alarm in sorted(contributions(DeskAlarm), key=lambda alarm: alarm.order):
        found = alarm.context(at=at)
        if found is not None:
            written.append(render_to_string(alarm.template, found, request=context.get("request")))
    return mark_safe("".join(written))


@cache
def _decoration(drawing: str, size: int) -> SafeString:
    # as many as templates name, and a list of fifty lines draws a hundred
    return _draw(drawing, size, mark_safe(' aria-hidden="true"'))


def _draw(drawing: str, size: int, voice: SafeString) -> SafeString:
    return format_html(
        '<svg class="b-icon" width="{}" height="{}" viewBox="0 0 24 24" fill="none" stroke="currentColor" '
        'stroke-width="2" stroke-linecap="round" stroke-linejoin="round" focusable="false"{}>{}</svg>',
        size,
        size,
        voice,
        mark_safe(drawing),
    )


@register.filter
def when(value: datetime | None) -> str:
    """Write a moment in full, in the city's zone."""
    return words.moment_in_full(value) if value else NOTHING


@register.filter
def span(begins: datetime, ends: datetime) -> str:
    """Write from when until when something is: the day once, the zone once."""
    return words.span_in_full(begins, ends)


@register.filter
def until(value: datetime | None) -> str:
    """Write the end of a term in full; midnight as the last minute of the evening before."""
    return words.until_in_full(value) if value else NOTHING


@register.filter
def day(value: date | datetime | None) -> str:
    """Write a day in full."""
    return words.day_in_full(value) if value else NOTHING


@register.filter
def shortday(value: date | datetime | None) -> str:
    """Write a day briefly, for tables."""
    return words.day_in_short(value) if value else NOTHING


@register.filter
def month(value: date | datetime | None) -> str:
    """Write a month and its year."""
    return words.month(value) if value else NOTHING


@register.filter
def clock(value: datetime | None) -> str:
    """Write the time of day in the city: *14.30*."""
    return words.time_of_day(value) if value else NOTHING


@register.filter
def isotime(value: datetime | None) -> str:
    """Write a moment for programs, as forms send it back."""
    return value.isoformat() if value else ""


@register.filter
def minutes(value: float | None) -> str:
    """Write seconds as minutes: *12 menit*."""
    return NOTHING if value is None else words.minutes_in_words(value)


@register.filter
def ago(value: datetime | None) -> str:
    """Write how long ago a moment was."""
    return words.time_since(value, at=now()) if value else NOTHING


@register.filter
def due(value: datetime | None) -> str:
    """Write how long until a deadline, or how long past it."""
    return words.time_to(value, at=now()) if value else NOTHING


@register.simple_tag
def moment(value: datetime | None, style: str = "ago") -> SafeString | str:
    """Write a ``<time>`` element: relative (``ago``, ``due``) or ``full``, the full moment in its title."""
    if not value:
        return NOTHING
    if style == "full":
        return format_html('<time datetime="{}">{}</time>', value.isoformat(), when(value))
    text = {"ago": ago, "due": due, "day": day}[style](value)
    live = format_html(' data-balai-time="{}"', style) if style in ("ago", "due") else ""
    return format_html('<time datetime="{}" title="{}"{}>{}</time>', value.isoformat(), when(value), live, text)


@register.filter
def number(value: float | Decimal | None, decimals: int | None = None) -> str:
    """Write a number with the separators of the language."""
    return NOTHING if value is None or value == "" else words.number(value, decimals=decimals)


@register.filter
def percent(value: float | Decimal | None) -> str:
    """Write a share of 1 as per cent."""
    return NOTHING if value is None or value == "" else words.percent(value)


@register.filter
def rupiah(value: float | Decimal | None) -> str:
    """Write an amount of rupiah."""
    return NOTHING if value is None or value == "" else words.rupiah(value)


@register.filter
def named(thing: Any) -> str:
    """Write a thing's name in the language of the page: ``name_en``, ``label_en``, … ``name``, else itself."""
    if thing is None:
        return NOTHING
    language = (get_language() or "id")[:2]
    for field in (f"name_{language}", f"label_{language}", "name_id", "label_id", "name"):
        value = thing.get(field) if isinstance(thing, dict) else getattr(thing, field, None)
        if value:
            return str(value)
    return str(thing)


@register.simple_tag(takes_context=True)
def query_with(context: Context, **changes: Any) -> str:
    """Write the query of this address with changed parameters; None or an empty value takes one out."""
    request: HttpRequest = context["request"]
    query = request.GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value is None or value == "":
            continue
        if isinstance(value, (list, tuple, set)):
            query.setlist(name, [str(one) for one in value])
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}"


@register.simple_tag
def absolute(view: str, *args: Any) -> str:
    """Write the full address of a view, for other programs and for paper."""
    return f"{settings.BALAI_BASE_URL.rstrip('/')}{reverse(view, args=args)}"


@register.filter
def as_length(share: float | None) -> str:
    """Write a share of 1 as an SVG length; inline styles are refused by the content policy."""
    return geometry.per_cent(share or 0.0, 1.0)


@register.simple_tag
def bar_rows(rows: Iterable[Any], maximum: float | None = None) -> charts.Bars:
    """Work out the bars of ``_bars.html``."""
    return charts.bars(rows=rows or (), maximum=_given(maximum))


@register.simple_tag
def series_points(points: Iterable[Any], maximum: float | None = None, target: float | None = None) -> charts.Series:
    """Work out the columns of ``_series.html``."""
    return charts.series(points=points or (), maximum=_given(maximum), target=_given(target))


@register.inclusion_tag("web/_bars.html", takes_context=True)
def bars(context: Context, rows: Iterable[Any], **settings: Any) -> dict[str, Any]:
    """Draw horizontal bars with their table; the variables are those of ``web/_bars.html``."""
    return {"rows": rows, "request": context.get("request"), **settings}


@register.inclusion_tag("web/_series.html", takes_context=True)
def series(context: Context, points: Iterable[Any], **settings: Any) -> dict[str, Any]:
    """Draw months or days as columns with their table; the variables are those of ``web/_series.html``."""
    return {"points": points, "request": context.get("request"), **settings}


@register.inclusion_tag("web/_sparkline.html")
def sparkline(values: Iterable[float | None], label: str = "") -> dict[str, Any]:
    """Draw a small line of numbers; ``label`` says in words what it shows."""
    return {"line": charts.sparkline(values=list(values)), "label": label}


@register.filter
def has(things: Iterable[Any] | None, one: Any) -> bool:
    """Say whether one is among the things; for ticked filters."""
    return things is not None and str(one) in {str(thing) for thing in things}


@register.filter
def token(palette: dict[str, str], name: str) -> str:
    """Read one colour of a palette by its name, which may hold a dash."""
    return palette[name]


def _given(value: Any) -> float | None:
    # A variable that a template does not pass on arrives as an empty text.
    return None if value is None or value == "" else float(value)
