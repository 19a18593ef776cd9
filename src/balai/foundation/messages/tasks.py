"""Background work of messages."""

from balai.foundation.calendar import clock
from balai.foundation.messages.actions import settle_uncertain


def settle() -> None:
    """Show messages whose worker ended in the middle."""
    settle_uncertain(at=clock.now())
