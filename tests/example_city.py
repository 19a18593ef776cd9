"""The example city without its reports: real outlines, typical agencies, accounts, categories and rules."""

from datetime import date

from balai.engines.cases.actions.kinds import kind_at
from balai.foundation.calendar import clock
from balai.foundation.examples.contributions import ExampleData
from balai.foundation.registry.discover import contributions
from balai.modules.complaints.queries.set_up import forget_set_up

# the part of the example that is a year of reports
REPORTS = 40


def build_example_city(*, today: date | None = None) -> None:
    """Write everything of the example but its reports."""
    forget_memory()
    for part in sorted(contributions(ExampleData), key=lambda part: part.order):
        if part.order < REPORTS:
            part.load(seed=1, today=today or clock.now().date(), size=0, progress=lambda done, total: None)


def forget_memory() -> None:
    """Forget what this process remembers of a city that is gone."""
    forget_set_up()
    kind_at.cache_clear()
