"""How long to wait, and which tick it is."""

from datetime import datetime, timedelta

LONGEST_PAUSE = timedelta(hours=1)
# A tick that comes again soon is not tried a second time: the next one does its work.
RETRIED_FROM = timedelta(minutes=5)


def pause_before_retry(*, attempts: int, chance: float) -> timedelta:
    """Return the pause after ``attempts`` runs that failed: it doubles from two seconds up to an hour.

    ``chance`` (0 to 1) lengthens it by up to a half, so that what failed together does not come back together.
    """
    seconds = min(LONGEST_PAUSE.total_seconds(), 2.0 ** min(attempts, 20))
    return timedelta(seconds=seconds * (1 + chance / 2))


def tick_number(*, every: timedelta, at: datetime) -> int:
    """Return the number of the stretch of ``every`` that ``at`` lies in, counted from 1970: the same for all workers."""
    return int(at.timestamp() // every.total_seconds())


def tries_of_tick(*, every: timedelta) -> int:
    """Return how often one tick of periodic work is tried."""
    return 8 if every >= RETRIED_FROM else 1


def tick_kept_until(*, every: timedelta, at: datetime) -> datetime:
    """Return until when the row of a tick must stay: as long as somebody could still ask for the same tick."""
    return at + max(2 * every, timedelta(hours=1))
