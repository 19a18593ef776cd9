"""Inbox and case pages; what they show comes from the engine."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from balai.engines.cases import web
from balai.engines.cases.actions import CaseMovedOn, correct_case
from balai.engines.cases.models import Case
from balai.engines.cases.queries.desk import DeskFilter, desk_rows
from balai.foundation.calendar import clock
from balai.foundation.events.rules import Actor
from balai.foundation.places.queries import current_city
from balai.foundation.web.exports import csv_answer
from balai.modules.complaints.case_kinds import KINDS
from balai.modules.complaints.queries.set_up import set_up

EXPORTED = ("reference", "state", "title", "category", "unit", "village", "received_at", "due_at", "closed_at")


def _categories() -> list[tuple[str, str]]:
    named = "name_en" if web.is_english() else "name_id"
    rows = sorted(set_up().categories.values(), key=lambda row: (row.order, row.name_id))
    return [(row.slug, getattr(row, named)) for row in rows]


DESK = web.Desk(
    slug="complaints",
    family="complaint",
    inbox="complaints_desk:inbox",
    case="complaints_desk:case",
    change="complaints_desk:change",
    undo="complaints_desk:undo",
    filters="complaints_desk:filters",
    bulk="complaints_desk:bulk",
    contact="complaints_desk:contact",
    choices=(
        ("category", gettext_lazy("Category"), _categories),
        ("district", gettext_lazy("District"), lambda: [(area.code, area.name) for area in set_up().districts]),
        (
            "unit",
            gettext_lazy("Agency"),
            lambda: sorted(((unit.slug, unit.name) for unit in set_up().units.values()), key=lambda pair: pair[1]),
        ),
        ("kind", gettext_lazy("Kind"), lambda: [(kind.slug, web.label_of(kind)) for kind in KINDS]),
    ),
)


@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """Show what is mine, what is late, what is next."""
    return render(request, "complaints/desk/inbox.html", web.inbox_context(request, desk=DESK))


@require_POST
def filters(request: HttpRequest) -> HttpResponse:
    """Keep or remove a tab."""
    return web.filters(request, desk=DESK)


@require_POST
def bulk(request: HttpRequest) -> HttpResponse:
    """Take the selected matters."""
    return web.bulk_take(request, desk=DESK)


@require_GET
def case(request: HttpRequest, reference: str) -> HttpResponse:
    """One matter, everything on one screen; or the one form of it that htmx asks for."""
    found = web.access_case(request, desk=DESK, reference=reference)
    part = web.offer_part(request, desk=DESK, case=found)
    return part or render(request, "complaints/desk/case.html", web.case_context(request, desk=DESK, case=found))


@require_POST
def change(request: HttpRequest, reference: str, change: str) -> HttpResponse:
    """Make one change."""
    found = web.access_case(request, desk=DESK, reference=reference)
    done, form = web.make_change(request, desk=DESK, case=found, change_name=change)
    if done is not None:
        return done
    # the newest state beside the words that were typed
    fresh = web.access_case(request, desk=DESK, reference=reference)
    if form is not None:
        typed = request.POST.copy()
        typed["seq"] = str(fresh.seq)
        form.data = typed
    context = web.case_context(request, desk=DESK, case=fresh, bound=form)
    return render(request, "complaints/desk/case.html", context, status=409)


@require_http_methods(["GET", "POST"])
def undo(request: HttpRequest, reference: str, seq: int) -> HttpResponse:
    """Take back one's last step."""
    return web.undo(request, desk=DESK, case=web.access_case(request, desk=DESK, reference=reference), seq=seq)


@require_POST
def contact(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the reporter's contact, on the record."""
    found = web.access_case(request, desk=DESK, reference=reference)
    reason = request.POST.get("reason", "").strip()
    if not reason:
        return redirect(DESK.case, reference)
    return web.contact(request, desk=DESK, case=found, reason=reason)


@require_POST
def correct(request: HttpRequest, reference: str) -> HttpResponse:
    """Set another category; routing is proposed, not done."""
    found = web.access_case(request, desk=DESK, reference=reference)
    if not request.authority.may(  # type: ignore[attr-defined]
        "cases.assign", unit_id=found.unit_id, district_id=found.district_id, village_id=found.village_id
    ):
        raise PermissionDenied
    category = set_up().categories.get(request.POST.get("category", ""))
    seq = request.POST.get("seq", "")
    if category is None or not (seq.isdecimal() and len(seq) < 9):
        messages.error(request, _("Choose a category from the list."))
        return redirect(DESK.case, reference)
    try:
        correct_case(
            case_id=found.pk,
            category=category,
            actor=Actor("staff", request.user.pk),
            expected_seq=int(seq),
            at=clock.now(),
        )
    except CaseMovedOn:
        messages.error(request, _("Somebody else changed this report a moment ago; nothing was changed."))
    else:
        messages.success(request, _("Category corrected."))
    return redirect(DESK.case, reference)


@require_GET
def export(request: HttpRequest) -> StreamingHttpResponse:
    """Write the present list as CSV, all of it, without personal data."""
    web.require_desk(request)
    city = current_city()
    rows = desk_rows(
        family=DESK.family,
        authority=request.authority,  # type: ignore[attr-defined]
        user_id=request.user.pk or 0,
        wanted=DeskFilter.read(request.GET.dict()),
        at=clock.now(),
        time_zone=city.time_zone,
    )
    return csv_answer(filename="laporan.csv", head=EXPORTED, rows=map(_line, rows), is_example=city.is_example)


def _line(row: Case) -> list[str]:
    return [
        row.reference,
        row.state,
        web.listed_title(row),
        row.category.slug,
        row.unit.slug,
        row.village.code if row.village and row.privacy != Case.Privacy.SECRET else "",
        row.received_at.isoformat(),
        row.due_at.isoformat() if row.due_at else "",
        row.closed_at.isoformat() if row.closed_at else "",
    ]
