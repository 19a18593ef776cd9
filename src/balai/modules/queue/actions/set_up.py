"""Set a hall up: every change is recorded, nothing that has tickets is deleted."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import F

from balai.engines.catalogs.models import Record
from balai.foundation.events.actions import append
from balai.foundation.events.rules import Actor
from balai.modules.queue.actions._hall import QueueRefused, held
from balai.modules.queue.events import HallChanged, stream_of
from balai.modules.queue.keeping import keeper_hash
from balai.modules.queue.models import Counter, Errand, Hall, Ticket, new_key


def _noted(hall: Hall, *, actor: Actor, at: datetime) -> None:
    append(stream=stream_of(hall.slug), event=HallChanged(hall=hall.slug), actor=actor, at=at)


@transaction.atomic
def open_hall(*, hall: Hall, actor: Actor, at: datetime) -> Hall:
    """Keep a new hall."""
    hall.save(force_insert=True)
    _noted(hall, actor=actor, at=at)
    return hall


@transaction.atomic
def keep_hall(*, hall: Hall, expected_revision: int, actor: Actor, at: datetime) -> Hall:
    """Keep how a hall works; what was booked stays booked.

    :raises QueueRefused: ``changed`` if somebody else changed it since ``expected_revision``.
    """
    if held(hall.pk, booking=True).revision != expected_revision:
        raise QueueRefused("changed")
    hall.revision = expected_revision + 1
    # calls are counted by the counters meanwhile
    hall.save(
        update_fields=[
            field.name
            for field in Hall._meta.fields
            if field.name not in ("id", "slug", "unit", "kiosk_key", "calls_since_priority", "keeper_hash", "heard_at")
        ]
    )
    _noted(hall, actor=actor, at=at)
    return hall


@transaction.atomic
def add_errand(*, hall: Hall, record: Record, letter: str, usual_minutes: int, actor: Actor, at: datetime) -> Errand:
    """Let people come for one more thing; one that was taken away comes back with what was learnt of it."""
    errand, _made = Errand.objects.update_or_create(
        hall=hall, record=record, defaults={"letter": letter, "usual_minutes": usual_minutes, "active": True}
    )
    _noted(hall, actor=actor, at=at)
    return errand


@transaction.atomic
def drop_errand(*, hall: Hall, errand_id: int, actor: Actor, at: datetime) -> None:
    """Let nobody come for something any more; who waits for it is still served."""
    Errand.objects.filter(hall=hall, pk=errand_id).update(active=False)
    _noted(hall, actor=actor, at=at)


@transaction.atomic
def keep_counter(
    *, hall: Hall, counter_id: int, number: int, errands: Iterable[Errand], actor: Actor, at: datetime
) -> Counter:
    """Keep a counter: ``counter_id`` 0 for a new one, or one that was taken away and comes back with its number.

    What nobody comes for any more stays with the counter: whoever waits for it is still served.

    :raises QueueRefused: ``moved_on`` if the counter is not there any more, or another has the number meanwhile.
    """
    held(hall.pk, booking=True)
    same = Counter.objects.filter(hall=hall, number=number).first()
    counter = Counter.objects.filter(hall=hall, pk=counter_id).first() if counter_id else same or Counter(hall=hall)
    if counter is None or same not in (None, counter):
        raise QueueRefused("moved_on")
    counter.number, counter.active = number, True
    counter.save()
    counter.errands.set([*errands, *counter.errands.filter(active=False)])
    _noted(hall, actor=actor, at=at)
    return counter


@transaction.atomic
def drop_counter(*, hall: Hall, counter_id: int, actor: Actor, at: datetime) -> None:
    """Take a counter away.

    :raises QueueRefused: ``busy`` while somebody is served there.
    """
    Hall.objects.select_for_update(of=("self",)).get(pk=hall.pk)
    if Ticket.objects.filter(counter_id=counter_id, state__in=("called", "serving")).exists():
        raise QueueRefused("busy")
    Counter.objects.filter(hall=hall, pk=counter_id).update(active=False, officer=None)
    _noted(hall, actor=actor, at=at)


@transaction.atomic
def new_machine_key(*, hall: Hall, actor: Actor, at: datetime) -> str:
    """Make a new address for the ticket machine; whoever has the old one can draw no numbers any more."""
    key = new_key()
    Hall.objects.filter(pk=hall.pk).update(kiosk_key=key, revision=F("revision") + 1)
    _noted(hall, actor=actor, at=at)
    return key


@transaction.atomic
def give_to_building(*, hall: Hall, actor: Actor, at: datetime) -> str:
    """Let a computer in the building keep the line from now on; return its key, which is shown only now.

    A key that was given before is closed.
    """
    key = new_key()
    Hall.objects.filter(pk=hall.pk).update(keeper_hash=keeper_hash(key), heard_at=None, revision=F("revision") + 1)
    # whoever sat at a counter sits down again there
    Counter.objects.filter(hall=hall).update(officer=None, paused=False)
    _noted(hall, actor=actor, at=at)
    return key


@transaction.atomic
def take_back(*, hall: Hall, actor: Actor, at: datetime) -> None:
    """Keep the line at this server again; the building's key is closed."""
    Hall.objects.filter(pk=hall.pk).update(keeper_hash="", revision=F("revision") + 1)
    _noted(hall, actor=actor, at=at)
