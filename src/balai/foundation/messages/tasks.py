"""Background work of messages."""

from balai.foundation.calendar import clock
from balai.foundation.messages import actions, digest


def settle() -> None:
    """Show messages whose worker ended in the middle."""
    actions.settle_uncertain(at=clock.now())


def tell_operators() -> None:
    """Write to operators about what does not work."""
    digest.send_digest(at=clock.now())


def forget() -> None:
    """Empty what nobody needs any more."""
    actions.forget_contents(at=clock.now())
