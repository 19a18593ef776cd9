"""Count what was returned and why."""

from django.db import transaction
from django.db.models import F

from balai.engines.cases.models import Case
from balai.foundation.places.queries import city_day
from balai.modules.services.models import Application, ReturnNote, ReturnTotal


@transaction.atomic
def note_return(*, case: Case, seq: int, reason: str) -> bool:
    """Count one return, once, and say whether it was new."""
    application = Application.objects.select_related("version").filter(case=case).first()
    if application is None:
        return False
    _note, is_new = ReturnNote.objects.get_or_create(case=case, seq=seq)
    if is_new:
        place = {
            "service_id": application.version.service_id,
            "month": city_day(case.received_at).replace(day=1),
            "reason": reason[:30],
        }
        ReturnTotal.objects.bulk_create([ReturnTotal(**place)], ignore_conflicts=True)
        ReturnTotal.objects.filter(**place).update(count=F("count") + 1)
    return is_new
