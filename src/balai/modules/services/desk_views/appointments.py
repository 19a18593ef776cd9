"""The appointment of a visit: made, moved or taken back on the page of its application."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from balai.engines.cases import web
from balai.engines.cases.models import Case
from balai.modules.services.actions.visits import VisitRefused, cancel_visit, plan_visit
from balai.modules.services.desk_views.cases import page_context
from balai.modules.services.desk_views.desk import DESK
from balai.modules.services.desk_views.visits import PlanForm, who_decides
from balai.modules.services.words import VISIT_PROBLEMS

# what another day or hour mends; everything else has nothing to do with what was typed
OF_THE_FORM = ("past", "backwards", "long", "far")
# what an appointment made with the applicant mends too
OF_HOURS = ("outside_hours", "closed_day")


@require_POST
def plan(request: HttpRequest, reference: str) -> HttpResponse:
    """Make, move or take back the appointment of a visit. What was typed is never lost."""
    case = web.access_case(request, desk=DESK, reference=reference)
    who = who_decides(request, case)
    form = PlanForm(request.POST, case=case)
    try:
        if request.POST.get("do") == "cancel":
            number = request.POST.get("visit", "")
            cancel_visit(case_id=case.pk, visit_id=int(number) if number.isdecimal() and len(number) < 18 else 0, **who)
            messages.success(request, _("The visit is off; the applicant has been told."))
            return redirect("services_desk:case", reference)
        if not form.is_valid():
            return _again(request, case, form)
        given = form.cleaned_data
        zone = timezone.get_current_timezone()
        plan_visit(
            case_id=case.pk,
            officer_id=int(given["officer"]),
            begins_at=datetime.combine(given["day"], given["begins"], tzinfo=zone),
            ends_at=datetime.combine(given["day"], given["ends"], tzinfo=zone),
            note=given["note"],
            agreed=given["agreed"],
            **who,
        )
    except (VisitRefused, OverflowError) as refused:
        code = refused.code if isinstance(refused, VisitRefused) else "far"
        if code in (*OF_THE_FORM, *OF_HOURS):
            hours = refused.hours if isinstance(refused, VisitRefused) else ""
            form.add_error("agreed" if code in OF_HOURS else None, str(VISIT_PROBLEMS[code]) % {"hours": hours})
            return _again(request, case, form)
        messages.error(request, str(VISIT_PROBLEMS[code]))
    else:
        messages.success(request, _("Planned; the applicant has been told."))
    return redirect("services_desk:case", reference)


def _again(request: HttpRequest, case: Case, form: PlanForm) -> HttpResponse:
    messages.error(request, _("The visit was not planned. What you typed is kept; correct what is marked."))
    return render(request, "services/desk/case.html", page_context(request, case, plan_form=form), status=422)
