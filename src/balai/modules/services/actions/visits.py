"""Plan a visit, move it, say that one cannot, and write down what was found."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from balai.engines.cases.actions.change import NotAllowed
from balai.engines.cases.actions.letters import write_to_reporter
from balai.engines.cases.models import Case
from balai.foundation.calendar.queries import work_calendar
from balai.foundation.calendar.rules.hours import write_hours
from balai.foundation.events.actions import append
from balai.foundation.events.facts import DomainEvent
from balai.foundation.events.rules import SYSTEM, Actor
from balai.foundation.files.actions import receive_upload
from balai.foundation.files.models import Attachment
from balai.foundation.messages.actions import Draft, queue_messages
from balai.foundation.units.rules import Authority
from balai.foundation.web.words import moment_for
from balai.modules.services.actions.uploads import keep_files
from balai.modules.services.events import VisitCancelled, VisitDone, VisitPlanned, stream_of
from balai.modules.services.models import Application, Visit, VisitFinding
from balai.modules.services.queries.visits import OWNER, visit_step, was_agreed
from balai.modules.services.rules.visits import appointment_problem, findings_problems, hours_missed
from balai.modules.services.rules.workflow import WorkStep

State = Visit.State
PHOTOS_A_LINE = 3
LONGEST_NOTE = 500
LONGEST_WORDS = 5000


class VisitRefused(Exception):
    """Nothing was changed. ``code``: not_now, ended, past, backwards, long, far, closed_day, outside_hours (then
    ``hours`` says when the office is open that day), no_words, incomplete (then ``lines`` says what is missing where).
    """

    def __init__(self, code: str, lines: Mapping[str, str] | None = None, hours: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.hours = hours
        self.lines = dict(lines or {})


@dataclass(frozen=True, kw_only=True)
class Found:
    """What came from the officer's device."""

    token: uuid.UUID
    verdicts: Mapping[str, str]
    notes: Mapping[str, str]
    words: str = ""
    found_at: datetime | None = None
    lat: float | None = None
    lon: float | None = None


def _held(case_id: int, authority: Authority) -> tuple[Case, WorkStep]:
    case = Case.objects.select_for_update(of=("self",)).select_related("reporter", "unit").get(pk=case_id)
    if not authority.may(
        "cases.handle", unit_id=case.unit_id, district_id=case.district_id, village_id=case.village_id
    ):
        raise NotAllowed("visit")
    step = visit_step(case)
    if step is None or not case.is_open:
        raise VisitRefused("not_now")
    return case, step


def _tell(case: Case, event: DomainEvent, actor: Actor, at: datetime) -> int:
    slug = Application.objects.values_list("version__service__slug", flat=True).get(case=case)
    return append(stream=stream_of(slug), event=event, actor=actor, at=at).seq


def _write(visit: Visit, case: Case, template: str, *, seq: int, text: str = "", at: datetime) -> None:
    """Write to the applicant; ``seq`` of the record of what happened, so that each is told and none twice."""
    if case.reporter is None:
        return
    write_to_reporter(
        case=case,
        template=template,
        what=f"{template}:{visit.pk}:{seq}",
        context={
            "unit": case.unit.name,
            "begins": moment_for(visit.begins_at, language=case.reporter.locale),
            "text": text,
        },
        at=at,
    )


