"""All components in all states, for those who build pages; only in demonstrations and while developing."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from balai.foundation.calendar.clock import now
from balai.foundation.web.gallery import SampleForm, samples


@login_not_required
@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """Show the components of public pages."""
    _only_for_developers()
    context = {**samples(at=now()), "form": SampleForm(), "wrong_form": SampleForm({"name": "Siti", "text": "Short"})}
    return render(request, "web/gallery.html", context)


@login_not_required
@require_safe
def desk_gallery(request: HttpRequest) -> HttpResponse:
    """Show the components of the desk."""
    _only_for_developers()
    return render(request, "web/gallery_desk.html", samples(at=now()))


@login_not_required
@require_safe
def clusters(request: HttpRequest) -> JsonResponse:
    """Give the sample map something to show."""
    _only_for_developers()
    found = [
        [-7.9666, 112.6326, 41, None, None],
        [-7.945, 112.615, 7, None, None],
        [-7.98, 112.65, 1, "MLG-26-0001", "Sample report"],
    ]
    return JsonResponse({"clusters": found})


def _only_for_developers() -> None:
    if not (settings.DEBUG or settings.BALAI_DEMO):
        raise Http404
