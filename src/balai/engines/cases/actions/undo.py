"""Take back one's own last change."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from balai.engines.cases.actions.change import CaseMovedOn, hold, store
from balai.engines.cases.events import CaseUndone, stream_of
from balai.engines.cases.models import Case, Clock, Entry, Follower
from balai.engines.cases.queries.photos import OWNERS
from balai.engines.cases.rules.evolution import Matter
from balai.foundation.events.facts import Fact
from balai.foundation.events.models import Event
from balai.foundation.events.rules import Actor
from balai.foundation.files.models import Attachment
from balai.foundation.messages.actions import cancel_queued

UNDO_WINDOW = timedelta(minutes=10)


class UndoRefused(Exception):
    """Too late, somebody else's, or something that cannot be taken back. ``code`` says which."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def _moment(value: Any) -> Any:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def _restored(matter: Matter, before: dict[str, Any]) -> Matter:
    dates = {"received_at", "first_answered_at", "closed_at", "promised_at", "due_at"}
    fields = {
        name: _moment(value) if name in dates else value
        for name, value in before.items()
        if name not in {"clocks", "is_open"}
    }
    saved = {clock["id"]: clock for clock in before["clocks"]}
    moments = {"started_at", "due_at", "original_due_at", "paused_at", "stopped_at", "next_step_at"}
    clocks = tuple(
        replace(
            clock,
            **{
                name: _moment(value) if name in moments else value
                for name, value in saved[clock.id].items()
                if name not in {"id", "name"}
            },
        )
        for clock in matter.clocks
        if clock.id in saved
    )
    return replace(matter, **fields, clocks=clocks)


@transaction.atomic
def undo_change(*, case_id: int, seq: int, actor: Actor, at: datetime) -> Case:
    """Take back the change recorded as event ``seq``: the state before it returns, both stay in the record.

    Messages that have not left yet are called back; words and photos that came with it are hidden from
    everybody but staff.

    :raises CaseMovedOn: if something happened since; :raises UndoRefused: ``too_late``, ``not_yours``, ``not_undoable``.
    """
    held = hold(case_id=case_id)
    if held.case.seq != seq:
        raise CaseMovedOn(held.case)
    event = Event.objects.get(stream=stream_of(held.case.reference), seq=seq)
    if (event.actor_kind, event.actor_id) != (actor.kind, actor.id):
        raise UndoRefused("not_yours")
    if "before" not in event.data:
        raise UndoRefused("not_undoable")
    if at > event.at + UNDO_WINDOW:
        raise UndoRefused("too_late")
    after = replace(_restored(held.matter, event.data["before"]), updated_at=at)
    kept = [clock.id for clock in after.clocks if clock.id is not None]
    Clock.objects.filter(case=held.case).exclude(pk__in=kept).delete()
    store(
        held=held,
        after=after,
        facts=[
            Fact(event=CaseUndone(undone_seq=seq, state_to=after.state), actor=actor, public=event.public),
        ],
        at=at,
    )
    Entry.objects.filter(case=held.case, seq=seq).update(audience=Entry.Audience.STAFF)
    # what came with the change bears its moment
    Attachment.objects.filter(owner_kind__in=OWNERS, owner_id=held.case.pk, created_at=event.at).update(public=False)
    if held.matter.merged_into_id is not None and after.merged_into_id is None:
        Follower.objects.filter(case_id=held.matter.merged_into_id, at=event.at).delete()
    cancel_queued(key_prefix=f"case:{held.case.pk}:{seq}:", reason="undone", at=at)
    return held.case
