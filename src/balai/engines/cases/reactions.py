"""What the engine does when something has happened to a matter."""

from balai.engines.cases.actions.search import index_cases
from balai.engines.cases.actions.totals import mark_month
from balai.engines.cases.events import reference_of
from balai.engines.cases.models import Case
from balai.foundation.events.models import Event


def note_month(*, event: Event) -> None:
    """Mark the month whose totals this event moves."""
    received_at = (
        Case.objects.filter(reference=reference_of(event.stream)).values_list("received_at", flat=True).first()
    )
    if received_at is not None:
        mark_month(received_at=received_at, at=event.at)


def index_words(*, event: Event) -> None:
    """Keep the words of this matter findable, for the readers that it has now."""
    index_cases(rows=Case.objects.filter(reference=reference_of(event.stream)))
