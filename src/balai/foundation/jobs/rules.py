"""Which tick it is, how often it is tried and how long its row stays."""

from datetime import datetime, timedelta

# A tick that comes again soon is not tried a second time: the next one does its work.
RETRIED_FROM = timedelta(minutes=5)


def tick_number(*, every: timedelta, at: datetime) -> int:
    """Return the number of the stretch of ``every`` that ``at`` lies in, counted from 1970: the same for all workers."""
    return int(at.timestamp() // every.total_seconds())


def tries_of_tick(*, every: timedelta) -> int:
    """Return how often one tick of periodic work is tried."""
    return 8 if every >= RETRIED_FROM else 1


def tick_kept_until(*, every: timedelta, at: datetime) -> datetime:
    """Return until when the row of a tick must stay: as long as somebody could still ask for the same tick."""
    return at + max(2 * every, timedelta(hours=1))
