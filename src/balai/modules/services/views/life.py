"""Life events: one page for each, one list for each person, several applications filled in and sent together."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from balai.foundation.calendar import clock
from balai.foundation.forms.words import label_of, wrong_words
from balai.foundation.identity import conversations
from balai.foundation.limits.actions import check_limit
from balai.foundation.limits.callers import caller_of
from balai.foundation.places.queries import city_day
from balai.modules.services.actions.apply import DraftMovedOn, NotComplete, fee_of
from balai.modules.services.actions.life import (
    BundleNotSent,
    begin_again,
    begin_bundle,
    carry_over,
    send_bundle,
    tick,
    touch_bundle,
)
from balai.modules.services.models import Application, Bundle
from balai.modules.services.queries.applications import Papers, contact_of, papers_of
from balai.modules.services.queries.life import ListLine, bundle_of, life_event, life_events, list_lines, open_slugs
from balai.modules.services.queries.standards import service_lines
from balai.modules.services.rules.life import LifeEvent
from balai.modules.services.standard_words import fee_words, time_words
from balai.modules.services.views._draft import asked_steps, step_named, step_view, take_step
from balai.modules.services.views.apply import BEGUN_AN_HOUR, HOUR, gaps, known_initials, prefill, read_papers
from balai.modules.services.words import unsigned_words

OLDEST = date(1900, 1, 1)
DAY = timedelta(days=1)


@login_not_required
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Show what can happen in a life."""
    return render(request, "services/life/list.html", {"events": life_events()})


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def event(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what is done for one event, in order; then begin a list of one's own."""
    found = life_event(slug)
    if found is None:
        raise Http404
    at = clock.now()
    if request.method == "POST":
        return _begin(request, found, at)
    open_here = open_slugs()
    lines = {line.record.slug: line for line in service_lines(day=city_day(at))}
    rows, needed = [], []
    for place, line in enumerate(found.lines):
        known = lines.get(line.service)
        content = known.version.content if known and known.version and known.is_live else {}
        if not line.optional:
            needed += [item for item in content.get("requirements", []) if item not in needed]
        rows.append(
            {
                "place": place,
                "line": line,
                "record": known.record if known else None,
                "is_open": line.service in open_here,
                "time": time_words(content.get("time"), brief=True),
                "fee": fee_words(content.get("fee")),
            }
        )
    context = {"event": found, "rows": rows, "needed": needed, "today": city_day(at), "known": known_initials(request)}
    return render(request, "services/life/event.html", context)


def _begin(request: HttpRequest, found: LifeEvent, at: datetime) -> HttpResponse:
    check_limit(key=f"apply:{caller_of(request)}", limit=BEGUN_AN_HOUR, per=HOUR, at=at)
    chosen = {int(place) for place in request.POST.getlist("line") if place.isdecimal() and len(place) < 3}
    begun = begin_bundle(
        event=found,
        chosen=chosen,
        happened=_day(request.POST.get("happened", ""), city_day(at)),
        locale=get_language() or "id",
        at=at,
    )
    first = Application.objects.filter(pk__in=begun.bundle.lines.values("application")).order_by("pk").first()
    if first is not None:
        prefill(request, first, at)
        first.refresh_from_db()
        carry_over(bundle=begun.bundle, papers=papers_of(first, at=at), before={}, at=at)
    return redirect("services:life_bundle", begun.code)


def _day(text: str, today: date) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if OLDEST <= day <= today else None


def _gone(request: HttpRequest) -> HttpResponse:
    return render(request, "services/resume.html", {"gone": True}, status=404)


@login_not_required
@never_cache
@require_GET
def bundle(request: HttpRequest, code: str) -> HttpResponse:
    """Show a person's list: what is done, what is next, what can be sent."""
    found = bundle_of(code=code)
    if found is not None and clock.now() - found.changed_at > DAY:
        touch_bundle(bundle=found, at=clock.now())
    return _gone(request) if found is None else _page(request, found, code)


def _page(request: HttpRequest, found: Bundle, code: str, *, status: int = 200) -> HttpResponse:
    at = clock.now()
    lines = list_lines(bundle=found, at=at)
    closed = any(line.standing == "closed" for line in lines)
    open_here = open_slugs() if closed or any(_is_withdrawn(line) for line in lines) else set()
    # nobody is led to a list of what to bring that does not exist yet
    listed = _with_requirements(at) if closed else set()
    complete = [line for line in lines if line.standing == "complete"]
    context = {
        "bundle": found,
        "event": life_event(found.event) if found.event else None,
        "code": "-".join(code[place : place + 4] for place in range(0, len(code), 4)),
        "raw_code": code,
        "lines": [
            _row(line, code)
            | {
                "may_begin": line.line.service in open_here,
                "has_requirements": line.line.service in listed,
                "is_withdrawn": _is_withdrawn(line),
                "is_late": line.until is not None and line.until < city_day(at),
            }
            for line in lines
        ],
        "over": sum(line.is_over and not _is_withdrawn(line) for line in lines),
        "total": len(lines),
        "complete": [
            (line, read_papers(line.papers, address=_addresses(code, line)), fee_of(line.papers), _who(line))
            for line in complete
            if line.papers
        ],
        "open": sum(line.standing == "open" for line in lines),
        "sent": sum(line.standing == "sent" for line in lines),
        "drafts": [line.papers.application for line in lines if line.papers is not None],
    }
    return render(request, "services/life/bundle.html", context, status=status)


def _is_withdrawn(line: ListLine) -> bool:
    """Return whether a line was sent and taken back: nothing came of it."""
    return line.standing == "sent" and line.state is not None and line.state.state_class == "withdrawn"


def _with_requirements(at: datetime) -> set[str]:
    """Return the short names of the services whose published standard says what to bring."""
    lines = service_lines(day=city_day(at))
    return {
        line.record.slug for line in lines if line.is_live and line.version and line.version.content.get("requirements")
    }


def _addresses(code: str, line: ListLine) -> Callable[[str], str]:
    """Return the function that gives the address of a step of one line."""
    return lambda step: reverse("services:life_step", args=[code, line.row.position, step])


def _row(line: ListLine, code: str) -> dict[str, Any]:
    """Return a line with the address where it goes on and how many steps of it are still to be filled in."""
    row: dict[str, Any] = {"line": line, "go_on": "", "left": 0, "who": _who(line)}
    if line.papers is not None:
        steps = asked_steps(line.papers)
        unfinished = [step for step in steps if line.papers.evaluation.errors_of(step)]
        step = (unfinished or steps)[0]
        row |= {
            "go_on": reverse("services:life_step", args=[code, line.row.position, step.slug]),
            "left": len(unfinished),
        }
    return row


def _who(line: ListLine) -> str:
    """Return for whom a line of a group is; empty while nobody has said."""
    if line.papers is not None:
        return contact_of(line.papers)["name"]
    application = line.row.application
    reporter = application.case.reporter if application is not None and application.case is not None else None
    return reporter.name if reporter is not None else ""


def _line(found: Bundle, position: int) -> Any:
    line = (
        found.lines.select_related("application__version__service__record__unit", "application__case")
        .filter(position=position)
        .first()
    )
    if line is None:
        raise Http404
    return line


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, code: str, position: int, step: str) -> HttpResponse:
    """Show one step of one application of the list; what other applications ask too is carried over to them."""
    at = clock.now()
    found = bundle_of(code=code)
    if found is None:
        return _gone(request)
    application = _line(found, position).application
    if application is None or application.case is not None:
        return redirect("services:life_bundle", code)
    papers = papers_of(application, at=at)
    wanted = step_named(papers, step)
    if wanted is None:
        return redirect("services:life_bundle", code)
    if request.method == "GET":
        return _step_page(request, code, position, papers, step_view(request, papers, wanted, errors=False), wanted)
    before = papers.answers
    done = take_step(request, papers=papers, step=wanted, at=at)
    # what one person of a group answers is nobody else's
    touch_bundle(bundle=found, at=at)
    if done.status != 409 and found.event:
        carry_over(bundle=found, papers=papers_of(done.papers.application, at=at), before=before, at=at)
    if done.view is not None:
        return _step_page(request, code, position, done.papers, done.view, wanted, status=done.status)
    steps = asked_steps(done.papers)
    here = [each.slug for each in steps].index(wanted.slug)
    # what is complete already was answered elsewhere and need not be looked at once more
    following = next((each for each in steps[here + 1 :] if done.papers.evaluation.errors_of(each)), None)
    if done.later or following is None:
        return redirect("services:life_bundle", code)
    return redirect("services:life_step", code, position, following.slug)


