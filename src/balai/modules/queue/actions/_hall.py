"""What every change in a hall needs: its lock, its record, its words to the person."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from balai.foundation.events.actions import append
from balai.foundation.events.facts import DomainEvent
from balai.foundation.events.rules import Actor
from balai.foundation.messages.actions import Draft, queue_messages
from balai.foundation.web.words import moment_for
from balai.modules.queue.events import stream_of
from balai.modules.queue.models import Counter, Errand, Hall, Ticket
from balai.modules.queue.rules.line import spoken_number

MOST_ERRANDS = 4
# nobody needs to read an hour later that they were called
SOON_OVER = ("queue_near", "queue_called")
STILL_OF_USE = timedelta(minutes=20)


class QueueRefused(Exception):
    """Nothing was changed. ``code``: closed, no_errand, full, too_late, not_yours, moved_on, nobody, busy, elsewhere,
    too_early, kept, changed, unknown_code, other_hall, other_day, given_back, drawn, at_the_city.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def held(hall_id: int, *, booking: bool = False) -> Hall:
    """Return the hall, locked: two counters that call at once get two people.

    :raises QueueRefused: ``kept`` where a computer in the building keeps the line; ``booking`` for what is done here
        all the same.
    """
    hall = Hall.objects.select_for_update(of=("self",)).get(pk=hall_id)
    if hall.keeper_hash and not booking:
        raise QueueRefused("kept")
    return hall


def tell(hall: Hall, event: DomainEvent, *, actor: Actor, at: datetime) -> None:
    append(stream=stream_of(hall.slug), event=event, actor=actor, at=at)


def wanted_errands(hall: Hall, errand_ids: Sequence[int]) -> list[Errand]:
    """Return the errands of a visit in the order asked.

    :raises QueueRefused: ``no_errand`` for none, too many, or one that no counter of the hall serves.
    """
    found = {errand.pk: errand for errand in Errand.objects.filter(hall=hall, active=True, pk__in=errand_ids)}
    wanted = list(dict.fromkeys(errand_ids))
    if not wanted or len(wanted) > MOST_ERRANDS or any(pk not in found for pk in wanted):
        raise QueueRefused("no_errand")
    served = set(
        Counter.errands.through.objects.filter(counter__hall=hall, counter__active=True).values_list(
            "errand_id", flat=True
        )
    )
    if any(pk not in served for pk in wanted):
        raise QueueRefused("no_errand")
    return [found[pk] for pk in wanted]


def _call_of(ticket: Ticket) -> str:
    # the count begins anew when somebody comes back, so it says nothing alone
    return f"{ticket.called_at.timestamp() if ticket.called_at else 0}-{ticket.calls}"


def _which(ticket: Ticket, template: str, *, at: datetime) -> str:
    """Return which message of its kind this is: each call and each move is said, that one is near only once."""
    if template == "queue_called":
        return _call_of(ticket)
    # somebody may move to and fro between two times
    return str(at.timestamp()) if template == "queue_moved" else "0"


def write_to(ticket: Ticket, template: str, *, at: datetime, code: str = "", **more: str) -> None:
    resident = ticket.resident
    if resident is None or not resident.email:
        return
    queue_messages(
        drafts=[
            Draft(
                dedupe_key=f"{template}:{ticket.pk}:{_which(ticket, template, at=at)}:email",
                template=template,
                channel="email",
                locale=ticket.locale,
                resident_id=resident.pk,
                subject_kind="ticket",
                subject_id=ticket.pk,
                context={
                    "number": spoken_number(ticket.letter, ticket.number) if ticket.number else "",
                    "hall": ticket.hall.name,
                    "when": moment_for(ticket.slot, language=ticket.locale) if ticket.slot else "",
                    **more,
                },
                secret_context={"code": code} if code else {},
                expires_at=at + STILL_OF_USE if template in SOON_OVER else None,
            )
        ],
        at=at,
    )
