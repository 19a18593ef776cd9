"""Apply for many people at once: by a file, or by their number; then it is a list like any other."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from balai.foundation.calendar import clock
from balai.foundation.forms.queries import published_form
from balai.foundation.limits.actions import check_limit
from balai.foundation.limits.callers import caller_of
from balai.foundation.places.queries import villages
from balai.foundation.web.exports import csv_answer
from balai.foundation.web.words import is_english
from balai.modules.services.actions.group import begin_group
from balai.modules.services.forms_group import GroupForm
from balai.modules.services.models import Service
from balai.modules.services.queries.applications import open_service
from balai.modules.services.rules.group_file import BadGroupFile, Column, columns_of, read_people
from balai.modules.services.words import group_file_words

HOUR = timedelta(hours=1)
GROUPS_AN_HOUR = 6
MOST_BYTES = 400_000


def _service(slug: str) -> Service:
    service = open_service(slug=slug)
    if service is None or service.live is None:
        raise Http404
    return service


def _columns(service: Service) -> tuple[Column, ...]:
    assert service.live is not None  # :func:`open_service` asks for it
    return columns_of(published_form(service.live.form_version_id).schema)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, slug: str) -> HttpResponse:
    """Say who applies for whom; begin a draft for each of them."""
    service, at = _service(slug), clock.now()
    form = GroupForm(request.POST or None, request.FILES or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            check_limit(key=f"group:{caller_of(request)}", limit=GROUPS_AN_HOUR, per=HOUR, at=at)
            try:
                people = _people(service, form.cleaned_data)
            except BadGroupFile as refused:
                form.add_error("file", group_file_words(refused))
            else:
                begun = begin_group(
                    service=service,
                    name=form.cleaned_data["name"],
                    people=people,
                    locale=get_language() or "id",
                    at=at,
                )
                return redirect("services:life_bundle", begun.code)
    context = {"service": service, "record": service.record, "form": form, "columns": _columns(service)}
    return render(request, "services/group.html", context, status=status)


def _people(service: Service, given: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the answers of each person: those of the file, or none yet for so many.

    :raises BadGroupFile: if the file cannot be used.
    """
    if given["file"] is None:
        return [{} for _ in range(given["number"])]
    if (given["file"].size or 0) > MOST_BYTES:
        raise BadGroupFile("too_large", str(MOST_BYTES // 1000))
    assert service.live is not None  # :func:`open_service` asks for it
    schema = published_form(service.live.form_version_id).schema
    names: dict[str, str] = {}
    for area in villages():
        # a name that two districts have says nothing alone
        name = area.name.casefold()
        names[name] = "" if name in names else area.code
    return read_people(
        given["file"].read(MOST_BYTES), schema=schema, villages={name: code for name, code in names.items() if code}
    )


@login_not_required
@require_safe
def template(request: HttpRequest, slug: str) -> StreamingHttpResponse:
    """Give the file to fill in: a column for each question."""
    service = _service(slug)
    head = [column.label(english=is_english()) for column in _columns(service)]
    return csv_answer(filename=f"{service.slug}.csv", head=head, rows=(), is_example=settings.BALAI_DEMO)
