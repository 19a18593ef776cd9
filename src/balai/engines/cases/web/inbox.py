"""The inbox: groups and one page of lines."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.timezone import get_current_timezone_name
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from balai.engines.cases.actions.kinds import kind_at
from balai.engines.cases.forms import SavedFilterForm
from balai.engines.cases.models import Case
from balai.engines.cases.queries.desk import Count, DeskFilter, DeskPage, Key, desk_counts, desk_page
from balai.engines.cases.web.desk import Desk, require_desk
from balai.engines.cases.web.filters import Tab, saved_tabs
from balai.engines.cases.words import (
    called,
    is_late,
    is_opened_again,
    label_of,
    listed_place,
    listed_title,
    mark_of,
)
from balai.foundation.api.paging import encode_cursor, place_of
from balai.foundation.calendar import clock
from balai.foundation.web.words import is_english, time_since, time_to

GROUP_WORDS = {
    "late": gettext_lazy("Late"),
    "today": gettext_lazy("Due today"),
    "new": gettext_lazy("New"),
    "waiting": gettext_lazy("Waiting"),
    "mine": gettext_lazy("Mine"),
    "unassigned": gettext_lazy("Nobody's"),
    "open": gettext_lazy("All open"),
    "answered": gettext_lazy("Answered"),
    "ended": gettext_lazy("Ended"),
    "all": gettext_lazy("All"),
}


class RowView(NamedTuple):
    """One line of the inbox, every word ready: fifty lines are most of the page."""

    case: Case
    url: str
    select: str
    state: SafeString
    title: str
    place: str
    category: str
    unit: str
    late: bool
    age: str
    due: str
    who: str


# where a reference stands in the address of a matter while fifty addresses are made from one
_PLACE = "REFERENCE"


def _list_of(wanted: DeskFilter) -> str:
    # each group has its own order: a place in one is none in another
    return f"desk:{wanted.group}"


def _key(text: str, wanted: DeskFilter) -> Key | None:
    place = place_of(text, of=_list_of(wanted))
    return Key(*place) if place is not None else None


def _address(desk: Desk, parameters: Mapping[str, str]) -> str:
    given = {name: value for name, value in parameters.items() if value}
    return reverse(desk.inbox) + (f"?{urlencode(given)}" if given else "")


def counts_of(request: HttpRequest, *, family: str, at: datetime) -> dict[str, Count]:
    """Return the numbers beside the groups; counted once a page, for tabs and rail alike."""
    counted: dict[str, dict[str, Count]] = getattr(request, "desk_counts", {})
    if family not in counted:
        counted[family] = desk_counts(
            family=family,
            authority=request.authority,  # type: ignore[attr-defined]
            user_id=request.user.pk or 0,
            at=at,
            time_zone=get_current_timezone_name(),
        )
        request.desk_counts = counted  # type: ignore[attr-defined]
    return counted[family]


def _tabs(request: HttpRequest, desk: Desk, wanted: DeskFilter, *, at: datetime) -> list[Tab]:
    counts = counts_of(request, family=desk.family, at=at)
    tabs = []
    for group, label in GROUP_WORDS.items():
        count = counts.get(group)
        words = "" if count is None else f"{count.value}+" if count.more else str(count.value)
        tabs.append(
            Tab(
                label=str(label),
                url=_address(desk, asdict(wanted) | {"group": group}),
                is_here=wanted.group == group,
                count=words,
                attention=group == "late" and bool(count and count.value),
            )
        )
    return tabs


def row_views(page: DeskPage, *, desk: Desk, at: datetime) -> list[RowView]:
    """Return the lines of a page; what many lines share is made once."""
    address = reverse(desk.case, args=[_PLACE])
    select = _("Select %(reference)s")
    again = _("opened again")
    english = is_english()
    states: dict[tuple[str, str], SafeString] = {}

    def title_of(case: Case) -> str:
        if not desk.is_numbered or case.privacy == Case.Privacy.SECRET:
            return listed_title(case)
        return f"{case.reference} · {label_of(kind_at(case.kind, case.kind_version))}"

    def state_of(case: Case) -> SafeString:
        kind = kind_at(case.kind, case.kind_version)
        label = label_of(kind.state(case.state))
        key = (mark_of(case, at), f"{label} · {again}" if is_opened_again(case, kind) else label)
        if key not in states:
            states[key] = render_to_string("web/_state.html", {"state_class": key[0], "label": key[1]})
        return states[key]

    return [
        RowView(
            case=case,
            url=address.replace(_PLACE, case.reference),
            select=select % {"reference": case.reference},
            state=state_of(case),
            title=title_of(case),
            place=listed_place(case) or "–",
            category="" if desk.is_numbered else (english and case.category.name_en) or case.category.name_id,
            unit=case.unit.short_name,
            late=is_late(case, at),
            age=time_since(case.received_at, at=at),
            due=time_to(case.due_at, at=at) if case.due_at else "",
            who=case.assignee.name if case.assignee else "",
        )
        for case in page.rows
    ]


def inbox_context(request: HttpRequest, *, desk: Desk) -> dict[str, Any]:
    """Return what the inbox shows: tabs with counts, saved filters, one page of lines, choices to narrow by."""
    require_desk(request)
    at = clock.now()
    wanted = DeskFilter.read(request.GET.dict())
    after = _key(request.GET.get("after", ""), wanted)
    page = desk_page(
        family=desk.family,
        authority=request.authority,  # type: ignore[attr-defined]
        user_id=request.user.pk or 0,
        wanted=wanted,
        after=after,
        at=at,
        # the frame has set the city's own zone
        time_zone=get_current_timezone_name(),
    )
    parameters = request.GET.copy()
    next_url = ""
    if page.next_key is not None:
        parameters["after"] = encode_cursor(page.next_key.value, page.next_key.id, of=_list_of(wanted))
        next_url = f"{reverse(desk.inbox)}?{parameters.urlencode()}"
    return {
        "desk": desk,
        "called": called(desk.family),
        "wanted": wanted,
        "rows": row_views(page, desk=desk, at=at),
        "tabs": _tabs(request, desk, wanted, at=at),
        "saved": saved_tabs(request, desk),
        "choices": [
            {"name": name, "label": label, "options": options(), "chosen": getattr(wanted, name)}
            for name, label, options in desk.choices
        ],
        "next_url": next_url,
        "first_url": _address(desk, asdict(wanted)) if after is not None else "",
        "save_form": SavedFilterForm(initial={"query": request.GET.urlencode()}),
        "is_narrowed": any(getattr(wanted, name) for name in ("q", *(item[0] for item in desk.choices))),
        "list_url": f"{reverse(desk.inbox)}?{request.GET.urlencode()}",
        "at": at,
    }
