"""Where staff begin."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_safe

from balai.foundation.registry.discover import contributions
from balai.foundation.units.permissions import authority_of_request
from balai.foundation.web.contributions import MenuItem


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Lead to the first room of the desk that this person may enter; say so when there is none."""
    authority = authority_of_request(request)
    items = [item for item in contributions(MenuItem) if item.audience == "staff" and item.permission]
    for item in sorted(items, key=lambda item: item.order):
        if authority.may(item.permission):
            try:
                return redirect(reverse(item.view))
            except NoReverseMatch:
                continue  # its module is switched off
    return render(request, "units/no_post.html")
