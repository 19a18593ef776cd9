"""Read records: what the city says on a day, what is in work, what was said before."""

from datetime import date

from django.db.models import Count, Q, QuerySet

from balai.engines.catalogs.events import VersionReturned, stream_of
from balai.engines.catalogs.models import PublicComment, RecordVersion
from balai.foundation.events.models import Event

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


def asked_about(*, kind: str, day: date) -> QuerySet[RecordVersion]:
    """Return the versions of which everybody may say on a day what they think, those that end first before others."""
    return (
        RecordVersion.objects.filter(record__kind=kind, state="consultation", consulted_until__gte=day)
        .select_related("record", "record__unit")
        .order_by("consulted_until", "record__name_id")
    )


def consulted(*, kind: str, slug: str) -> RecordVersion | None:
    """Return the newest version of a record about which the public was or is asked on its page."""
    return (
        RecordVersion.objects.filter(record__kind=kind, record__slug=slug, consulted_until__isnull=False)
        .select_related("record", "record__unit")
        .order_by("-number")
        .first()
    )


def said_before(version: RecordVersion) -> RecordVersion | None:
    """Return the version that a later one would replace, or has replaced."""
    earlier = RecordVersion.objects.filter(
        record_id=version.record_id, number__lt=version.number, published_at__isnull=False
    )
    return earlier.order_by("-number").first()


def why_returned(version: RecordVersion) -> str:
    """Return why a version was last taken back to the draft; empty if it never was."""
    events = Event.objects.filter(
        stream=stream_of(version.record_id), kind=VersionReturned.__name__, data__number=version.number
    )
    last = events.order_by("-seq").first()
    return str(last.data["reason"]) if last is not None else ""


def comments_on(version: RecordVersion) -> QuerySet[PublicComment]:
    """Return what was said of a version, the newest first."""
    return PublicComment.objects.filter(version=version).order_by("-pk")


def unanswered(*, kind: str) -> dict[int, int]:
    """Return how many comments have no answer yet, by the id of the record that is in work."""
    rows = PublicComment.objects.filter(version__record__kind=kind, version__state__in=IN_WORK, outcome="")
    return dict(rows.values_list("version__record_id").annotate(n=Count("pk")).order_by())