@transaction.atomic
def plan_visit(
    *,
    case_id: int,
    officer_id: int,
    begins_at: datetime,
    ends_at: datetime,
    note: str = "",
    agreed: bool = False,
    actor: Actor,
    authority: Authority,
    at: datetime,
) -> Visit:
    """Make the appointment of a step, or move the one that there is; the applicant is told.

    Outside the agency's opening hours only where the applicant ``agreed`` to it: the record keeps that.

    :raises NotAllowed: if this officer does not handle the application. :raises VisitRefused: see there.
    """
    case, step = _held(case_id, authority)
    if problem := appointment_problem(begins_at=begins_at, ends_at=ends_at, at=at):
        raise VisitRefused(problem)
    missed = hours_missed(
        begins_at=begins_at, ends_at=ends_at, calendar=work_calendar(schedule_id=case.unit.schedule_id)
    )
    if missed is not None and not agreed:
        raise VisitRefused("outside_hours" if missed else "closed_day", hours=write_hours(missed))
    visit = Visit.objects.select_for_update().filter(case=case, state=State.PLANNED).first() or Visit(
        case=case, made_at=at
    )
    visit.step, visit.officer_id, visit.begins_at, visit.ends_at = step.slug, officer_id, begins_at, ends_at
    visit.note, visit.declined_at, visit.declined_words = note.strip()[:300], None, ""
    visit.save()
    # a tick that was not needed says nothing
    event = VisitPlanned(case_id=case.pk, visit_id=visit.pk, begins_at=begins_at.isoformat(), agreed=missed is not None)
    seq = _tell(case, event, actor, at)
    _write(visit, case, "application_visit", seq=seq, text=visit.note, at=at)
    return visit


@transaction.atomic
def cancel_visit(*, case_id: int, visit_id: int, actor: Actor, authority: Authority, at: datetime) -> Visit:
    """Take the appointment back; the applicant is told.

    :raises NotAllowed: if this officer does not handle the application. :raises VisitRefused: ``ended``.
    """
    case, _step = _held(case_id, authority)
    visit = Visit.objects.select_for_update().filter(pk=visit_id, case=case, state=State.PLANNED).first()
    if visit is None:
        raise VisitRefused("ended")
    _call_off(visit, case, actor, at)
    return visit


def _call_off(visit: Visit, case: Case, actor: Actor, at: datetime) -> None:
    visit.state, visit.cancelled_at = State.CANCELLED, at
    visit.save(update_fields=["state", "cancelled_at"])
    seq = _tell(case, VisitCancelled(case_id=case.pk, visit_id=visit.pk), actor, at)
    _write(visit, case, "application_no_visit", seq=seq, at=at)


@transaction.atomic
def cancel_left(*, case: Case, at: datetime) -> int:
    """Take back the appointment of a step that the application has left: nobody waits at home for nothing."""
    if not Visit.objects.filter(case=case, state=State.PLANNED).exists():
        # most have none: a look takes no lock
        return 0
    held = Case.objects.select_for_update(of=("self",)).select_related("reporter", "unit").get(pk=case.pk)
    step = visit_step(held) if held.is_open else None
    left = Visit.objects.select_for_update().filter(case=held, state=State.PLANNED)
    gone = [visit for visit in left if step is None or visit.step != step.slug]
    for visit in gone:
        _call_off(visit, held, SYSTEM, at)
    return len(gone)


@transaction.atomic
def restore_visit(*, case: Case, since: datetime, at: datetime) -> Visit | None:
    """Make the appointment again that was called off because of a step that was taken back; the applicant is told.

    ``since`` is when the step was made. None where there was no appointment, or its time has come.
    """
    if not Visit.objects.filter(case=case, state=State.CANCELLED, cancelled_at__gte=since).exists():
        return None
    held = Case.objects.select_for_update(of=("self",)).select_related("reporter", "unit").get(pk=case.pk)
    step = visit_step(held) if held.is_open else None
    if step is None or Visit.objects.filter(case=held, state=State.PLANNED).exists():
        return None
    gone = Visit.objects.select_for_update().filter(case=held, step=step.slug, state=State.CANCELLED)
    visit = gone.filter(cancelled_at__gte=since, begins_at__gt=at).order_by("-cancelled_at").first()
    if visit is None:
        return None
    visit.state, visit.cancelled_at = State.PLANNED, None
    visit.save(update_fields=["state", "cancelled_at"])
    begins = visit.begins_at.isoformat()
    event = VisitPlanned(case_id=held.pk, visit_id=visit.pk, begins_at=begins, agreed=was_agreed(visit))
    seq = _tell(held, event, SYSTEM, at)
    _write(visit, held, "application_visit", seq=seq, text=visit.note, at=at)
    return visit


