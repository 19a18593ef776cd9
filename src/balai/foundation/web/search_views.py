"""The page behind the magnifying glass: what every room finds, under each other."""

from datetime import timedelta

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.module_loading import import_string
from django.views.decorators.http import require_safe

from balai.foundation.calendar import clock
from balai.foundation.limits.actions import check_limit
from balai.foundation.limits.callers import caller_of
from balai.foundation.registry.discover import contributions
from balai.foundation.web.contributions import SearchSection

LONGEST_QUESTION = 80
# a village shares one address
SEARCHES_AN_HOUR = 1_200


@login_not_required
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Show what everybody may read and has these words; whoever types a number is led to it."""
    words = " ".join(request.GET.get("q", "").split())[:LONGEST_QUESTION]
    sections = []
    if words:
        check_limit(key=f"search:{caller_of(request)}", limit=SEARCHES_AN_HOUR, per=timedelta(hours=1), at=clock.now())
        for section in sorted(contributions(SearchSection), key=lambda each: each.order):
            found = import_string(section.find)(words=words)
            if found.hits:
                sections.append((section.label, found))
    return render(request, "web/search.html", {"words": words, "sections": sections})
