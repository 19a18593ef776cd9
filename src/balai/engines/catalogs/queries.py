"""Read records: what the city says on a day, what is in work, what was said before."""

from datetime import date

from django.db.models import Q, QuerySet

from balai.engines.catalogs.models import RecordVersion

IN_WORK = ("draft", "consultation", "decreed")


def live_on(*, kind: str, day: date) -> QuerySet[RecordVersion]:
    """Return the versions of a kind that are valid on a day, in the order of lists, with record and agency."""
    return (
        RecordVersion.objects.filter(record__kind=kind, state__in=("published", "retired"), valid_from__lte=day)
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day))
        .select_related("record", "record__unit")
        .order_by("record__order", "record__name_id")
    )


def in_work(*, kind: str) -> QuerySet[RecordVersion]:
    """Return the versions that somebody is working on, those that were touched last first."""
    return (
        RecordVersion.objects.filter(record__kind=kind, state__in=IN_WORK)
        .select_related("record", "record__unit")
        .order_by("-changed_at", "-pk")
    )


def history(*, record_id: int) -> list[RecordVersion]:
    """Return every version of a record, the newest first."""
    return list(RecordVersion.objects.filter(record_id=record_id).select_related("record").order_by("-number"))


def due_for_review(*, kind: str, day: date) -> QuerySet[RecordVersion]:
    """Return what is said on a day although somebody should have looked at it again."""
    return live_on(kind=kind, day=day).filter(review_date__lt=day)
