"""Apply one change to a matter."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from balai.engines.cases._rows import CLOCK_FIELDS, case_fields, clock_row, matter_of
from balai.engines.cases.actions.kinds import kind_at
from balai.engines.cases.actions.letters import write_to_reporter
from balai.engines.cases.actions.open import HIDDEN, Intake, open_case, text_hash
from balai.engines.cases.events import MOVES, CaseStepped, escalations, stream_of
from balai.engines.cases.models import Case, Clock, Entry, Follower, RegisterCounter
from balai.engines.cases.queries.families import family_of
from balai.engines.cases.queries.photos import photo_count
from balai.engines.cases.queries.visible import merge_targets
from balai.engines.cases.rules.evolution import ChangeRefused, ClockState, Given, Matter, climb, evolve
from balai.engines.cases.rules.kinds import CaseKind, Change, Part
from balai.engines.cases.rules.references import register_number
from balai.foundation.calendar.queries import work_calendar
from balai.foundation.calendar.rules import WorkCalendar
from balai.foundation.events.actions import publish
from balai.foundation.events.facts import Fact
from balai.foundation.events.rules import SYSTEM, Actor, Head
from balai.foundation.files.actions import save_attachments
from balai.foundation.files.models import Attachment
from balai.foundation.identity.rules import mask_personal_data
from balai.foundation.places.queries import city_day, current_city
from balai.foundation.units.models import Unit
from balai.foundation.units.rules import Authority

logger = logging.getLogger(__name__)


class CaseMovedOn(Exception):
    """Somebody else changed the matter after the page was loaded; nothing was written."""

    def __init__(self, case: Case) -> None:
        super().__init__(case.reference)
        self.case = case


class NotAllowed(Exception):
    """This person may not make this change here."""


@dataclass(frozen=True)
class Held:
    """A matter locked for one change."""

    case: Case
    matter: Matter
    kind: CaseKind
    calendar: WorkCalendar


def hold(*, case_id: int, expected_seq: int | None = None) -> Held:
    """Lock one matter and return it with its clocks, kind and calendar; call inside a transaction.

    :raises CaseMovedOn: if its newest event is not ``expected_seq``.
    """
    # the lock makes two officers' changes follow one another; the second sees the first one's seq
    case = Case.objects.select_for_update(of=("self",)).select_related("unit").get(pk=case_id)
    if expected_seq is not None and case.seq != expected_seq:
        raise CaseMovedOn(case)
    clocks = list(Clock.objects.filter(case=case).order_by("started_at", "id"))
    return Held(
        case,
        matter_of(case, clocks),
        kind_at(case.kind, case.kind_version),
        work_calendar(schedule_id=case.unit.schedule_id),
    )


def store(*, held: Held, after: Matter, facts: Sequence[Fact], at: datetime) -> None:
    """Write a matter's new state, clocks and events in the present transaction."""
    case = held.case
    head = publish(
        stream=stream_of(case.reference),
        head=Head(case.seq, case.chain_hash),
        facts=facts,
        at=at,
    )
    for name, value in case_fields(after).items():
        setattr(case, name, value)
    case.seq, case.chain_hash = head.seq, head.hash
    case.save()
    _store_clocks(case_id=case.pk, before=held.matter.clocks, after=after.clocks)


def _store_clocks(*, case_id: int, before: tuple[ClockState, ...], after: tuple[ClockState, ...]) -> None:
    fresh = [clock_row(case_id=case_id, clock=clock) for clock in after if clock.id is None]
    moved = [clock_row(case_id=case_id, clock=clock) for clock in after if clock.id is not None and clock not in before]
    if moved:
        Clock.objects.bulk_update(moved, [name for name in CLOCK_FIELDS if name != "name"])
    if fresh:
        Clock.objects.bulk_create(fresh)


def snapshot(matter: Matter) -> dict[str, Any]:
    """Return what undo needs to know of a matter before a change, as JSON values."""
    plain: dict[str, Any] = {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in case_fields(matter).items()
        if name != "updated_at"
    }
    plain["clocks"] = [
        {
            "id": clock.id,
            **{
                name: value.isoformat() if isinstance(value := getattr(clock, name), datetime) else value
                for name in CLOCK_FIELDS
            },
        }
        for clock in matter.clocks
    ]
    return plain


def check_allowed(*, case: Case, change: Change, actor: Actor, authority: Authority | None) -> None:
    """Prove that the actor may make ``change`` on ``case``; staff must also be able to see it when it is secret.

    :raises NotAllowed: if the change is not theirs to make, or no grant of theirs reaches the matter.
    """
    kinds = {"staff": ("staff",), "reporter": ("resident",), "system": ("system",)}[change.who]
    if actor.kind not in kinds:
        raise NotAllowed(change.name)
    if change.who != "staff":
        return
    needed = [change.permission]
    if case.privacy == Case.Privacy.SECRET:
        needed.append("cases.see_secret")
    for permission in needed:
        if authority is None or not authority.may(
            permission, unit_id=case.unit_id, district_id=case.district_id, village_id=case.village_id
        ):
            raise NotAllowed(change.name)


