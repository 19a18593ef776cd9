"""The survey: nine questions once for each finished service, and what they come to."""

from datetime import date, timedelta
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from balai.engines.cases.queries.own import own_case
from balai.foundation.calendar import clock
from balai.foundation.identity import conversations
from balai.foundation.limits.actions import check_limit
from balai.foundation.limits.callers import caller_of
from balai.foundation.places.queries import city_day, current_city
from balai.foundation.web.exports import csv_answer, open_to_all
from balai.foundation.web.words import is_english, number
from balai.modules.services.actions.survey import SurveyRefused, take_answer, token_hash
from balai.modules.services.models import SurveyInvitation
from balai.modules.services.queries.standards import service_lines
from balai.modules.services.queries.survey import SurveyRow, export_rows, survey_table
from balai.modules.services.rules.checks import FAMILY
from balai.modules.services.rules.questions import ANSWERS, QUESTIONS
from balai.modules.services.rules.survey import ELEMENTS

HOUR = timedelta(hours=1)
TRIES_AN_HOUR = 60


@login_not_required
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whoever came by the link of the message."""
    check_limit(key=f"survey:{caller_of(request)}", limit=TRIES_AN_HOUR, per=HOUR, at=clock.now())
    found = SurveyInvitation.objects.filter(token_hash=token_hash(token[:60])).first()
    if found is None:
        raise Http404
    response = _ask(request, found, channel="web")
    # the address is a key: it does not travel to where a link on this page leads
    response["Referrer-Policy"] = "no-referrer"
    return response


@login_not_required
@require_http_methods(["GET", "POST"])
def own_answer(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask the applicant, who came from their own page or by the code at the counter."""
    case = own_case(reference=reference, marks=conversations.marks(request), family=FAMILY)
    found = SurveyInvitation.objects.filter(case=case).first() if case is not None else None
    if found is None:
        raise Http404
    return _ask(request, found, channel="counter" if "counter" in request.GET else "web")


def _ask(request: HttpRequest, invitation: SurveyInvitation, *, channel: str) -> HttpResponse:
    if invitation.answered:
        return render(request, "services/survey_thanks.html", {"again": True})
    if request.method != "POST":
        return form_page(request, invitation)
    try:
        take_answer(
            invitation_id=invitation.pk,
            answers=read_answers(request),
            comment=request.POST.get("comment", ""),
            channel=channel,
            is_staff_address=request.user.is_authenticated,
            at=clock.now(),
        )
    except SurveyRefused as error:
        if error.code == "answered":
            return render(request, "services/survey_thanks.html", {"again": True})
        return form_page(request, invitation, status=422)
    return render(request, "services/survey_thanks.html", {})


def read_answers(request: HttpRequest) -> dict[str, int]:
    """Return the answers that were ticked, by element."""
    given = {name: request.POST.get(name, "") for name in ELEMENTS}
    return {name: int(value) for name, value in given.items() if value in ("1", "2", "3", "4")}


def form_page(
    request: HttpRequest, invitation: SurveyInvitation, *, template: str = "services/survey.html", status: int = 200
) -> HttpResponse:
    """Show the nine questions; what was ticked stays ticked. Sent without an answer (422) it says so above them."""
    english = is_english()
    return render(
        request,
        template,
        {
            "record": invitation.service.record,
            "questions": [
                {
                    "element": question.element,
                    "asked": question.asked_en if english else question.asked_id,
                    "given": request.POST.get(question.element, ""),
                }
                for question in QUESTIONS
            ],
            "answers": [(str(value), in_english if english else words) for value, words, in_english in ANSWERS],
            "comment": request.POST.get("comment", ""),
            "reference": invitation.case.reference,
            "is_empty": status == 422,
        },
        status=status,
    )


@login_not_required
@require_safe
def results(request: HttpRequest) -> HttpResponse:
    """Publish the index with the number of answers: city, agencies, services, quarter by quarter."""
    try:
        wanted = date.fromisoformat(request.GET.get("quarter", "")[:10])
    except ValueError:
        wanted = None
    table = survey_table(quarter=wanted)
    english = is_english()
    return render(
        request,
        "services/survey_results.html",
        {
            "table": table,
            "quarters": [(each, quarter_words(each)) for each in table.quarters],
            "quarter": quarter_words(table.quarter) if table.quarter else "",
            "city": _row(table.city) if table.city else None,
            "elements": [
                {
                    "label": question.name_en if english else question.name_id,
                    "value": float(table.city.index.means[question.element]),
                    "text": number(table.city.index.means[question.element], decimals=2),
                }
                for question in QUESTIONS
                if table.city and table.city.index and question.element in table.city.index.means
            ],
            "units": [_row(row) for row in table.units],
            "services": _named(table.services),
        },
    )


def _named(rows: list[SurveyRow]) -> list[dict[str, Any]]:
    """Return the rows of services by their names in the reader's language."""
    english = is_english() and rows
    records = [line.record for line in service_lines(day=city_day(clock.now()))] if english else []
    names = {record.name_id: record.name_en for record in records}
    return [_row(row) | ({"name": names[row.name]} if names.get(row.name) else {}) for row in rows]


def quarter_words(quarter: date) -> str:
    """Return the name of a quarter."""
    return _("quarter %(number)s of %(year)s") % {"number": (quarter.month + 2) // 3, "year": quarter.year}


def _row(row: SurveyRow) -> dict[str, Any]:
    index = row.index
    english = is_english()
    return {
        "name": row.name,
        "converted": number(index.converted, decimals=2) if index else "–",
        "grade": index.grade if index else "–",
        "words": (index.performance_en if english else index.performance_id) if index else "",
        "answers": row.answers,
        "flagged": row.flagged,
        "wanted": row.wanted,
        "enough": row.answers >= row.wanted,
    }


@login_not_required
@require_safe
def results_csv(request: HttpRequest) -> StreamingHttpResponse:
    """Give every roll-up away."""
    head = ("quarter", "agency", "service", "channel", "answers", "flagged", *ELEMENTS)
    return open_to_all(
        csv_answer(filename="skm.csv", head=head, rows=export_rows(), is_example=current_city().is_example)
    )
