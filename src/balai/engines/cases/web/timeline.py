"""What happened and what was promised, as the pages show it."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from balai.engines.cases.models import Case, Clock
from balai.engines.cases.queries.timeline import TimelineItem
from balai.engines.cases.rules.kinds import END_CLASSES, UNANSWERED, CaseKind, ClockPlan
from balai.engines.cases.words import (
    EVENT_ICONS,
    called,
    ground_lines,
    label_of,
    timeline_title,
)
from balai.foundation.calendar.rules import Term
from balai.foundation.calendar.words import describe_term

# ends in which nothing was given; what stands before them on the line of progress was not all reached
WITHOUT_RESULT = frozenset({"refused", "merged", "withdrawn"})


@dataclass(frozen=True)
class ClockView:
    """A promise as the bar needs it."""

    label: str
    due: datetime
    share: float
    clock_class: str
    text: str
    rule: str


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
            text = _("Paused: waiting for %(person)s") % called(kind.family)
        elif row.stopped_at:
            text = _stopped(plan, row, case)
        term = describe_term(Term.from_json(row.term))
        source = row.term.get("source", "")
        views.append(
            ClockView(label_of(plan), row.due_at, share, clock_class, text, f"{term} · {source}" if source else term)
        )
    return views


def _stopped(plan: ClockPlan, row: Clock, case: Case) -> str:
    if plan.promise and row.met is False:
        return _("Not kept")
    # nothing was promised any more to one who took the matter back
    if case.state_class in UNANSWERED:
        return _("Over") if row.met is not False else _("Over, later than planned")
    if not plan.promise:
        words = {True: _("Done in time"), False: _("Over, later than planned")}
        return _("Over") if row.met is None else words[row.met]
    return _("Kept")


def progress_steps(*, case: Case, kind: CaseKind, items: list[TimelineItem]) -> list[dict[str, Any]]:
    """Return the public line of four to five steps with the dates at which they were reached."""
    here = kind.state(case.state)
    reached: dict[int, datetime] = {1: case.received_at}
    ends: dict[int, str] = {}
    for item in reversed(items):
        slug = item.event.data.get("state_to")
        state = kind.state(slug) if slug else None
        if state is not None and state.step and not item.undone:
            reached[state.step] = item.event.at
            if state.state_class in END_CLASSES:
                ends[state.step] = label_of(state)
    labels: dict[int, str] = {}
    for state in kind.states:
        if state.step and (state.step not in labels or state.slug == case.state):
            labels[state.step] = label_of(state)
    if not here.step and case.is_open and case.resume_state:
        # interrupted: the work goes on where it was
        here = replace(here, step=kind.state(case.resume_state).step)
    if not here.step or here.state_class in WITHOUT_RESULT:
        # refused, merged, withdrawn, or off the line: only what was reached stands before it
        shown = {step: ends.get(step, label) for step, label in labels.items() if step in reached and step != here.step}
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
                "who": item.who or (called(kind.family)["Person"] if item.event.actor_kind == "resident" else ""),
                "text": words,
                # everybody may know why something was refused; why it was moved is for those whom it concerns
                "grounds": [] if public and item.event.kind != "CaseRefused" else ground_lines(item=item, kind=kind),
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
                        "is_document": photo.is_document,
                        "name": photo.name,
                        "kilobytes": photo.kilobytes,
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