def check_ready(*, case: Case, change: Change, expected_seq: int) -> None:
    """Prove as far as can be seen without a lock that ``change`` fits ``case`` now, before photos are stored for it.

    :raises CaseMovedOn: if its newest event is not ``expected_seq``; :raises ChangeRefused: ``not_from_here``.
    """
    if case.seq != expected_seq:
        raise CaseMovedOn(case)
    if case.state not in change.sources:
        raise ChangeRefused("not_from_here", state=case.state, change=change.name)


@transaction.atomic
def climb_one(*, case_id: int, at: datetime) -> bool:
    """Climb the due rungs of one matter and return whether there were any."""
    held = hold(case_id=case_id)
    after, rungs = climb(matter=held.matter, kind=held.kind, at=at, calendar=held.calendar)
    if not rungs:
        return False
    # also without a fact: a rung whose change turns out impossible counts as climbed, or the clock would ask for ever
    store(held=held, after=after, facts=escalations(rungs), at=at)
    for rung in rungs:
        if rung.change:
            _system_change(case_id=held.case.pk, name=rung.change, at=at)
    return True


def _system_change(*, case_id: int, name: str, at: datetime) -> Case | None:
    held: Held = hold(case_id=case_id)
    try:
        return make_change(
            held=held, row=held.kind.change(name, state=held.matter.state), given=Given(), actor=SYSTEM, at=at
        )
    except ChangeRefused:
        logger.warning("case %s: system change %s is not possible from %s", case_id, name, held.matter.state)
        return None


def apply_change(
    *,
    case_id: int,
    change: str,
    given: Given = Given(),
    actor: Actor,
    authority: Authority | None = None,
    post_title: str = "",
    attachments: Sequence[Attachment] = (),
    expected_seq: int | None = None,
    at: datetime,
) -> Case:
    """Make one change: lock, check, new state, clocks, words, event and message in one commit.

    What a clock has decided meanwhile comes first: nobody is faster than a term that is over because the worker looks
    every few seconds only.

    :raises CaseMovedOn: if somebody was faster; :raises NotAllowed: without permission;
    :raises ChangeRefused: if the kind does not allow it; :raises UnknownChange: for another name.
    """
    if Clock.objects.filter(case_id=case_id, next_step_at__lte=at).exists():
        expected_seq = _climb_first(case_id=case_id, expected_seq=expected_seq, at=at)
    with transaction.atomic():
        if given.target_id is not None:
            # both in the order of their keys: two merges that cross one another wait instead of locking each other out
            both = Case.objects.filter(pk__in=(case_id, given.target_id)).order_by("pk")
            list(both.select_for_update(of=("self",)).values_list("pk", flat=True))
        held = hold(case_id=case_id, expected_seq=expected_seq)
        case, row = held.case, held.kind.change(change, state=held.matter.state)
        check_allowed(case=case, change=row, actor=actor, authority=authority)
        return make_change(
            held=held,
            row=row,
            given=given,
            actor=actor,
            authority=authority,
            post_title=post_title,
            attachments=attachments,
            at=at,
        )


@transaction.atomic
def _climb_first(*, case_id: int, expected_seq: int | None, at: datetime) -> int | None:
    """Climb what is due and return what the matter's newest event has to be now for the change to be made.

    A reminder changes nothing that the person has seen; a decision does.

    :raises CaseMovedOn: if somebody was faster already.
    """
    before = hold(case_id=case_id, expected_seq=expected_seq)
    if not climb_one(case_id=case_id, at=at) or expected_seq is None:
        return expected_seq
    seq, state = Case.objects.values_list("seq", "state").get(pk=case_id)
    return int(seq) if state == before.matter.state else expected_seq


