"""Write to the record, and carry what happened to those who listen."""

import logging
import random
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, Max, OuterRef, QuerySet
from django.db.models.functions import Coalesce

from balai.foundation.events.contributions import Subscription
from balai.foundation.events.facts import DomainEvent, Fact
from balai.foundation.events.models import Event, Retry, Seal, StreamHead
from balai.foundation.events.rules import Actor, Head, Link, link, pause_before_retry, seal_hash
from balai.foundation.registry.discover import contributions
from balai.foundation.rows.insert import insert_rows

logger = logging.getLogger(__name__)

# A transaction that has taken an id may commit a little later than its neighbours; nobody's takes this long.
SETTLED_AFTER = timedelta(minutes=10)
DELIVERY_BATCH = 200
LONGEST_STREAM = 40
SEAL_BATCH = 20_000


def _check_name(stream: str) -> None:
    if len(stream) > LONGEST_STREAM:
        raise ValueError(f"{stream!r} is longer than {LONGEST_STREAM} characters")


def links_of(*, stream: str, head: Head, facts: Sequence[Fact], at: datetime) -> list[Link]:
    """Return the links that ``facts`` add to a stream, in order.

    :raises ValueError: for a name longer than the column, which SQLite would let pass and PostgreSQL refuse.
    """
    _check_name(stream)
    made: list[Link] = []
    for fact in facts:
        made.append(
            link(
                stream=stream,
                after=head,
                at=at,
                kind=fact.event.fact_name(),
                actor=fact.actor,
                public=fact.public,
                data=fact.event.facts(),
            )
        )
        head = Head(made[-1].seq, made[-1].hash)
    return made


def values_of(item: Link, *, delivered_at: datetime | None = None) -> dict[str, Any]:
    """Return the columns of ``Event`` for a link."""
    return {
        "stream": item.stream,
        "seq": item.seq,
        "at": item.at,
        "kind": item.kind,
        "actor_kind": item.actor.kind,
        "actor_id": item.actor.id,
        "post_id": item.actor.post_id,
        "public": item.public,
        "data": item.data,
        "previous_hash": item.previous_hash,
        "hash": item.hash,
        "delivered_at": delivered_at,
    }


def publish(*, stream: str, head: Head, facts: Sequence[Fact], at: datetime) -> Head:
    """Add ``facts`` to a stream whose owner keeps its head, and return the new head. One statement.

    Call it inside the transaction of the change, with the owner's row locked.
    """
    links = links_of(stream=stream, head=head, facts=facts, at=at)
    insert_rows(Event, [values_of(item) for item in links])
    return Head(links[-1].seq, links[-1].hash) if links else head


@transaction.atomic
def append(*, stream: str, event: DomainEvent, actor: Actor, at: datetime, public: bool = False) -> Head:
    """Add one fact to a stream that has no owner row of its own, and return the new head."""
    _check_name(stream)
    StreamHead.objects.bulk_create([StreamHead(stream=stream)], ignore_conflicts=True)
    # the lock keeps two writers from taking the same seq
    row = StreamHead.objects.select_for_update(of=("self",)).get(stream=stream)
    head = publish(
        stream=stream,
        head=Head(row.seq, row.hash),
        facts=[Fact(event=event, actor=actor, public=public)],
        at=at,
    )
    StreamHead.objects.filter(stream=stream).update(seq=head.seq, hash=head.hash)
    return head


def deliver(*, at: datetime) -> int:
    """Hand a batch of new events to their subscribers, oldest first, and return how many were handled.

    Each event is handed over and marked in a commit of its own: a killed worker hands over again what was not marked,
    and what its subscribers lock is let go before the next. A subscriber that
    fails is logged and holds back only its own event: it alone is asked again, after a pause that grows with each
    try (:func:`~balai.foundation.events.rules.pause_before_retry`) and never ends.
    """
    # a look first: an empty round must not take SQLite's only write turn
    if not _waiting(at=at).exists():
        return 0
    listeners: dict[str, list[Subscription]] = {}
    for subscription in contributions(Subscription):
        listeners.setdefault(subscription.event.fact_name(), []).append(subscription)
    batch = list(_waiting(at=at).order_by("id").values_list("pk", "kind")[:DELIVERY_BATCH])
    unheard = [pk for pk, kind in batch if kind not in listeners]
    done = _mark_unheard(unheard, at=at) if unheard else 0
    for pk, kind in batch:
        if kind in listeners:
            done += _deliver_one(pk, listeners[kind], at=at)
    return done


