"""The city's own words and lists for life events."""

import re

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from balai.foundation.calendar import clock
from balai.modules.services.actions.life import LifeMovedOn, LifeRefused, save_life_event
from balai.modules.services.desk_views.making import designs_all
from balai.modules.services.forms_life import LifeEventForm, LifeLineSet, event_from, initial_lines
from balai.modules.services.queries.life import all_events
from balai.modules.services.words import life_problem_words


def _require(request: HttpRequest) -> None:
    """Refuse whoever does not make services for the whole city: an event crosses agencies."""
    if not designs_all(request):
        raise PermissionDenied


@require_GET
def events(request: HttpRequest) -> HttpResponse:
    """Show the life events, those too that are switched off."""
    _require(request)
    return render(request, "services/desk/life.html", {"events": all_events()})


@require_http_methods(["GET", "POST"])
def event(request: HttpRequest, slug: str) -> HttpResponse:
    """Write one life event: its words, and what is to be done in order."""
    _require(request)
    found = next((line for line in all_events() if line.event.slug == slug), None)
    if found is None:
        raise Http404
    form = LifeEventForm(request.POST or None, initial={**vars(found.event), "active": found.active})
    lines = LifeLineSet(request.POST or None, initial=initial_lines(found.event), prefix="lines")
    status, problems = 200, []
    if request.method == "POST":
        status = 422
        if form.is_valid() and lines.is_valid():
            given = request.POST.get("revision", "")
            try:
                save_life_event(
                    event=event_from(slug, form.cleaned_data, lines.cleaned_data),
                    active=form.cleaned_data["active"],
                    expected_revision=int(given) if re.fullmatch(r"-?[0-9]{1,8}", given) else -2,
                    at=clock.now(),
                )
            except LifeRefused as refused:
                problems = [life_problem_words(problem) for problem in refused.problems]
            except LifeMovedOn:
                status = 409
                messages.error(request, _("Somebody else changed this list meanwhile. Compare, then keep yours again."))
            else:
                messages.success(request, _("Kept."))
                return redirect("services_desk:life_event", slug)
    return render(
        request,
        "services/desk/life_event.html",
        {"line": found, "form": form, "rows": lines, "problems": problems},
        status=status,
    )
