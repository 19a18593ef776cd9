"""Fragments of the desk that every module with matters shares: inbox, case page, changes, undo, saved filters.

A module's own views choose the addresses and the frame; everything an officer sees of a matter comes from here.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from balai.engines.cases.actions.change import CaseMovedOn, NotAllowed, apply_change
from balai.engines.cases.actions.desk import delete_filter, save_filter
from balai.engines.cases.actions.kinds import kind_at
from balai.engines.cases.actions.undo import UndoRefused, undo_change
from balai.engines.cases.contributions import CaseLink
from balai.engines.cases.forms import ChangeForm, SavedFilterForm
from balai.engines.cases.models import Case, Clock, SavedFilter
from balai.engines.cases.queries.desk import DeskFilter, DeskPage, Key, desk_counts, desk_page
from balai.engines.cases.queries.timeline import TimelineItem, clocks_of, timeline
from balai.engines.cases.queries.visible import visible_to
from balai.engines.cases.rules.evolution import ChangeRefused, Given
from balai.engines.cases.rules.kinds import CaseKind, Change
from balai.engines.cases.words import (
    CHANNEL_WORDS,
    EVENT_ICONS,
    is_english,
    is_late,
    label_of,
    mark_of,
    refusal_words,
    state_sentence,
    timeline_title,
    undo_words,
)
from balai.foundation.api.paging import decode_cursor, encode_cursor
from balai.foundation.calendar import clock
from balai.foundation.calendar.rules import Term
from balai.foundation.calendar.words import describe_term
from balai.foundation.events.rules import Actor
from balai.foundation.files.actions import UploadRefused, receive_upload
from balai.foundation.files.queries import attachments_of
from balai.foundation.identity.actions import record_access
from balai.foundation.places.queries import current_city
from balai.foundation.registry.discover import contributions
from balai.foundation.units.models import Unit
from balai.foundation.units.queries import holders_in
from balai.foundation.units.rules import Grant

HOUR = timedelta(hours=1)
GROUP_WORDS = {
    "late": lazy("Late"),
    "today": lazy("Due today"),
    "new": lazy("New"),
    "waiting": lazy("Waiting"),
    "mine": lazy("Mine"),
    "unassigned": lazy("Nobody's"),
    "open": lazy("All open"),
    "answered": lazy("Answered"),
    "ended": lazy("Ended"),
    "all": lazy("All"),
}


@dataclass(frozen=True)
class Desk:
    """One module's desk: address names, and what its lists may be narrowed by. ``slug`` keys saved filters."""

    slug: str
    inbox: str
    case: str
    change: str
    undo: str
    filters: str
    bulk: str
    contact: str
    # (parameter, label, function returning (value, label) pairs)
    choices: tuple[tuple[str, Any, Callable[[], list[tuple[str, str]]]], ...] = ()


@dataclass(frozen=True)
class RowView:
    """One line of the inbox."""

    case: Case
    url: str
    state: str
    mark: str
    late: bool


@dataclass(frozen=True)
class Tab:
    """A group or a saved filter above the list."""

    label: str
    url: str
    is_here: bool
    count: str = ""
    attention: bool = False
    delete_id: int | None = None


@dataclass(frozen=True)
class ClockView:
    """A promise as the bar needs it."""

    label: str
    due: datetime
    share: float
    clock_class: str
    text: str
    rule: str


def deciding_grant(request: HttpRequest, *, permission: str, case: Case) -> Grant | None:
    """Return the grant by which this officer reaches the matter, for the post's name in the record."""
    for grant in request.authority.grants_for(permission):  # type: ignore[attr-defined]
        if grant.unit_ids is None or case.unit_id in grant.unit_ids:
            found: Grant = grant
            return found
    return None


def require_desk(request: HttpRequest) -> None:
    """Refuse whoever has no desk.

    :raises PermissionDenied: without ``cases.desk``.
    """
    if not request.authority.may("cases.desk"):  # type: ignore[attr-defined]
        raise PermissionDenied


