"""One matter on one screen."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from balai.engines.cases.actions.kinds import kind_at
from balai.engines.cases.contributions import CaseLink
from balai.engines.cases.forms import ChangeForm
from balai.engines.cases.models import Case
from balai.engines.cases.queries.families import family_of
from balai.engines.cases.queries.kept import agencies
from balai.engines.cases.queries.photos import photos_of
from balai.engines.cases.queries.subjects import subject_name
from balai.engines.cases.queries.timeline import TimelineItem, clocks_of, timeline
from balai.engines.cases.web.desk import Desk
from balai.engines.cases.web.offers import offers_of
from balai.engines.cases.web.timeline import clock_views, timeline_views
from balai.engines.cases.words import (
    CHANNEL_WORDS,
    answer_rows,
    called,
    label_of,
    mark_of,
    route_words,
    state_sentence,
)
from balai.foundation.calendar import clock
from balai.foundation.registry.discover import contributions
from balai.foundation.web.words import is_english

# of the number of an event; longer ones are nobody's
MOST_DIGITS = 9


def case_context(
    request: HttpRequest, *, desk: Desk, case: Case, bound: ChangeForm | None = None, first: str = ""
) -> dict[str, Any]:
    """Return everything an officer needs of one matter on one screen.

    ``bound`` is a change that came back; ``first`` names the change to put forward.
    """
    at = clock.now()
    kind = kind_at(case.kind, case.kind_version)
    items = timeline(case=case, reader="staff")
    clocks = clocks_of(case=case)
    photos = photos_of(case_id=case.pk)
    unit_names = {unit.pk: unit.name for unit in agencies()}
    views = timeline_views(items=items, kind=kind, photos=photos, unit_names=unit_names, public=False)
    offers = offers_of(request, desk=desk, case=case, kind=kind, bound=bound, first=first)
    news = _news(request, items, views) if bound is not None else []
    return {
        "desk": desk,
        "called": called(desk.family),
        "case": case,
        "title": case.title,
        "kind": kind,
        "kind_label": label_of(kind),
        "state_label": label_of(kind.state(case.state)),
        "mark": mark_of(case, at),
        "sentence": state_sentence(case=case, kind=kind, at=at, unit_name=case.unit.name, clocks=clocks),
        "clocks": clock_views(case=case, kind=kind, clocks=clocks, at=at, staff=True),
        "timeline": views,
        "news": news,
        # the form that would show them is gone with the step that is no longer possible
        "typed": bound.data.get("text", "") if bound is not None and news and not offers.has(bound.change.name) else "",
        "photos": photos,
        "offers": offers,
        "answers": answer_rows(case),
        "facts": _facts(case),
        "links": [
            row for link in contributions(CaseLink) if link.kind in ("", case.kind) for row in link.facts(case=case)
        ],
        "may_see_contact": case.reporter_id is not None
        and request.authority.may(  # type: ignore[attr-defined]
            "cases.see_contact", unit_id=case.unit_id, district_id=case.district_id, village_id=case.village_id
        ),
        "at": at,
    }


def _news(request: HttpRequest, items: list[TimelineItem], views: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what happened after the page was drawn from which a change came back; nothing where nothing did."""
    seen = request.POST.get("seq", "")
    if not seen.isdecimal() or len(seen) > MOST_DIGITS:
        return []
    return [
        {**view, "who": _("you, on another page") if _is_own(request, item) else view["who"]}
        for item, view in zip(items, views, strict=True)
        if item.event.seq > int(seen)
    ]


def _is_own(request: HttpRequest, item: TimelineItem) -> bool:
    return (item.event.actor_kind, item.event.actor_id) == ("staff", request.user.pk)


def _about(case: Case) -> list[dict[str, Any]]:
    name, url = subject_name(case, english=is_english())
    return [{"label": _("About"), "value": name, "url": url}] if name else []


def _facts(case: Case) -> list[dict[str, Any]]:
    return [
        *_about(case),
        {"label": _("Category"), "value": case.category.name_en if is_english() else case.category.name_id},
        {"label": _("Channel"), "value": CHANNEL_WORDS.get(case.channel, case.channel)},
        {"label": _("Village"), "value": case.village.name if case.village else _("not known")},
        {"label": _("District"), "value": case.district.name if case.district else _("not known")},
        {"label": _("Place"), "value": case.place_words or "–"},
        {
            "label": _("Register number"),
            "value": case.register_number or (_("given when work starts") if case.is_open else "–"),
        },
        {"label": _("Agency"), "value": case.unit.name},
        {"label": _("Person"), "value": case.assignee.name if case.assignee else _("nobody yet")},
        {"label": _("Why it came here"), "value": route_words(case.routed_by)},
        # nobody can support what nobody but its person can read
        *([{"label": _("Supporters"), "value": case.support_count}] if family_of(case).public_page else []),
    ]
