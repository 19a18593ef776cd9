"""Periodic work: terms that pass, and the comparison with the providers."""

from balai.foundation.calendar import clock
from balai.foundation.payments.actions import expire_bills, reconcile


def expire() -> None:
    """Let the terms of unpaid bills pass."""
    while expire_bills(at=clock.now()):
        pass


def compare() -> None:
    """Find money that came without a word, and words without money."""
    reconcile(at=clock.now())
