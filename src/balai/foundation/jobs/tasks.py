"""Background work of the foundation's lower rooms."""

from balai.foundation.calendar import clock
from balai.foundation.events.actions import seal_settled
from balai.foundation.jobs import actions


def seal() -> None:
    """Seal what has settled."""
    while seal_settled(at=clock.now()):
        pass


def clean_up() -> None:
    """Forget finished jobs."""
    actions.clean(at=clock.now())
