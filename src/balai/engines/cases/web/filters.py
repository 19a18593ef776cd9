"""Filters kept as tabs."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from balai.engines.cases.actions.desk import delete_filter, save_filter
from balai.engines.cases.forms import SavedFilterForm
from balai.engines.cases.models import SavedFilter
from balai.engines.cases.web.desk import Desk, require_desk


@dataclass(frozen=True)
class Tab:
    """A group or a saved filter above the list."""

    label: str
    url: str
    is_here: bool
    count: str = ""
    attention: bool = False
    delete_id: int | None = None


def saved_tabs(request: HttpRequest, desk: Desk) -> list[Tab]:
    """Return the filters that this officer keeps, as tabs."""
    here = request.GET.urlencode()
    return [
        Tab(
            label=row.name,
            url=f"{reverse(desk.inbox)}?{row.query}",
            is_here=row.query == here,
            delete_id=row.pk,
        )
        for row in SavedFilter.objects.filter(user_id=request.user.pk or 0, desk=desk.slug)
    ]


def filters(request: HttpRequest, *, desk: Desk) -> HttpResponse:
    """Keep the present filter as a tab, or take a tab away."""
    require_desk(request)
    removed = request.POST.get("delete", "")
    if removed.isdecimal() and len(removed) < 18:
        delete_filter(user_id=request.user.pk or 0, filter_id=int(removed))
        return redirect(desk.inbox)
    form = SavedFilterForm(request.POST)
    if form.is_valid():
        query = QueryDict(form.cleaned_data["query"], mutable=True)
        query.pop("after", None)
        save_filter(
            user_id=request.user.pk or 0, desk=desk.slug, name=form.cleaned_data["name"], query=query.urlencode()
        )
        messages.success(request, _("Kept as a tab."))
        return redirect(f"{reverse(desk.inbox)}?{query.urlencode()}")
    messages.error(request, _("Give the tab a name."))
    return redirect(desk.inbox)
