"""What happens by itself."""

from balai.foundation.calendar import clock
from balai.modules.services.actions.apply import forget_drafts


def drafts() -> None:
    """Delete drafts that nobody touched for thirty days."""
    while forget_drafts(at=clock.now()):
        pass