def access_case(request: HttpRequest, *, reference: str) -> Case:
    """Return a matter that this officer may see; looking at a secret one is recorded.

    :raises Http404: for everything else, so that nobody learns what exists.
    """
    require_desk(request)
    case = (
        visible_to(authority=request.authority)  # type: ignore[attr-defined]
        .select_related("category", "unit", "village", "district", "assignee", "reporter", "merged_into")
        .filter(reference=reference)
        .first()
    )
    if case is None:
        raise Http404
    if case.privacy == Case.Privacy.SECRET:
        grant = deciding_grant(request, permission="cases.desk", case=case)
        record_access(
            user=request.user,
            post_title=grant.post_title if grant else "",
            resident_id=case.reporter_id,
            subject_kind="case",
            subject_id=case.pk,
            what="secret_matter",
            at=clock.now(),
        )
    return case


def _key(text: str) -> Key | None:
    if not text:
        return None
    value, identity = decode_cursor(text)
    return Key(value, identity)


def _address(desk: Desk, parameters: Mapping[str, str]) -> str:
    given = {name: value for name, value in parameters.items() if value}
    return reverse(desk.inbox) + (f"?{urlencode(given)}" if given else "")


def _tabs(request: HttpRequest, desk: Desk, wanted: DeskFilter, *, at: datetime, time_zone: str) -> list[Tab]:
    counts = desk_counts(
        authority=request.authority,  # type: ignore[attr-defined]
        user_id=request.user.pk or 0,
        at=at,
        time_zone=time_zone,
    )
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


def _saved(request: HttpRequest, desk: Desk) -> list[Tab]:
    here = request.GET.urlencode()
    return [
        Tab(
            label=row.name,
            url=f"{reverse(desk.inbox)}?{row.query}",
            is_here=row.query == here,
            delete_id=row.pk,
        )
        for row in SavedFilter.objects.filter(user_id=request.user.pk, desk=desk.slug)
    ]


def row_views(page: DeskPage, *, desk: Desk, at: datetime) -> list[RowView]:
    """Return the lines of a page."""
    return [
        RowView(
            case=case,
            url=reverse(desk.case, args=[case.reference]),
            state=label_of(kind_at(case.kind, case.kind_version).state(case.state)),
            mark=mark_of(case, at),
            late=is_late(case, at),
        )
        for case in page.rows
    ]


def inbox_context(request: HttpRequest, *, desk: Desk) -> dict[str, Any]:
    """Return what the inbox shows: tabs with counts, saved filters, one page of lines, choices to narrow by."""
    require_desk(request)
    at = clock.now()
    zone = current_city().time_zone
    wanted = DeskFilter.read(request.GET.dict())
    page = desk_page(
        authority=request.authority,  # type: ignore[attr-defined]
        user_id=request.user.pk or 0,
        wanted=wanted,
        after=_key(request.GET.get("after", "")),
        at=at,
        time_zone=zone,
    )
    parameters = request.GET.copy()
    next_url = ""
    if page.next_key is not None:
        parameters["after"] = encode_cursor(page.next_key.value, page.next_key.id)
        next_url = f"{reverse(desk.inbox)}?{parameters.urlencode()}"
    return {
        "desk": desk,
        "wanted": wanted,
        "rows": row_views(page, desk=desk, at=at),
        "tabs": _tabs(request, desk, wanted, at=at, time_zone=zone),
        "saved": _saved(request, desk),
        "choices": [
            {"name": name, "label": label, "options": options(), "chosen": getattr(wanted, name)}
            for name, label, options in desk.choices
        ],
        "next_url": next_url,
        "first_url": _address(desk, asdict(wanted)) if request.GET.get("after") else "",
        "save_form": SavedFilterForm(initial={"query": request.GET.urlencode()}),
        "is_narrowed": any(getattr(wanted, name) for name in ("q", *(item[0] for item in desk.choices))),
        "list_url": f"{reverse(desk.inbox)}?{request.GET.urlencode()}",
        "at": at,
    }