def _step_page(  # noqa: PLR0917 - the parts of one page
    request: HttpRequest, code: str, position: int, papers: Papers, view: Any, step: Any, *, status: int = 200
) -> HttpResponse:
    steps = asked_steps(papers)
    here = [each.slug for each in steps].index(step.slug)
    context = {
        "view": view,
        "revision": papers.application.revision,
        "record": papers.application.version.service.record,
        "number": here + 1,
        "total": len(steps),
        "back": reverse("services:life_bundle", args=[code]),
        "action": reverse("services:life_step", args=[code, position, step.slug]),
        "later": True,
        "keeps": True,
    }
    return render(request, "services/step.html", context, status=status)


@login_not_required
@require_POST
def send(request: HttpRequest, code: str) -> HttpResponse:
    """Send every application of the list that is complete; all of them or, when one cannot go, none."""
    found = bundle_of(code=code)
    if found is None:
        return _gone(request)
    revisions = {
        int(name.removeprefix("revision-")): int(str(value))
        for name, value in request.POST.items()
        if re.fullmatch(r"revision-[0-9]{1,18}", name) and re.fullmatch(r"[0-9]{1,9}", str(value))
    }
    response = redirect("services:life_bundle", code)
    try:
        opened = send_bundle(bundle=found, revisions=revisions, at=clock.now())
    except DraftMovedOn:
        messages.error(
            request, _("This form was changed in another tab. Look through the answers once more, then send.")
        )
        return response
    except BundleNotSent as refused:
        papers = replace(
            refused.error.papers, evaluation=replace(refused.error.papers.evaluation, errors=refused.error.errors)
        )
        words = [f"{gap['label']}: {gap['words']}" for gap in gaps(papers, lambda _slug: "")]
        messages.error(
            request,
            _("Nothing was sent yet. %(service)s: %(what)s")
            % {
                "service": label_of(papers.application.version.service.record, "name"),
                "what": "; ".join(words or _other_words(refused.error)),
            },
        )
        return response
    if not opened:
        messages.error(request, _("Nothing is complete yet: fill in the next step first."))
        return response
    marks = {line.application.case_id: line.mark for line in _sent_lines(found)}
    conversations.remember_all(response, {each.case.pk: marks[each.case.pk] for each in opened}, request=request)
    messages.success(
        request,
        ngettext(
            "Sent: %(count)s application. Its number stands in the list.",
            "Sent: %(count)s applications. Their numbers stand in the list.",
            len(opened),
        )
        % {"count": len(opened)},
    )
    return response


