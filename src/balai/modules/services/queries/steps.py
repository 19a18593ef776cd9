"""Where an application stands in its workflow, and since when."""

from datetime import datetime

from django.db.models import QuerySet

from balai.engines.cases.events import CaseUndone, stream_of
from balai.engines.cases.models import Case
from balai.foundation.events.models import Event
from balai.foundation.payments.models import Bill
from balai.modules.services.models import Application, ApplicationDocument
from balai.modules.services.queries.applications import OWNER
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
    return _moves(case).exclude(data__change="reply").order_by("-seq").values_list("at", flat=True).first()


def is_paid(case: Case) -> bool:
    """Return whether the present step of payment is paid; another step may have been paid before."""
    entered = entered_at(case)
    pk = Application.objects.filter(case=case).values_list("pk", flat=True).first()
    paid = Bill.objects.filter(owner_kind=OWNER, owner_id=pk or 0, state=Bill.State.PAID)
    return (paid.filter(issued_at__gte=entered) if entered else paid).exists()


def times_entered(case: Case) -> int:
    """Return how often an application came to its present step, by its workflow or back after a correction.

    A step that was taken back and so left it where it was counts for nothing.
    """
    return _moves(case).count()


def _moves(case: Case) -> QuerySet[Event]:
    """Return the events by which an application came to its present state."""
    moves = Event.objects.filter(stream=stream_of(case.reference), data__state_to=case.state)
    return moves.exclude(data__state_from=case.state).exclude(kind=CaseUndone.__name__)


def refused_documents(case: Case) -> list[ApplicationDocument]:
    """Return the documents of an application that were refused and have not come anew."""
    refused = ApplicationDocument.State.REFUSED
    return list(ApplicationDocument.objects.filter(application__case=case, state=refused).order_by("id"))
