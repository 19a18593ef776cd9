"""Read the record and prove it."""

from collections.abc import Callable, Iterator
from itertools import groupby

from django.db.models import F, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

from balai.foundation.events.models import Event, Seal, StreamHead
from balai.foundation.events.rules import Actor, Break, Link, first_break, seal_hash


def link_of(row: Event) -> Link:
    """Return a stored row as the value that is hashed."""
    return Link(
        row.stream,
        row.seq,
        row.at,
        row.kind,
        Actor(row.actor_kind, row.actor_id, row.post_id),
        row.public,
        row.data,
        row.previous_hash,
        row.hash,
    )


def stream_events(*, stream: str, public_only: bool = False) -> list[Event]:
    """Return the events of one stream, oldest first."""
    rows = Event.objects.filter(stream=stream).order_by("seq")
    return list(rows.filter(public=True) if public_only else rows)


def _streams() -> Iterator[tuple[str, Iterator[Event]]]:
    rows = Event.objects.order_by("stream", "seq").iterator(chunk_size=5_000)
    return groupby(rows, key=lambda row: row.stream)


def find_break(*, progress: Callable[[int], None] = lambda count: None) -> Break | None:
    """Prove every stream, the heads kept here, then every seal; return the first broken link, or None when the whole record holds."""
    for _stream, rows in _streams():
        links = [link_of(row) for row in rows]
        broken = first_break(links)
        if broken:
            return broken
        progress(len(links))
    return find_lost_head() or find_broken_seal()


def find_lost_head() -> Break | None:
    """Return the first stream without an owner row whose newest link is not there any more."""
    newest = Event.objects.filter(stream=OuterRef("stream")).order_by("-seq").values("hash")[:1]
    lost = (
        StreamHead.objects.filter(seq__gt=0)
        .annotate(found=Coalesce(Subquery(newest), Value("")))
        .exclude(found=F("hash"))
        .order_by("stream")
        .first()
    )
    return None if lost is None else Break(lost.stream, lost.seq, "missing")


def find_broken_seal() -> Break | None:
    """Return the first seal that no longer fits the events under it: a stream was taken away or put in later."""
    previous = ""
    next_id = 1
    for seal in Seal.objects.order_by("last_id").iterator():
        hashes = list(
            Event.objects.filter(id__gte=seal.first_id, id__lte=seal.last_id)
            .order_by("id")
            .values_list("hash", flat=True)
        )
        if seal.first_id != next_id or seal.previous_hash != previous:
            return Break("seals", seal.pk, "does not follow the seal before it")
        if len(hashes) != seal.count:
            return Break("seals", seal.pk, f"holds {len(hashes)} events instead of {seal.count}")
        expected = seal_hash(previous_hash=previous, first_id=seal.first_id, last_id=seal.last_id, hashes=hashes)
        if expected != seal.hash:
            return Break("seals", seal.pk, "was changed")
        previous, next_id = seal.hash, seal.last_id + 1
    return None