def clock_views(*, case: Case, kind: CaseKind, clocks: list[Clock], at: datetime, staff: bool) -> list[ClockView]:
    """Return the clocks as bars, newest of each name; the public sees only promises."""
    newest = {row.name: row for row in clocks}
    views = []
    for plan in kind.clocks:
        row = newest.get(plan.name)
        if row is None or (not staff and not plan.promise):
            continue
        end = row.stopped_at or row.paused_at or at
        length = (row.due_at - row.started_at).total_seconds()
        share = min(1.0, max(0.0, (end - row.started_at).total_seconds() / length)) if length > 0 else 1.0
        late = row.met is False or (row.stopped_at is None and row.paused_at is None and at > row.due_at)
        clock_class = "late" if late else "paused" if row.paused_at else "good" if row.met else ""
        text = ""
        if row.paused_at:
            text = _("Paused: waiting for the reporter")
        elif row.stopped_at:
            text = _("Kept") if row.met else _("Not kept")
        term = describe_term(Term.from_json(row.term))
        source = row.term.get("source", "")
        views.append(
            ClockView(label_of(plan), row.due_at, share, clock_class, text, f"{term} · {source}" if source else term)
        )
    return views


def progress_steps(*, case: Case, kind: CaseKind, items: list[TimelineItem]) -> list[dict[str, Any]]:
    """Return the public line of four to five steps with the dates at which they were reached."""
    here = kind.state(case.state)
    reached: dict[int, datetime] = {1: case.received_at}
    for item in reversed(items):
        slug = item.event.data.get("state_to")
        step = kind.state(slug).step if slug else 0
        if step and not item.undone:
            reached[step] = item.event.at
    labels: dict[int, str] = {}
    for state in kind.states:
        if state.step and (state.step not in labels or state.slug == case.state):
            labels[state.step] = label_of(state)
    if not here.step:
        # refused, merged, withdrawn: the line ends where the matter ended
        shown = {step: label for step, label in labels.items() if step in reached}
        end = {"label": label_of(here), "at": case.closed_at, "state": "now"}
        return [{"label": label, "at": reached[step], "state": "done"} for step, label in sorted(shown.items())] + [end]
    return [
        {
            "label": label,
            "at": reached.get(step) if step <= here.step else None,
            "state": "done" if step < here.step or not case.is_open else "now" if step == here.step else "next",
        }
        for step, label in sorted(labels.items())
    ]


def timeline_views(
    *, items: list[TimelineItem], kind: CaseKind, photos: list[Any], unit_names: dict[int, str], public: bool
) -> list[dict[str, Any]]:
    """Return the timeline as the frame's items; photos stand with the moment they came with."""
    views = []
    taken = _photos_taken(items, photos)
    for item in items:
        words = item.words
        if public and item.entry is not None:
            words = item.entry.public_text
        shown = taken.get(item.event.seq, [])
        views.append(
            {
                "title": timeline_title(item=item, kind=kind, unit_names=unit_names),
                "at": item.event.at,
                "who": item.who or (_("The reporter") if item.event.actor_kind == "resident" else ""),
                "text": words,
                "icon": EVENT_ICONS.get(item.event.kind, "circle-dot"),
                "item_class": "late"
                if item.event.data.get("breached")
                else "good"
                if item.event.kind == "CaseConfirmed"
                else "",
                "undone": item.undone,
                "seq": item.event.seq,
                "photos": [
                    {
                        "url": reverse("files:photo", args=[photo.key]),
                        "thumbnail_url": reverse("files:thumbnail", args=[photo.key]),
                        "alt": "",
                        "purpose": photo.purpose,
                    }
                    for photo in shown
                ],
            }
        )
    return views


def _photos_taken(items: list[TimelineItem], photos: list[Any]) -> dict[int, list[Any]]:
    """Return the ready photos by the event with which they came: the first one of their moment."""
    taken: dict[int, list[Any]] = {}
    for photo in photos:
        if photo.state != "ready":
            continue
        for item in reversed(items):
            if abs((photo.created_at - item.event.at).total_seconds()) < 1:
                taken.setdefault(item.event.seq, []).append(photo)
                break
    return taken


