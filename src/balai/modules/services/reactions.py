"""What happens after a step: bills, results, the survey. Called by the worker for each event, at least once."""

from balai.engines.cases.events import CaseUndone, reference_of
from balai.engines.cases.models import Case
from balai.foundation.calendar import clock
from balai.foundation.events.models import Event
from balai.modules.services.actions.outcome import (
    ask_payment,
    drop_bills,
    drop_parts,
    drop_result,
    make_result,
    move_paid,
    note_delay,
    tell_of_expiry,
)
from balai.modules.services.actions.outside import drop_left, hand_over_step, move_outside
from balai.modules.services.actions.returns import forget_return, note_return
from balai.modules.services.actions.survey import invite
from balai.modules.services.actions.visits import cancel_left, restore_visit
from balai.modules.services.models import Application
from balai.modules.services.queries.applications import OWNER
from balai.modules.services.rules.checks import FAMILY, PROMISE


def _case(event: Event) -> Case | None:
    cases = Case.objects.select_related("reporter", "unit").filter(family=FAMILY, parent__isnull=True)
    return cases.filter(reference=reference_of(event.stream)).first()


def follow_step(*, event: Event) -> None:
    """Ask for the payment when its step has come; make the result and invite to the survey when it has ended."""
    case = _case(event)
    if case is None:
        return
    if event.data.get("change") == "return":
        note_return(case=case, seq=event.seq, reason=event.data.get("reason") or "")
    if event.kind == CaseUndone.__name__:
        _take_back(case, event)
    # terms count from now: after an outage of the worker the moment of the event may lie days back
    at = clock.now()
    ask_payment(case=case, at=at)
    drop_bills(case=case, at=at)
    drop_parts(case=case, at=at)
    drop_result(case=case, at=at)
    cancel_left(case=case, at=at)
    drop_left(case=case, at=at)
    hand_over_step(case=case, at=at)
    if case.state_class == "done":
        make_result(case=case, at=event.at)
    if case.state_class in ("done", "refused"):
        invite(case=case, at=event.at)


def _take_back(case: Case, event: Event) -> None:
    undone = Event.objects.filter(stream=event.stream, seq=event.data["undone_seq"]).first()
    if undone is None:
        return
    if undone.data.get("change") == "return":
        forget_return(case=case, seq=undone.seq, reason=undone.data.get("reason") or "")
    restore_visit(case=case, since=undone.at, at=clock.now())


def follow_outside(*, event: Event) -> None:
    """Move an application on when an outside system has done its step."""
    if event.data.get("owner_kind") != OWNER or event.data.get("state") != "answered":
        return
    application = Application.objects.select_related("case").filter(pk=event.data["owner_id"]).first()
    if application is not None and application.case is not None:
        move_outside(case=application.case, step=event.data["step"], at=event.at)


def follow_expiry(*, event: Event) -> None:
    """Tell the applicant that a bill's term is over, and that another can be asked for."""
    if event.data.get("owner_kind") == OWNER:
        tell_of_expiry(bill_id=event.data["bill_id"], at=clock.now())


def follow_payment(*, event: Event) -> None:
    """Move an application on when its bill is paid."""
    if event.data.get("owner_kind") != OWNER:
        return
    application = Application.objects.select_related("case").filter(pk=event.data["owner_id"]).first()
    if application is not None and application.case is not None:
        move_paid(case=application.case, at=event.at)


def follow_delay(*, event: Event) -> None:
    """Keep a broken promise as a risk of maladministration."""
    case = _case(event) if event.data.get("breached") and event.data.get("clock") == PROMISE else None
    if case is not None:
        note_delay(case=case, at=event.at)
