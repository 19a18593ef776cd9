"""What the engine does when something has happened to a matter. Called at least once; a message is queued once."""

import logging

from balai.engines.cases.actions.search import index_cases
from balai.engines.cases.actions.totals import mark_month
from balai.engines.cases.events import reference_of
from balai.engines.cases.models import Case
from balai.engines.cases.queries.families import desk_address
from balai.foundation.events.models import Event
from balai.foundation.identity.models import User
from balai.foundation.messages.actions import Draft, queue_messages
from balai.foundation.units.queries import NobodyThere, recipients

logger = logging.getLogger(__name__)


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


def tell_unit(*, event: Event) -> None:
    """Tell the handlers of the agency that a matter has come to them."""
    case = _case(event)
    if case is not None and case.is_open:
        unit_id = event.data.get("unit_id") or case.unit_id
        _tell(
            event=event,
            case=case,
            people=_people(unit_id=unit_id, level="handler", event=event),
            template="new_for_unit",
        )


def tell_level(*, event: Event) -> None:
    """Tell whoever a promise climbed to."""
    case = _case(event)
    if case is not None and case.is_open:
        people = _people(unit_id=case.unit_id, level=event.data["level"], event=event)
        _tell(event=event, case=case, people=people, template="escalated")


def tell_officer(*, event: Event) -> None:
    """Tell the person who works on it, or the handlers, that the reporter wrote."""
    case = _case(event)
    if case is None:
        return
    assigned = case.assignee if case.assignee is not None and case.assignee.is_active else None
    people = [assigned] if assigned else _people(unit_id=case.unit_id, level="handler", event=event)
    _tell(event=event, case=case, people=people, template="reporter_replied")


def _case(event: Event) -> Case | None:
    return Case.objects.select_related("unit", "assignee").filter(reference=reference_of(event.stream)).first()


def _people(*, unit_id: int, level: str, event: Event) -> list[User]:
    try:
        return recipients(unit_id=unit_id, level=level, at=event.at)
    except NobodyThere:
        # the page of neglect shows the empty posts; the matter itself keeps climbing
        logger.warning("nobody to tell about event %s at level %s", event.pk, level)
        return []


def _tell(*, event: Event, case: Case, people: list[User], template: str) -> None:
    # a secret matter's words do not travel by mail
    title = case.title if case.privacy != Case.Privacy.SECRET else case.reference
    address = desk_address(case)
    queue_messages(
        drafts=[
            Draft(
                dedupe_key=f"event:{event.pk}:user:{person.pk}:email",
                template=f"case_{template}",
                channel="email",
                locale=person.locale,
                user_id=person.pk,
                subject_kind="case",
                subject_id=case.pk,
                context={"reference": case.reference, "title": title, "unit": case.unit.name, "address": address},
            )
            for person in people
        ],
        at=event.at,
    )
