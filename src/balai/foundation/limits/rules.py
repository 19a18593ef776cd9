"""Windows of time in which things are counted."""

from datetime import UTC, datetime, timedelta


def window_end(*, at: datetime, per: timedelta) -> int:
    """Return the end of the window that holds ``at``, in seconds since 1970.

    Windows of one length follow each other without gaps from 1970 on; a moment on the border opens the next one.

    :raises ValueError: if ``per`` is not a whole number of seconds, at least one.
    """
    seconds = per // timedelta(seconds=1)
    if seconds < 1 or per != timedelta(seconds=seconds):
        raise ValueError(f"a window lasts whole seconds, at least one, not {per!r}")
    elapsed = (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1)
    return (elapsed // seconds + 1) * seconds


def seconds_until(*, end: int, at: datetime) -> int:
    """Return how many whole seconds to wait from ``at`` until ``end``; at least one."""
    left = timedelta(seconds=end) - (at - datetime(1970, 1, 1, tzinfo=UTC))
    return max(1, -(-left // timedelta(seconds=1)))