def allowed_changes(request: HttpRequest, *, case: Case, kind: CaseKind) -> list[Change]:
    """Return the changes that this officer may make now, the likeliest first."""
    return sorted(
        (
            change
            for change in kind.changes
            if change.who == "staff"
            and change.order
            and case.state in change.sources
            and request.authority.may(  # type: ignore[attr-defined]
                change.permission,
                unit_id=case.unit_id,
                district_id=case.district_id,
                village_id=case.village_id,
            )
        ),
        key=lambda change: change.order,
    )


def case_context(
    request: HttpRequest, *, desk: Desk, case: Case, bound: ChangeForm | None = None
) -> dict[str, Any]:
    """Return everything an officer needs of one matter on one screen."""
    at = clock.now()
    kind = kind_at(case.kind, case.kind_version)
    items = timeline(case=case, reader="staff")
    photos = [
        *attachments_of(owner_kind="case", owner_ids=[case.pk]).get(case.pk, []),
        *attachments_of(owner_kind="case_entry", owner_ids=[case.pk]).get(case.pk, []),
    ]
    units = list(Unit.objects.filter(active=True).order_by("name"))
    unit_names = {unit.pk: unit.name for unit in units}
    people = holders_in(unit_id=case.unit_id, at=at)
    changes = allowed_changes(request, case=case, kind=kind)
    forms = []
    for change in changes:
        is_bound = bound is not None and bound.change.name == change.name
        form = (
            bound
            if is_bound
            else ChangeForm(change=change, case=case, units=units, people=people, initial={"seq": case.seq})
        )
        forms.append(
            {
                "change": change,
                "label": label_of(change),
                "form": form,
                "is_bound": is_bound,
                "url": reverse(desk.change, args=[case.reference, change.name]),
                # nothing to fill in: one tap
                "is_plain": not change.needs and not change.may_have,
            }
        )
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
        "forms": forms,
        "facts": _facts(case),
        "links": [
            row for link in contributions(CaseLink) if link.kind in ("", case.kind) for row in link.facts(case=case)
        ],
        "may_see_contact": case.reporter_id is not None
        and request.authority.may("cases.see_contact", unit_id=case.unit_id),  # type: ignore[attr-defined]
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
        {"label": _("Why it came here"), "value": case.routed_by},
        {"label": _("Supporters"), "value": case.support_count},
    ]


def make_change(request: HttpRequest, *, desk: Desk, case: Case, change_name: str) -> tuple[HttpResponse | None, ChangeForm | None]:
    """Read a posted change and make it. Returns a redirect when done, or the form with what is wrong.

    :raises Http404: for a change that the kind does not know.
    """
    kind = kind_at(case.kind, case.kind_version)
    row = next((item for item in kind.changes if item.name == change_name and item.who == "staff"), None)
    if row is None:
        raise Http404
    at = clock.now()
    form = ChangeForm(
        request.POST,
        request.FILES,
        change=row,
        case=case,
        units=list(Unit.objects.filter(active=True).order_by("name")),
        people=holders_in(unit_id=case.unit_id, at=at),
    )
    if not form.is_valid():
        return None, form
    grant = deciding_grant(request, permission=row.permission, case=case)
    try:
        attachments = [
            receive_upload(upload=upload, purpose="proof", at=at) for upload in form.cleaned_data.get("proof") or ()
        ]
        changed = apply_change(
            case_id=case.pk,
            change=row.name,
            given=form.given(),
            actor=Actor("staff", request.user.pk, grant.post_id if grant else None),
            authority=request.authority,  # type: ignore[attr-defined]
            post_title=grant.post_title if grant else "",
            attachments=attachments,
            expected_seq=form.cleaned_data["seq"],
            at=at,
        )
    except UploadRefused as refused:
        form.add_error("proof", refused.message)
        return None, form
    except ChangeRefused as refused:
        form.add_error(None, refusal_words(refused))
        return None, form
    except CaseMovedOn:
        form.add_error(
            None,
            _("Somebody else changed this report a moment ago. Your words are kept below; look at what is new first."),
        )
        return None, form
    except NotAllowed as error:
        raise PermissionDenied from error
    _say_done(request, desk=desk, case=changed, row=row)
    return redirect(desk.case, case.reference), None


