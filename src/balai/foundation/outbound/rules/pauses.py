"""How long to wait before the next try."""

from datetime import timedelta

PAUSES = tuple(timedelta(minutes=minutes) for minutes in (0.25, 1, 5, 30, 120, 360, 720, 1440))
# a receiver that was away for so long is given up until somebody looks
PATIENCE = timedelta(days=3)


def pause_after(tries: int, *, jitter: float) -> timedelta | None:
    """Return the pause after ``tries`` failed tries (from 1), None when it is given up.

    ``jitter`` from 0 to 1 spreads them by a fifth, so that not all who were turned away come back at once.
    """
    if tries > len(PAUSES):
        return None
    return PAUSES[tries - 1] * (0.9 + 0.2 * jitter)


def pause_of_hand_over(tries: int, *, jitter: float) -> timedelta:
    """Return the pause of a hand-over, which is never given up by itself: at most an hour."""
    return min(PAUSES[min(tries, len(PAUSES)) - 1], timedelta(hours=1)) * (0.9 + 0.2 * jitter)