def make_change(
    *,
    held: Held,
    row: Change,
    given: Given,
    actor: Actor,
    authority: Authority | None = None,
    post_title: str = "",
    attachments: Sequence[Attachment] = (),
    at: datetime,
) -> Case:
    """Make an allowed change on a held matter; the second half of :func:`apply_change`, used by the clock too."""
    case, before = held.case, held.matter
    if at < before.received_at:
        # this machine's clock went back: a change before the receipt would make every promise look kept
        raise ChangeRefused("clock_jump", at=at)
    if "parts" in row.needs:
        given = replace(given, open_parts=Case.objects.filter(parent=case, is_open=True).count())
    if "tasks" in row.needs:
        given = replace(given, open_tasks=family_of(case).open_tasks(case))
    if row.to_unit:
        given = replace(given, unit_id=Unit.objects.values_list("pk", flat=True).get(slug=row.to_unit))
    after = evolve(matter=before, kind=held.kind, change=row, given=given, at=at, calendar=held.calendar)
    target = None
    if after.merged_into_id is not None and after.merged_into_id != before.merged_into_id:
        target = find_target(case=case, target_id=after.merged_into_id, authority=authority)
    fact = MOVES.get(row.name, CaseStepped)(
        change=row.name,
        state_from=before.state,
        state_to=after.state,
        unit_id=given.unit_id,
        assignee_id=given.assignee_id,
        reason=given.reason or None,
        basis=given.basis or None,
        target_id=given.target_id,
        rating=given.rating,
        text_hash=text_hash(given.text) if given.text else None,
        proofs=len(attachments) or None,
        due_at=after.promised_at.isoformat() if after.promised_at != before.promised_at and after.promised_at else None,
        before=snapshot(before) if row.undoable else None,
    )
    if row.name == "start" and case.register_number is None:
        case.register_number = next_register_number(unit=case.unit, at=at)
    seq = case.seq + 1
    store(held=held, after=after, facts=[Fact(event=fact, actor=actor, public=row.public)], at=at)
    if given.text:
        Entry.objects.create(
            case=case,
            seq=seq,
            kind=row.entry,
            audience=row.audience,
            text=given.text,
            public_text=mask_personal_data(given.text) if row.audience == "public" else "",
            text_hash=text_hash(given.text),
            at=at,
            user_id=actor.id if actor.kind == "staff" else None,
            post_title=post_title,
        )
    if attachments:
        save_attachments(
            attachments=attachments,
            owner_kind="case_entry" if row.audience != "public" else "case",
            owner_id=case.pk,
            public=row.audience == "public" and case.privacy not in HIDDEN,
            at=at,
            # counted by purpose: a reporter's five photos must not leave the agency without proof
            already=photo_count(case_id=case.pk, purpose=attachments[0].purpose),
        )
    for part in row.opens:
        _open_part(case=case, part=part, seq=seq, at=at)
    if target is not None:
        follow_target(case=case, target=target, at=at)
    if row.message:
        # a note among staff does not travel with the message, whatever words the city gives it
        text = given.text if row.audience != "staff" else ""
        write_to_reporter(
            case=case,
            template=row.message,
            what=f"case:{case.pk}:{seq}",
            context={
                "unit": case.unit.name,
                "text": text,
                # the number of the matter under which this one goes on
                **({"target": target.reference} if target is not None else {}),
            },
            at=at,
        )
    return case


def _open_part(*, case: Case, part: Part, seq: int, at: datetime) -> None:
    """Open a part of a matter at its agency, in the transaction of the change that asks for it."""
    unit = Unit.objects.get(slug=part.unit)
    open_case(
        intake=Intake(
            kind=part.kind,
            category_id=case.category_id,
            title=case.title,
            text=case.text,
            channel=case.channel,
            privacy=case.privacy if case.privacy in HIDDEN else Case.Privacy.PRIVATE,
            unit_id=unit.pk,
            is_central_desk=False,
            routed_by="part",
            time_zone=current_city().time_zone,
            schedule_id=unit.schedule_id,
            village_id=case.village_id,
            district_id=case.district_id,
            place_words=case.place_words,
            lat=case.lat,
            lon=case.lon,
            submission_key=f"part:{case.pk}:{seq}:{part.kind}",
            parent_id=case.pk,
            actor=SYSTEM,
        ),
        at=at,
    )


def find_target(*, case: Case, target_id: int, authority: Authority | None) -> Case:
    """Return the matter under which ``case`` may go on.

    :raises ChangeRefused: ``target_gone``, whether it is not there, has ended or is not to be seen.
    """
    target = merge_targets(case=case, authority=authority).filter(pk=target_id).first()
    if target is None:
        raise ChangeRefused("target_gone", target=target_id)
    return target


def follow_target(*, case: Case, target: Case, at: datetime) -> None:
    """Let the reporter and the followers of a merged matter follow the one under which it goes on."""
    followers = set(Follower.objects.filter(case=case).values_list("resident_id", flat=True))
    if case.reporter_id is not None:
        followers.add(case.reporter_id)
    followers -= {target.reporter_id}
    Follower.objects.bulk_create(
        [Follower(case=target, resident_id=resident, at=at) for resident in sorted(followers)], ignore_conflicts=True
    )


def next_register_number(*, unit: Unit, at: datetime) -> str:
    """Return the next official number of a unit in the city's year, without gaps: one row, counted up under its lock.

    The number is taken in the transaction that uses it, so a change that fails gives its number back.
    """
    year = city_day(at).year
    RegisterCounter.objects.bulk_create([RegisterCounter(unit=unit, year=year)], ignore_conflicts=True)
    RegisterCounter.objects.filter(unit=unit, year=year).update(value=F("value") + 1)
    value = RegisterCounter.objects.values_list("value", flat=True).get(unit=unit, year=year)
    return register_number(unit_code=unit.slug, year=year, value=value)
