"""The engine's background work."""

from balai.engines.cases.actions.climb import climb_ladders
from balai.engines.cases.actions.search import index_missing
from balai.engines.cases.actions.totals import refresh_totals
from balai.foundation.calendar import clock


def climb() -> None:
    """Let overdue matters climb until none is due."""
    while climb_ladders(at=clock.now()):
        pass


def totals() -> None:
    """Refresh the totals of months that changed."""
    refresh_totals(at=clock.now())


def words() -> None:
    """Make matters findable that no event has announced, as imported ones, until none is missing."""
    while index_missing():
        pass
