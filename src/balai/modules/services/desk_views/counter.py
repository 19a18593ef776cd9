"""At the counter: apply for somebody, take a paper survey."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from balai.engines.cases import web
from balai.foundation.calendar import clock
from balai.modules.services.actions.apply import begin_application
from balai.modules.services.actions.survey import SurveyRefused, take_answer
from balai.modules.services.desk_views.desk import DESK
from balai.modules.services.models import Service, SurveyInvitation
from balai.modules.services.queries.applications import open_service
from balai.modules.services.views.survey import form_page, read_answers

LONGEST = 300


def _require(request: HttpRequest) -> None:
    if not request.authority.may("services.enter"):  # type: ignore[attr-defined]
        raise PermissionDenied


@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Choose the service and say for whom; the form is the same as everybody's."""
    _require(request)
    chosen = request.POST.get("service", "")
    if request.method == "POST":
        service = open_service(slug=chosen[:60])
        if service is not None:
            begun = begin_application(
                service=service,
                entered_by_id=request.user.pk,
                on_behalf=request.POST.get("on_behalf", "").strip()[:LONGEST],
                at=clock.now(),
            )
            return redirect("services:draft", begun.code)
        messages.error(request, _("Choose the service first."))
    services = Service.objects.filter(live__isnull=False).select_related("record").order_by("record__name_id")
    return render(
        request,
        "services/desk/enter.html",
        {"services": services, "chosen": chosen, "on_behalf": request.POST.get("on_behalf", "")},
        status=422 if request.method == "POST" else 200,
    )


@require_http_methods(["GET", "POST"])
def survey(request: HttpRequest, reference: str) -> HttpResponse:
    """Type in the answers that somebody gave on paper; marked as such."""
    _require(request)
    case = web.access_case(request, desk=DESK, reference=reference)
    invitation = SurveyInvitation.objects.select_related("service__record", "case").filter(case=case).first()
    if invitation is None:
        raise Http404
    if request.method == "GET" and not invitation.answered:
        return form_page(request, invitation, template="services/desk/survey.html")
    try:
        take_answer(
            invitation_id=invitation.pk,
            answers=read_answers(request),
            comment=request.POST.get("comment", ""),
            channel="paper",
            entered_by_id=request.user.pk,
            at=clock.now(),
        )
    except SurveyRefused as error:
        if error.code != "answered":
            return form_page(request, invitation, template="services/desk/survey.html", status=422)
        messages.error(request, _("This service has been answered for already; one answer counts."))
    else:
        messages.success(request, _("Counted, and marked as typed in by staff."))
    return redirect("services_desk:case", reference)
