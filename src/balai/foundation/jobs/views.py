"""The page on which operators see whether the work in the background gets done."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from balai.foundation.calendar import clock
from balai.foundation.jobs import actions, queries

PERMISSION = "settings.edit"


@never_cache
@require_safe
def work(request: HttpRequest) -> HttpResponse:
    """Show workers, what waits and what failed."""
    _require_permission(request)
    at = clock.now()
    workers = queries.workers(at=at)
    return render(
        request,
        "jobs/work.html",
        {
            "state": queries.work_state(at=at),
            "workers": workers,
            "is_alive": any(lives for _beat, lives in workers),
            "failures": queries.failures(),
        },
    )


@require_POST
def again(request: HttpRequest) -> HttpResponse:
    """Try everything of one kind that failed once more."""
    _require_permission(request)
    count = actions.run_all_again(path=request.POST.get("path", ""), at=clock.now())
    if count:
        text = ngettext("%(count)s job is being tried again.", "%(count)s jobs are being tried again.", count)
        messages.success(request, text % {"count": count})
    else:
        messages.info(request, _("Nothing of this kind has failed any more."))
    return redirect("jobs:work")


def _require_permission(request: HttpRequest) -> None:
    authority = getattr(request, "authority", None)
    if authority is None or not authority.may(PERMISSION):
        raise PermissionDenied