@transaction.atomic
def _mark_unheard(ids: Sequence[int], *, at: datetime) -> int:
    """Mark events that nobody listens to; nobody waits for a listener that is not there any more."""
    Retry.objects.filter(event__in=ids).delete()
    return Event.objects.filter(pk__in=ids, delivered_at__isnull=True).update(delivered_at=at)


@transaction.atomic
def _deliver_one(pk: int, listeners: Sequence[Subscription], *, at: datetime) -> bool:
    rows = _waiting(at=at).filter(pk=pk)
    if connection.features.has_select_for_update_skip_locked:
        # another worker has it: it is in good hands
        rows = rows.select_for_update(skip_locked=True, of=("self",))
    row = rows.first()
    if row is None:
        return False
    retries = Retry.objects.filter(event=row).select_related("event")
    if not _hand_over(row, listeners=listeners, retries=retries, at=at):
        return False
    Event.objects.filter(pk=pk).update(delivered_at=at)
    return True


def _waiting(*, at: datetime) -> QuerySet[Event]:
    """Return the events that nobody was handed yet, and those of which a listener may be asked again."""
    failed = Retry.objects.filter(event=OuterRef("pk"))
    return Event.objects.filter(delivered_at__isnull=True).filter(
        ~Exists(failed) | Exists(failed.filter(next_try_at__lte=at))
    )


def _hand_over(row: Event, *, listeners: Iterable[Subscription], retries: Iterable[Retry], at: datetime) -> bool:
    """Call who still has to hear of an event and return whether nobody is left; who has heard is not asked again."""
    before = {retry.listener: retry for retry in retries}
    left: list[str] = []
    for subscription in listeners:
        name = f"{subscription.call.__module__}.{subscription.call.__qualname__}"
        retry = before.get(name, None if before else Retry(event=row, listener=name))
        if retry is None:
            # it has heard, another one failed
            continue
        # another worker may have asked it since we looked
        is_early = retry.pk is not None and retry.next_try_at > at
        if is_early or not _listens(subscription, retry=retry, at=at):
            left.append(name)
    if before:
        # also of a listener that is not there any more: nobody waits for it
        Retry.objects.filter(event=row).exclude(listener__in=left).delete()
    return not left


def _listens(subscription: Subscription, *, retry: Retry, at: datetime) -> bool:
    try:
        with transaction.atomic():
            subscription.call(event=retry.event)
    except Exception:
        retry.tries += 1
        retry.next_try_at = at + pause_before_retry(attempts=retry.tries, chance=random.random())
        retry.save()
        logger.exception("%s, again at %s", retry, retry.next_try_at)
        return False
    return True


@transaction.atomic
def seal_settled(*, at: datetime) -> int:
    """Seal the events that are old enough for no earlier id to appear, and return how many were sealed."""
    last = Seal.objects.order_by("-last_id").first()
    first_id = (last.last_id if last else 0) + 1
    # An import writes old moments now: it was there at its delivery, not at ``at``. Everything before the first event
    # that has not settled yet is what counts.
    seen = Event.objects.filter(id__gte=first_id).alias(seen_at=Coalesce("delivered_at", "at"))
    fresh = seen.filter(seen_at__gt=at - SETTLED_AFTER).order_by("id").values("id").first()
    settled = seen.filter(seen_at__lte=at - SETTLED_AFTER)
    if fresh is not None:
        settled = settled.filter(id__lt=fresh["id"])
    limit = settled.aggregate(newest=Max("id"))["newest"]
    if limit is None:
        return 0
    pairs = list(
        Event.objects.filter(id__gte=first_id, id__lte=limit).order_by("id").values_list("id", "hash")[:SEAL_BATCH]
    )
    if not pairs:
        return 0
    previous = last.hash if last else ""
    Seal.objects.create(
        first_id=first_id,
        last_id=pairs[-1][0],
        count=len(pairs),
        sealed_at=at,
        previous_hash=previous,
        hash=seal_hash(
            previous_hash=previous, first_id=first_id, last_id=pairs[-1][0], hashes=[pair[1] for pair in pairs]
        ),
    )
    return len(pairs)
