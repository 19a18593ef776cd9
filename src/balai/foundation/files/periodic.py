"""What the worker calls by the clock."""

from balai.foundation.calendar import clock
from balai.foundation.files import actions


def sweep() -> None:
    """Delete bytes that nobody claimed, and ask again for photos that wait too long."""
    actions.sweep(at=clock.now())
