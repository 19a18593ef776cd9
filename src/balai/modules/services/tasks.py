"""What happens by itself."""

from balai.foundation.calendar import clock
from balai.modules.services.actions.apply import forget_drafts
from balai.modules.services.actions.life import forget_bundles


def drafts() -> None:
    """Delete drafts and lists that nobody touched."""
    while forget_drafts(at=clock.now()):
        pass
    forget_bundles(at=clock.now())
