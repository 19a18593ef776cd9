"""Background work of the foundation's lower rooms, which stand below this one."""

from balai.foundation.calendar import clock
from balai.foundation.events.actions import seal_settled
from balai.foundation.jobs import actions
from balai.foundation.limits.actions import forget_old_windows


def seal() -> None:
    """Seal what has settled."""
    while seal_settled(at=clock.now()):
        pass


def clean_up() -> None:
    """Forget finished jobs and old counters."""
    actions.clean(at=clock.now())
    forget_old_windows(at=clock.now())
