"""Count, and say when it is too many."""

import hashlib
from contextlib import nullcontext
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connections, router

from balai.foundation.limits.models import RateCounter
from balai.foundation.limits.rules import seconds_until, window_end

# One statement: two processes at the same moment never read the same count.
_COUNT_UP = (
    "INSERT INTO {table} ({key}, {ends}, {count}) {row} "
    "ON CONFLICT ({key}, {ends}) DO UPDATE SET {count} = {table}.{count} + 1 RETURNING {count}"
)
_ROW = "VALUES (%s, %s, 1)"
# The setting holds for the transaction of this statement only.
_ROW_OF_A_LIGHT_COMMIT = "SELECT %s, CAST(%s AS bigint), 1 FROM set_config('synchronous_commit', 'off', true)"


class TooMany(Exception):
    """More than the limit in this window. ``retry_after``: seconds until the next window."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"too many; try again in {retry_after} s")
        self.retry_after = retry_after


def count_up(*, key: str, per: timedelta, at: datetime) -> int:
    """Count one more of ``key`` in the present window and return how many there are now, this one included.

    ``key`` names what is counted and for whom, as ``send-code:+6281…``; only its keyed hash is stored. ``per`` is the
    length of the window in whole seconds. The same key in windows of two lengths is counted twice, apart.

    The count takes part in the caller's transaction: count before opening one, or a rollback takes the count along.
    Outside one its commit does not wait for the disk: a power cut may forget the last counts, and nothing else.
    """
    connection = connections[router.db_for_write(RateCounter)]
    is_light = not connection.in_atomic_block
    quote = connection.ops.quote_name
    statement = _COUNT_UP.format(
        table=quote(RateCounter._meta.db_table),
        key=quote("key"),
        ends=quote("ends"),
        count=quote("count"),
        row=_ROW_OF_A_LIGHT_COMMIT if is_light and connection.vendor == "postgresql" else _ROW,
    )
    # SQLite's connection is ours (config/sqlite) and knows how to
    passing = getattr(connection, "passing", nullcontext) if is_light else nullcontext
    with passing(), connection.cursor() as cursor:
        cursor.execute(statement, [_hashed(key, per), window_end(at=at, per=per)])
        return int(cursor.fetchone()[0])


def check_limit(*, key: str, limit: int, per: timedelta, at: datetime) -> None:
    """Count one more of ``key`` and refuse it above ``limit`` in the window.

    Refused tries count too, but never prolong the wait: windows are fixed. Around a border up to twice the limit
    can pass within one length of the window.

    :raises TooMany: with the seconds until the next window.
    """
    if count_up(key=key, per=per, at=at) > limit:
        raise TooMany(seconds_until(end=window_end(at=at, per=per), at=at))


def check_count(*, key: str, limit: int, per: timedelta, at: datetime) -> None:
    """Refuse ``key`` where ``limit`` was reached in the window, without counting; for what is counted only afterwards.

    Calls at the same moment may pass together before any of them is counted: keep a plain limit around them.

    :raises TooMany: with the seconds until the next window.
    """
    end = window_end(at=at, per=per)
    if RateCounter.objects.filter(key=_hashed(key, per), ends=end, count__gte=limit).exists():
        raise TooMany(seconds_until(end=end, at=at))


def forget_old_windows(*, at: datetime) -> int:
    """Delete the counters of windows that are over and return how many; safe to run twice."""
    deleted, _ = RateCounter.objects.filter(ends__lte=int(at.timestamp())).delete()
    return deleted


def _hashed(key: str, per: timedelta) -> str:
    text = f"{key}\n{int(per.total_seconds())}".encode()
    return hashlib.blake2b(text, key=settings.SECRET_KEY.encode()[:64], digest_size=16).hexdigest()
