"""Where an application stands in its workflow, and since when."""

from datetime import datetime

from django.db.models import QuerySet

from balai.engines.cases.events import CaseUndone, stream_of
from balai.engines.cases.models import Case
from balai.foundation.events.models import Event
from balai.foundation.payments.models import Bill
from balai.modules.services.models import Application, ApplicationDocument
from balai.modules.services.queries.applications import OWNER
from balai.modules.services.queries.results import last_granted_objection
from balai.modules.services.rules.kinds import paid_change
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
    """Return whether the present step of payment is paid; another step may have been paid before.

    Whoever paid it and is decided anew after an objection has paid: a right that was granted costs nothing more.
    """
    entered = entered_at(case)
    pk = Application.objects.filter(case=case).values_list("pk", flat=True).first()
    bills = Bill.objects.filter(owner_kind=OWNER, owner_id=pk or 0)
    paid = bills.filter(state=Bill.State.PAID)
    return (paid.filter(issued_at__gte=entered) if entered else paid).exists() or _was_paid(case, bills)


def _was_paid(case: Case, bills: QuerySet[Bill]) -> bool:
    granted_at = last_granted_objection(case)
    if granted_at is None:
        return False
    left = Event.objects.filter(stream=stream_of(case.reference), data__change=paid_change(case.state))
    left_at = left.filter(at__lte=granted_at).order_by("-seq").values_list("at", flat=True).first()
    # the bill of that time; one whose money went back since is owed anew
    bill = (
        bills.filter(issued_at__lte=left_at).exclude(state=Bill.State.CANCELLED).order_by("pk").last()
        if left_at
        else None
    )
    return bill is not None and bill.state == Bill.State.PAID


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
