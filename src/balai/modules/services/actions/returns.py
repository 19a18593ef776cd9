"""Count what was returned and why; a return that was taken back counts no more."""

from typing import Any

from django.db import transaction
from django.db.models import F

from balai.engines.cases.events import CaseUndone, stream_of
from balai.engines.cases.models import Case
from balai.foundation.events.models import Event
from balai.foundation.places.queries import city_day
from balai.modules.services.models import Application, ReturnNote, ReturnTotal


@transaction.atomic
def note_return(*, case: Case, seq: int, reason: str) -> bool:
    """Count one return, once, and say whether it was new."""
    place = _place(case, reason)
    if place is None or _is_undone(case, seq):
        return False
    _note, is_new = ReturnNote.objects.get_or_create(case=case, seq=seq)
    if is_new:
        ReturnTotal.objects.bulk_create([ReturnTotal(**place)], ignore_conflicts=True)
        ReturnTotal.objects.filter(**place).update(count=F("count") + 1)
    return is_new


@transaction.atomic
def forget_return(*, case: Case, seq: int, reason: str) -> bool:
    """Count a return no more that its officer took back; say whether it had been counted."""
    place = _place(case, reason)
    if place is None or not ReturnNote.objects.filter(case=case, seq=seq).delete()[0]:
        return False
    ReturnTotal.objects.filter(**place, count__gt=0).update(count=F("count") - 1)
    return True


def _is_undone(case: Case, seq: int) -> bool:
    # the worker may hear of the return only after it was taken back
    undone = Event.objects.filter(stream=stream_of(case.reference), kind=CaseUndone.__name__)
    return undone.filter(data__undone_seq=seq).exists()


def _place(case: Case, reason: str) -> dict[str, Any] | None:
    application = Application.objects.select_related("version").filter(case=case).first()
    if application is None:
        return None
    return {
        "service_id": application.version.service_id,
        "month": city_day(case.received_at).replace(day=1),
        "reason": reason[:30],
    }