def _say_done(request: HttpRequest, *, desk: Desk, case: Case, row: Change) -> None:
    words = _("Done: %(change)s (%(reference)s).") % {"change": label_of(row), "reference": case.reference}
    if not row.undoable:
        messages.success(request, words)
        return
    # a link to a small page with one button: a message cannot carry a form with a token
    messages.success(
        request,
        format_html(
            '{} <a class="b-toast__action" href="{}">{}</a>',
            words,
            reverse(desk.undo, args=[case.reference, case.seq]),
            _("Undo"),
        ),
    )


def undo(request: HttpRequest, *, desk: Desk, case: Case, seq: int) -> HttpResponse:
    """Take back one's own last change: GET asks with one button, POST does it."""
    if request.method != "POST":
        return render(request, "cases/undo.html", {"desk": desk, "case": case, "seq": seq})
    try:
        undo_change(case_id=case.pk, seq=seq, actor=Actor("staff", request.user.pk), at=clock.now())
    except UndoRefused as refused:
        messages.error(request, undo_words(refused.code))
    except CaseMovedOn:
        messages.error(request, _("Something happened since; it cannot be taken back any more."))
    else:
        messages.success(request, _("Taken back."))
    return redirect(desk.case, case.reference)


def contact(request: HttpRequest, *, desk: Desk, case: Case, reason: str) -> HttpResponse:
    """Show the reporter's name and contact, and record who looked and why.

    :raises PermissionDenied: without ``cases.see_contact`` for this matter.
    """
    if case.reporter is None or not request.authority.may(  # type: ignore[attr-defined]
        "cases.see_contact", unit_id=case.unit_id, district_id=case.district_id, village_id=case.village_id
    ):
        raise PermissionDenied
    grant = deciding_grant(request, permission="cases.see_contact", case=case)
    record_access(
        user=request.user,
        post_title=grant.post_title if grant else "",
        resident_id=case.reporter_id,
        subject_kind="case",
        subject_id=case.pk,
        what="contact",
        reason=reason[:300],
        at=clock.now(),
    )
    return render(request, "cases/contact.html", {"desk": desk, "case": case, "reporter": case.reporter})


def filters(request: HttpRequest, *, desk: Desk) -> HttpResponse:
    """Keep the present filter as a tab, or take a tab away."""
    require_desk(request)
    removed = request.POST.get("delete", "")
    if removed.isdigit():
        delete_filter(user_id=request.user.pk or 0, filter_id=int(removed))
        return redirect(desk.inbox)
    form = SavedFilterForm(request.POST)
    if form.is_valid():
        query = QueryDict(form.cleaned_data["query"], mutable=True)
        query.pop("after", None)
        save_filter(
            user_id=request.user.pk or 0, desk=desk.slug, name=form.cleaned_data["name"], query=query.urlencode()
        )
        messages.success(request, _("Kept as a tab."))
        return redirect(f"{reverse(desk.inbox)}?{query.urlencode()}")
    messages.error(request, _("Give the tab a name."))
    return redirect(desk.inbox)


def bulk_take(request: HttpRequest, *, desk: Desk) -> HttpResponse:
    """Give the selected matters to oneself; each in its own commit, with how many could not be taken."""
    require_desk(request)
    done = failed = 0
    for reference in request.POST.getlist("selected")[:200]:
        case = visible_to(authority=request.authority).filter(reference=reference).first()  # type: ignore[attr-defined]
        if case is None:
            failed += 1
            continue
        grant = deciding_grant(request, permission="cases.handle", case=case)
        try:
            apply_change(
                case_id=case.pk,
                change="take",
                given=Given(assignee_id=request.user.pk),
                actor=Actor("staff", request.user.pk, grant.post_id if grant else None),
                authority=request.authority,  # type: ignore[attr-defined]
                at=clock.now(),
            )
        except (ChangeRefused, NotAllowed):
            failed += 1
        else:
            done += 1
    if done:
        messages.success(request, _("Taken: %(count)s.") % {"count": done})
    if failed:
        messages.error(request, _("Not taken: %(count)s. They have ended or belong to others.") % {"count": failed})
    return redirect(desk.inbox)


def csv_safe(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
