"""Where an application stands in its workflow, and since when."""

from datetime import datetime

from balai.engines.cases.events import CaseUndone, stream_of
from balai.engines.cases.models import Case
from balai.foundation.events.models import Event
from balai.modules.services.models import Application
from balai.modules.services.rules.workflow import WorkStep, workflow_from_json


def step_of(case: Case) -> WorkStep | None:
    """Return the step in which an application is; None where it is in none, or is no application."""
    application = Application.objects.select_related("version").filter(case=case).first()
    if application is None:
        return None
    steps = workflow_from_json(application.version.workflow).steps
    return next((step for step in steps if step.slug == case.state), None)


def entered_at(case: Case) -> datetime | None:
    """Return when an application last came to its present step by the way of its workflow; None for its first step.

    Notes and news stay in a step, and whoever comes back after a correction or an undone change had been there before.
    """
    moves = Event.objects.filter(stream=stream_of(case.reference), data__state_to=case.state)
    moves = moves.exclude(data__state_from=case.state).exclude(data__change="reply").exclude(kind=CaseUndone.__name__)
    return moves.order_by("-seq").values_list("at", flat=True).first()
