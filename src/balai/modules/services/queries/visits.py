"""Read visits: those of an application, those of an officer, and whether a step still waits for one."""

from balai.engines.cases.models import Case
from balai.foundation.events.models import Event
from balai.modules.services.events import VisitPlanned, stream_of
from balai.modules.services.models import Application, ApplicationDocument, Visit
from balai.modules.services.queries.steps import entered_at, is_paid, step_of
from balai.modules.services.rules.workflow import WorkStep

OWNER = "visit"


def visit_step(case: Case) -> WorkStep | None:
    """Return the step in which an application is if it is a visit, None otherwise."""
    step = step_of(case)
    return step if step is not None and step.kind == "visit" else None


def open_tasks(case: Case) -> int:
    """Return what the step of a matter still wants: a visit's checklist, documents that were refused and not sent anew
    where somebody decides, a payment that is there and not followed yet.
    """
    step = step_of(case)
    if step is None:
        return 0
    if step.kind == "decide":
        refused = ApplicationDocument.State.REFUSED
        return ApplicationDocument.objects.filter(application__case=case, state=refused).count()
    if step.kind == "pay":
        return int(is_paid(case))
    if step.kind != "visit" or not step.checklist:
        return 0
    done = Visit.objects.filter(case=case, step=step.slug, state=Visit.State.DONE)
    # a workflow that leads back here wants another look
    entered = entered_at(case)
    return 0 if (done.filter(sent_at__gte=entered) if entered else done).exists() else 1


def visits_of(case: Case) -> list[Visit]:
    """Return the visits of an application with what was found, newest first; two statements."""
    rows = Visit.objects.filter(case=case).exclude(state=Visit.State.CANCELLED)
    return list(rows.select_related("officer", "entered_by").prefetch_related("findings").order_by("-begins_at"))


def planned_visit(case: Case) -> Visit | None:
    """Return the appointment that an application has, if any."""
    return Visit.objects.filter(case=case, state=Visit.State.PLANNED).select_related("officer").first()


def visits_of_officer(*, user_id: int | None) -> list[Visit]:
    """Return where an officer is expected, soonest first."""
    rows = Visit.objects.filter(officer_id=user_id, state=Visit.State.PLANNED, case__is_open=True)
    return list(rows.select_related("case__unit", "case__village", "case__category").order_by("begins_at")[:100])


def was_agreed(visit: Visit) -> bool:
    """Return whether a visit was last planned outside the opening hours, in agreement with the applicant."""
    slug = Application.objects.values_list("version__service__slug", flat=True).get(case_id=visit.case_id)
    planned = Event.objects.filter(stream=stream_of(slug), kind=VisitPlanned.__name__, data__visit_id=visit.pk)
    last = planned.order_by("-seq").first()
    return last is not None and last.data.get("agreed") is True