def _other_words(error: NotComplete) -> list[str]:
    """Return what keeps an application from going that stands at none of its questions."""
    if error.unsigned:
        return [unsigned_words(error.unsigned)]
    return [error.contact] if error.contact else [wrong_words(wrong) for wrong in error.errors.values()]


def _sent_lines(found: Bundle) -> list[Any]:
    return list(found.lines.filter(application__case__isnull=False).select_related("application"))


@login_not_required
@require_POST
def open_own(request: HttpRequest, code: str, position: int) -> HttpResponse:
    """Open the own page of an application that was sent from the list."""
    found = bundle_of(code=code)
    if found is None:
        return _gone(request)
    line = _line(found, position)
    if line.application is None or line.application.case is None:
        return redirect("services:life_bundle", code)
    response = redirect("services:own", line.application.case.reference)
    conversations.remember(response, line.application.case_id, mark=line.mark, request=request)
    return response


@login_not_required
@require_POST
def tick_line(request: HttpRequest, code: str, position: int) -> HttpResponse:
    """Tick off what is done elsewhere, or take the tick back; begin a draft anew that went away."""
    found = bundle_of(code=code)
    if found is None:
        return _gone(request)
    at, line = clock.now(), _line(found, position)
    if request.POST.get("do") == "again":
        check_limit(key=f"apply:{caller_of(request)}", limit=BEGUN_AN_HOUR, per=HOUR, at=at)
        if begin_again(line=line, at=at) is None:
            messages.error(request, _("This service takes no applications here at the moment."))
    else:
        tick(line=line, done=request.POST.get("do") == "done", at=at)
    return redirect("services:life_bundle", code)
