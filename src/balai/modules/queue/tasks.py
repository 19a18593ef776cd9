"""What happens by itself."""

from balai.foundation.calendar import clock
from balai.modules.queue.actions import close_days


def days() -> None:
    """Close the days that are over and write their sums."""
    close_days(at=clock.now())
