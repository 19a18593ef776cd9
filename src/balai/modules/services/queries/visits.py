"""Read visits: those of an application, those of an officer, and whether a step still waits for one."""

from balai.engines.cases.models import Case
from balai.modules.services.models import Application, Visit
from balai.modules.services.rules.workflow import WorkStep, workflow_from_json

OWNER = "visit"


def visit_step(case: Case) -> WorkStep | None:
    """Return the step in which an application is if it is a visit, None otherwise."""
    application = Application.objects.select_related("version").filter(case=case).first()
    if application is None:
        return None
    steps = workflow_from_json(application.version.workflow).steps
    return next((step for step in steps if step.slug == case.state and step.kind == "visit"), None)


def open_tasks(case: Case) -> int:
    """Return 1 while the step of a matter has a checklist that nobody has filled in, else 0."""
    step = visit_step(case)
    if step is None or not step.checklist:
        return 0
    return 0 if Visit.objects.filter(case=case, step=step.slug, state=Visit.State.DONE).exists() else 1


def visits_of(case: Case) -> list[Visit]:
    """Return the visits of an application with what was found, newest first; two statements."""
    rows = Visit.objects.filter(case=case).exclude(state=Visit.State.CANCELLED)
    return list(rows.select_related("officer").prefetch_related("findings").order_by("-begins_at"))


def planned_visit(case: Case) -> Visit | None:
    """Return the appointment that an application has, if any."""
    return Visit.objects.filter(case=case, state=Visit.State.PLANNED).select_related("officer").first()


def visits_of_officer(*, user_id: int | None) -> list[Visit]:
    """Return where an officer is expected, soonest first."""
    rows = Visit.objects.filter(officer_id=user_id, state=Visit.State.PLANNED, case__is_open=True)
    return list(rows.select_related("case__unit", "case__village", "case__category").order_by("begins_at")[:100])
