"""Keep the stems."""

from collections.abc import Iterable, Sequence

from django.db import transaction

from balai.foundation.search.models import Entry
from balai.foundation.search.rules import normalise

BATCH = 500


@transaction.atomic
def index(*, source: str, rows: Iterable[tuple[int, str]]) -> int:
    """Keep the stems of ``rows`` (object id, text), in place of what was kept before; return how many."""
    # the same object twice in one statement is an error on PostgreSQL: the last text counts
    entries = [
        Entry(source=source, object_id=object_id, stems=normalise(text)) for object_id, text in dict(rows).items()
    ]
    Entry.objects.bulk_create(
        entries,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["source", "object_id"],
        update_fields=["stems"],
    )
    return len(entries)


@transaction.atomic
def forget(*, source: str, object_ids: Sequence[int]) -> int:
    """Delete what is kept of these objects and return how many there were; safe to run twice."""
    deleted, _ = Entry.objects.filter(source=source, object_id__in=object_ids).delete()
    return deleted


@transaction.atomic
def forget_source(*, source: str) -> int:
    """Delete everything that a source keeps and return how many there were."""
    deleted, _ = Entry.objects.filter(source=source).delete()
    return deleted
