"""What happens after a step: bills, results, the survey. Called by the worker for each event, at least once."""

from balai.engines.cases.events import reference_of
from balai.engines.cases.models import Case
from balai.foundation.events.models import Event
from balai.modules.services.actions.outcome import ask_payment, drop_bills, make_result, move_paid, note_delay
from balai.modules.services.actions.outside import hand_over_step, move_outside
from balai.modules.services.actions.returns import note_return
from balai.modules.services.actions.survey import invite
from balai.modules.services.actions.visits import cancel_left
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
    ask_payment(case=case, at=event.at)
    drop_bills(case=case, at=event.at)
    cancel_left(case=case, at=event.at)
    hand_over_step(case=case, at=event.at)
    if case.state_class == "done":
        make_result(case=case, at=event.at)
    if case.state_class in ("done", "refused"):
        invite(case=case, at=event.at)


def follow_outside(*, event: Event) -> None:
    """Move an application on when an outside system has done its step."""
    if event.data.get("owner_kind") != OWNER or event.data.get("state") != "answered":
        return
    application = Application.objects.select_related("case").filter(pk=event.data["owner_id"]).first()
    if application is not None and application.case is not None:
        move_outside(case=application.case, step=event.data["step"], at=event.at)


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
