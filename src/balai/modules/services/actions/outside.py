"""Steps that an outside system makes: hand the application over, and go on when it has answered."""

from datetime import datetime
from typing import Any

from django.db import transaction

from balai.engines.cases.actions import apply_change
from balai.engines.cases.actions.kinds import kind_at
from balai.engines.cases.models import Case
from balai.engines.cases.rules.evolution import ChangeRefused, Given
from balai.foundation.events.rules import SYSTEM
from balai.foundation.outbound.actions import drop_hand_overs, hand_over
from balai.foundation.outbound.models import HandOver, OutsideSystem
from balai.modules.services.actions.apply import hold_application_of
from balai.modules.services.models import Application
from balai.modules.services.queries.applications import OWNER, papers_of
from balai.modules.services.queries.steps import times_entered
from balai.modules.services.rules.kinds import outside_change
from balai.modules.services.rules.workflow import WorkStep, workflow_from_json


@transaction.atomic
def hand_over_step(*, case: Case, at: datetime) -> HandOver | None:
    """Hand an application over when its step at an outside system has come; once, however often it is asked.

    Coming here again, after a correction or by a way back, it is handed over anew. Where the outside answered while
    the application was elsewhere (an officer had returned it and took that back), it moves on at once.

    None where the step is ours, or the city no longer knows the system: then the step is done by hand.
    """
    application = hold_application_of(case)
    step = _step_of(application, case) if application is not None else None
    if application is None or step is None or not OutsideSystem.objects.filter(slug=step.system, active=True).exists():
        return None
    row = hand_over(
        system=step.system,
        owner_kind=OWNER,
        owner_id=application.pk,
        step=step.slug,
        # each time it comes here, by its workflow or after a correction, is another turn
        turn=max(0, times_entered(case) - 1),
        payload=_payload(application, case, at),
        at=at,
    )
    if row.state == HandOver.State.ANSWERED:
        move_outside(case=case, step=step.slug, at=at)
    return row


@transaction.atomic
def drop_left(*, case: Case, at: datetime) -> int:
    """Hand over no more what an application has left behind: it ended, or somebody did the step here.

    One that was returned comes back to its step.
    """
    application = Application.objects.select_related("version").filter(case=case).first()
    if application is None or not HandOver.objects.filter(owner_kind=OWNER, owner_id=application.pk).exists():
        return 0
    case = Case.objects.get(pk=case.pk)
    steps = workflow_from_json(application.version.workflow).steps
    if case.is_open and all(step.slug != case.state for step in steps):
        return 0
    return drop_hand_overs(owner_kind=OWNER, owner_id=application.pk, but=case.state if case.is_open else "", at=at)


def _step_of(application: Application, case: Case) -> WorkStep | None:
    steps = workflow_from_json(application.version.workflow).steps
    return next((step for step in steps if step.slug == case.state and step.system), None)


def _payload(application: Application, case: Case, at: datetime) -> dict[str, Any]:
    """Return what the outside needs: the answers as they are stored; files stay here."""
    papers = papers_of(application, at=at)
    files = {field.slug for field in papers.form.schema.fields() if field.kind == "file"}
    return {
        "reference": case.reference,
        "service": application.version.service.slug,
        "received_at": case.received_at.isoformat(),
        "answers": {slug: value for slug, value in papers.evaluation.values.items() if slug not in files},
    }


def move_outside(*, case: Case, step: str, at: datetime) -> None:
    """Move an application on from its step outside; one that has moved on already stays where it is."""
    change = outside_change(step)
    kind = kind_at(case.kind, case.kind_version)
    if not any(each.name == change and case.state in each.sources for each in kind.changes):
        return
    rows = HandOver.objects.filter(owner_kind=OWNER, owner_id=_application_id(case), step=step)
    said = rows.select_related("system").order_by("-turn").first()
    if said is not None and said.state != HandOver.State.ANSWERED:
        # what was answered has been corrected since
        return
    words = f"{said.system.name}: {said.words}" if said is not None and said.words else ""
    try:
        apply_change(case_id=case.pk, change=change, given=Given(text=words), actor=SYSTEM, at=at)
    except ChangeRefused:
        return


def _application_id(case: Case) -> int:
    return Application.objects.values_list("pk", flat=True).get(case=case)
