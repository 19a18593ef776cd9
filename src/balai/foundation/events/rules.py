"""How links of the record hold on to one another, and how long a listener that failed is left alone."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

LONGEST_PAUSE = timedelta(hours=1)


@dataclass(frozen=True)
class Actor:
    """Who did it: ``staff`` (id of the user), ``resident``, ``api`` (id of the key) or ``system``."""

    kind: str
    id: int | None = None
    post_id: int | None = None


SYSTEM = Actor("system")


@dataclass(frozen=True)
class Head:
    """The newest link of a stream: how many links there are and the hash of the last (empty for none)."""

    seq: int = 0
    hash: str = ""


@dataclass(frozen=True)
class Link:
    """One link as it is hashed and stored."""

    stream: str
    seq: int
    at: datetime
    kind: str
    actor: Actor
    public: bool
    data: dict[str, Any]
    previous_hash: str
    hash: str


@dataclass(frozen=True)
class Break:
    """The first place where the record does not hold. ``stream`` is ``seals`` when a whole stream is missing."""

    stream: str
    seq: int
    reason: str


def pause_before_retry(*, attempts: int, chance: float) -> timedelta:
    """Return the pause after ``attempts`` runs that failed: it doubles from two seconds up to an hour.

    ``chance`` (0 to 1) lengthens it by up to a half, so that what failed together does not come back together.
    """
    seconds = min(LONGEST_PAUSE.total_seconds(), 2.0 ** min(attempts, 20))
    return timedelta(seconds=seconds * (1 + chance / 2))


def link_hash(
    *,
    stream: str,
    seq: int,
    at: datetime,
    kind: str,
    actor: Actor,
    public: bool,
    data: dict[str, Any],
    previous_hash: str,
) -> str:
    """Return the SHA-256 (hex) over one link and the hash before it.

    The text hashed is JSON with sorted keys and the moment in UTC with microseconds, so that SQLite, PostgreSQL
    and a reader outside Balai arrive at the same figure.
    """
    body = json.dumps(
        [
            previous_hash,
            stream,
            seq,
            at.astimezone(UTC).isoformat(timespec="microseconds"),
            kind,
            actor.kind,
            actor.id,
            actor.post_id,
            public,
            data,
        ],
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
    )
    return hashlib.sha256(body.encode()).hexdigest()


def link(
    *, stream: str, after: Head, at: datetime, kind: str, actor: Actor, public: bool, data: dict[str, Any]
) -> Link:
    """Return the link that follows ``after``."""
    seq = after.seq + 1
    digest = link_hash(
        stream=stream,
        seq=seq,
        at=at,
        kind=kind,
        actor=actor,
        public=public,
        data=data,
        previous_hash=after.hash,
    )
    return Link(stream, seq, at, kind, actor, public, data, after.hash, digest)


def first_break(links: Iterable[Link]) -> Break | None:
    """Return the first broken link of one stream given in order of ``seq``, or None when all hold."""
    head = Head()
    for item in links:
        if item.seq != head.seq + 1:
            return Break(item.stream, head.seq + 1, "missing")
        if item.previous_hash != head.hash:
            return Break(item.stream, item.seq, "does not follow the link before it")
        expected = link(
            stream=item.stream,
            after=head,
            at=item.at,
            kind=item.kind,
            actor=item.actor,
            public=item.public,
            data=item.data,
        )
        if expected.hash != item.hash:
            return Break(item.stream, item.seq, "was changed")
        head = Head(item.seq, item.hash)
    return None


def seal_hash(*, previous_hash: str, first_id: int, last_id: int, hashes: Sequence[str]) -> str:
    """Return the hash of a seal over the events ``first_id`` to ``last_id`` (their hashes in order of id)."""
    digest = hashlib.sha256(f"{previous_hash}:{first_id}:{last_id}:{len(hashes)}".encode())
    for item in hashes:
        digest.update(item.encode())
    return digest.hexdigest()
