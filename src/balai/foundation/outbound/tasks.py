"""What happens by itself."""

from balai.foundation.calendar import clock
from balai.foundation.outbound import actions


def probe() -> None:
    """Look whether outside systems answer."""
    actions.probe_systems(at=clock.now())


def watch() -> None:
    """Tell of what is stuck, forget what is old."""
    at = clock.now()
    actions.alarm_stuck(at=at)
    actions.forget_old(at=at)