@transaction.atomic
def decline_visit(*, case: Case, words: str, at: datetime) -> Visit:
    """Say as the applicant that nobody is there then; whoever comes is told and makes another appointment.

    :raises VisitRefused: ``ended`` without an appointment, ``no_words``.
    """
    visit = (
        Visit.objects.select_for_update(of=("self",))
        .select_related("officer")
        .filter(case=case, state=State.PLANNED)
        .first()
    )
    if visit is None or visit.begins_at < at:
        raise VisitRefused("ended")
    if not words.strip():
        raise VisitRefused("no_words")
    visit.declined_at, visit.declined_words = at, words.strip()[:300]
    visit.save(update_fields=["declined_at", "declined_words"])
    draft = Draft(
        dedupe_key=f"visit-declined:{visit.pk}:{at:%Y%m%d%H%M}:{visit.officer_id}:email",
        template="visit_declined",
        channel="email",
        user_id=visit.officer_id,
        context={
            "reference": case.reference,
            "begins": moment_for(visit.begins_at, language="id"),
            "text": visit.declined_words,
        },
    )
    queue_messages(drafts=[draft], at=at)
    return visit


def record_visit(
    *,
    visit_id: int,
    found: Found,
    photos: Mapping[str, Sequence[UploadedFile[bytes]]],
    actor: Actor,
    authority: Authority,
    at: datetime,
) -> Visit:
    """Write down what was found, with its photos: everything, or nothing. Sent twice it counts once.

    :raises NotAllowed: if this officer does not handle the application. :raises VisitRefused: see there.
    :raises UploadRefused: if a photo is none.
    """
    known = Visit.objects.filter(pk=visit_id, token=found.token).first()
    if known is not None:
        return known
    kept = {
        slug: [receive_upload(upload=upload, purpose="proof", at=at) for upload in uploads[:PHOTOS_A_LINE]]
        for slug, uploads in photos.items()
    }
    with transaction.atomic():
        # the matter first, as everywhere: two that lock crosswise would wait for each other
        case, step = _held(Visit.objects.values_list("case_id", flat=True).get(pk=visit_id), authority)
        visit = Visit.objects.select_for_update().get(pk=visit_id)
        if visit.token == found.token:
            return visit
        if visit.state != State.PLANNED or visit.step != step.slug:
            raise VisitRefused("ended")
        lines = findings_problems(
            checklist=step.checklist,
            verdicts=found.verdicts,
            notes=found.notes,
            photos={slug: len(files) for slug, files in kept.items()},
        )
        if lines:
            raise VisitRefused("incomplete", lines)
        if not step.checklist and not found.words.strip():
            raise VisitRefused("no_words")
        visit.entered_by_id = actor.id
        _store(visit, step, found, kept, at)
        no = sum(found.verdicts.get(item.slug) == "no" for item in step.checklist)
        _tell(case, VisitDone(case_id=case.pk, visit_id=visit.pk, no=no), actor, at)
    return visit


def _store(visit: Visit, step: WorkStep, found: Found, kept: Mapping[str, Sequence[Attachment]], at: datetime) -> None:
    asked = [item.slug for item in step.checklist]
    every = [file for slug in asked for file in kept.get(slug, ())]
    keep_files(owner_kind=OWNER, owner_id=visit.pk, files=every, at=at)
    VisitFinding.objects.bulk_create(
        VisitFinding(
            visit=visit,
            position=place,
            slug=item.slug,
            label_id=item.label_id,
            label_en=item.label_en,
            verdict=found.verdicts[item.slug],
            note=found.notes.get(item.slug, "").strip()[:LONGEST_NOTE],
            tokens=[str(file.key) for file in kept.get(item.slug, ())],
        )
        for place, item in enumerate(step.checklist)
    )
    visit.state, visit.token, visit.sent_at = State.DONE, found.token, at
    # a device whose clock is ahead was not there tomorrow
    visit.found_at = min(found.found_at or at, at)
    visit.words, visit.lat, visit.lon = found.words.strip()[:LONGEST_WORDS], found.lat, found.lon
    visit.save()
