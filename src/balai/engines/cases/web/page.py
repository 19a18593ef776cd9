"""One matter on one screen."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from balai.engines.cases.actions.kinds import kind_at
from balai.engines.cases.contributions import CaseLink
from balai.engines.cases.forms import ChangeForm
from balai.engines.cases.models import Case
from balai.engines.cases.queries.kept import agencies
from balai.engines.cases.queries.photos import photos_of
from balai.engines.cases.queries.timeline import clocks_of, timeline
from balai.engines.cases.web.desk import Desk
from balai.engines.cases.web.offers import offers_of
from balai.engines.cases.web.timeline import clock_views, timeline_views
from balai.engines.cases.words import (
    CHANNEL_WORDS,
    answer_rows,
    label_of,
    mark_of,
    route_words,
    state_sentence,
)
from balai.foundation.calendar import clock
from balai.foundation.registry.discover import contributions
from balai.foundation.web.words import is_english


def case_context(request: HttpRequest, *, desk: Desk, case: Case, bound: ChangeForm | None = None) -> dict[str, Any]:
    """Return everything an officer needs of one matter on one screen."""
    at = clock.now()
    kind = kind_at(case.kind, case.kind_version)
    items = timeline(case=case, reader="staff")
    photos = photos_of(case_id=case.pk)
    unit_names = {unit.pk: unit.name for unit in agencies()}
    return {
        "desk": desk,
        "case": case,
        "kind": kind,
        "kind_label": label_of(kind),
        "state_label": label_of(kind.state(case.state)),
        "mark": mark_of(case, at),
        "sentence": state_sentence(case=case, kind=kind, at=at, unit_name=case.unit.name),
        "clocks": clock_views(case=case, kind=kind, clocks=clocks_of(case=case), at=at, staff=True),
        "timeline": timeline_views(items=items, kind=kind, photos=photos, unit_names=unit_names, public=False),
        "photos": photos,
        "offers": offers_of(request, desk=desk, case=case, kind=kind, bound=bound),
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


def _facts(case: Case) -> list[dict[str, Any]]:
    return [
        {"label": _("Category"), "value": case.category.name_en if is_english() else case.category.name_id},
        {"label": _("Channel"), "value": CHANNEL_WORDS.get(case.channel, case.channel)},
        {"label": _("Village"), "value": case.village.name if case.village else _("not known")},
        {"label": _("District"), "value": case.district.name if case.district else _("not known")},
        {"label": _("Place"), "value": case.place_words or "–"},
        {"label": _("Register number"), "value": case.register_number or _("given when work starts")},
        {"label": _("Agency"), "value": case.unit.name},
        {"label": _("Person"), "value": case.assignee.name if case.assignee else _("nobody yet")},
        {"label": _("Why it came here"), "value": route_words(case.routed_by)},
        {"label": _("Supporters"), "value": case.support_count},
    ]
