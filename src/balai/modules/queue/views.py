"""What people see: halls, appointments, the ticket, the ticket machine, the screen, how good the estimates were."""

from collections.abc import Callable
from contextlib import nullcontext
from datetime import date, datetime, timedelta
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import constant_time_compare
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from balai.foundation.calendar import clock
from balai.foundation.events.rules import Actor
from balai.foundation.identity.actions import ContactRefused
from balai.foundation.identity.fields import blind_index
from balai.foundation.limits.actions import check_limit
from balai.foundation.limits.callers import caller_of
from balai.foundation.web.codes import code_svg
from balai.foundation.web.exports import csv_answer, open_to_all
from balai.modules.queue import actions, queries
from balai.modules.queue.actions import QueueRefused
from balai.modules.queue.calendar_file import calendar_file
from balai.modules.queue.forms import ContactForm
from balai.modules.queue.models import Errand, Hall, Ticket
from balai.modules.queue.rules.line import spoken_number
from balai.modules.queue.rules.slots import takes_appointments
from balai.modules.queue.words import PRIORITY_WORDS, REFUSALS, STATES, estimate_words, hours_words, spoken_call

State = Ticket.State
BOOKED_AN_HOUR = 60
MAILS_A_DAY = 10
TRIES_AN_HOUR = 60
# a busy machine prints one ticket every few seconds
DRAWN_AN_HOUR = 3_000
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def _hall(slug: str) -> Hall:
    hall = queries.hall_named(slug)
    if hall is None:
        raise Http404
    return hall


def _limit(request: HttpRequest, what: str, most: int) -> None:
    check_limit(key=f"queue:{what}:{caller_of(request)}", limit=most, per=HOUR, at=clock.now())


@login_not_required
@never_cache
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Show the halls, and how many wait in each now."""
    at = clock.now()
    halls, waiting = queries.halls(), queries.waiting_counts(at=at)
    openings = queries.openings(halls, at=at)
    rows = [
        {"hall": hall, "waiting": waiting.get(hall.pk, 0), **_open_context(openings.get(hall.pk))} for hall in halls
    ]
    return render(request, "queue/list.html", {"rows": rows})


def _open_context(opening: queries.Opening | None) -> dict[str, Any]:
    return {
        "hours": hours_words(opening.days) if opening else [],
        "is_day_off": opening is not None and opening.is_day_off,
    }


@login_not_required
@never_cache
@require_safe
def hall(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one hall: what can be done there, how long one would wait now, and how good that word is."""
    found, at = _hall(slug), clock.now()
    now = queries.now_in(found, at=at)
    rows = []
    for errand in queries.errands_of(found):
        probe = Ticket(hall=found, errand=errand, since=at, created_at=at)
        rows.append({"errand": errand, "wait": estimate_words(now.wait_of(probe))})
    return render(
        request,
        "queue/hall.html",
        {
            "hall": found,
            "takes_appointments": takes_appointments(walk_in_share=found.walk_in_share),
            "rows": rows,
            "waiting": len(now.waiting),
            "open_counters": len(now.at_work),
            "days": queries.hall_days(found, most=1),
            **_open_context(queries.openings([found], at=at).get(found.pk)),
        },
    )


def _chosen(request: HttpRequest, found: Hall) -> list[Errand]:
    given = request.POST if request.method == "POST" else request.GET
    ids = [int(pk) for pk in given.getlist("errand") if pk.isdecimal() and len(pk) < 10]
    known = {errand.pk: errand for errand in queries.errands_of(found)}
    return [known[pk] for pk in dict.fromkeys(ids) if pk in known]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def book(request: HttpRequest, slug: str) -> HttpResponse:
    """Book an appointment: what for and which day, then which time; each press keeps what was chosen before."""
    found, at = _hall(slug), clock.now()
    given = request.POST if request.method == "POST" else request.GET
    chosen, day, slot = _chosen(request, found), _day(given.get("day", "")), _moment(given.get("slot", ""))
    fits = 1 <= len(chosen) <= actions.MOST_ERRANDS
    form = ContactForm(request.POST if request.method == "POST" else None)
    errors: list[str] = []
    if request.method == "POST":
        _limit(request, "book", BOOKED_AN_HOUR)
        if slot is None:
            errors.append(_("Choose a time."))
        elif form.is_valid():
            try:
                return redirect("queue:ticket", _booked(found, chosen, slot, form.cleaned_data["contact"], at))
            except QueueRefused as refused:
                errors.append(str(REFUSALS[refused.code]))
            except ContactRefused as refused:
                errors.extend(refused.errors.values())
    elif day is not None and not fits:
        errors.append(str(REFUSALS["no_errand"]))
    days = queries.days_to_book(found, at=at)
    kept = [*(("errand", errand.pk) for errand in chosen), *([("day", day.isoformat())] if day else [])]
    return render(
        request,
        "queue/book.html",
        {
            "hall": found,
            "takes_appointments": takes_appointments(walk_in_share=found.walk_in_share),
            "errands": queries.errands_of(found),
            "chosen": chosen,
            # what was chosen stands still while times are shown: a box ticked beside them would be of no effect
            "is_choosing": not fits or day is None or "change" in request.GET,
            "change_query": urlencode([*kept, ("change", 1)]),
            "days": days,
            "day": day,
            "slots": queries.slots(found, day=day, errands=chosen, at=at) if fits and day in days else (),
            "picked": slot,
            "form": form,
            "errors": errors,
        },
        status=422 if errors or form.errors else 200,
    )


def _booked(found: Hall, chosen: list[Errand], slot: datetime, contact: str, at: datetime) -> str:
    """Book, and return the code."""
    _limit_mails(contact, at)
    drawn = actions.book(
        hall_id=found.pk,
        errand_ids=[errand.pk for errand in chosen],
        slot=slot,
        contact=contact,
        locale=get_language() or "id",
        at=at,
    )
    return drawn.code


def _limit_mails(email: str, at: datetime) -> None:
    """Let nobody fill somebody else's letter box."""
    if email:
        check_limit(key=f"queue:mail:{blind_index('email', email.casefold())}", limit=MAILS_A_DAY, per=DAY, at=at)


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    # the ends of the calendar cannot be told in another time zone
    return moment if moment.tzinfo is not None and 2000 < moment.year < 3000 else None


def _ticket(code: str) -> Ticket:
    found = queries.ticket_of(code)
    if found is None:
        raise Http404
    return found


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Open a ticket by its code."""
    wrong = False
    if request.method == "POST":
        _limit(request, "find", TRIES_AN_HOUR)
        code = "".join(request.POST.get("code", "")[:20].split()).upper().replace("-", "")
        if code and queries.ticket_of(code) is not None:
            return redirect("queue:ticket", code)
        wrong = True
    return render(request, "queue/find.html", {"wrong": wrong}, status=422 if wrong else 200)


@login_not_required
@never_cache
@require_safe
def ticket(request: HttpRequest, code: str) -> HttpResponse:
    """Show a ticket: the number, how many are before, how long it takes; it looks again by itself."""
    found = _ticket(code)
    context = {**_ticket_context(found), "raw_code": code}
    if request.headers.get("HX-Request"):
        return render(request, "queue/_ticket.html", context)
    return render(request, "queue/ticket.html", context)


def _ticket_context(found: Ticket) -> dict[str, Any]:
    at = clock.now()
    context: dict[str, Any] = {
        "ticket": found,
        "number": spoken_number(found.letter, found.number) if found.number else "",
        "state": STATES[found.state],
        "may_come_back": found.state == State.NO_SHOW
        and found.ended_at is not None
        and at <= found.ended_at + timedelta(minutes=found.hall.return_minutes),
        "more": queries.errands_in_order(found.rest),
    }
    if found.state == State.WAITING:
        now = queries.now_in(found.hall, at=at)
        context |= {"ahead": now.ahead_of(found), "wait": estimate_words(now.wait_of(found))}
    return context


@login_not_required
@never_cache
@require_http_methods(["POST"])
def change(request: HttpRequest, code: str) -> HttpResponse:
    """Give a ticket back, move an appointment, come back after a missed call."""
    found, at = _ticket(code), clock.now()
    try:
        if request.POST.get("do") == "cancel":
            actions.cancel(ticket_id=found.pk, at=at)
            messages.success(request, _("Given back. Somebody else can use the place now."))
        elif request.POST.get("do") == "back":
            actions.come_back(ticket_id=found.pk, at=at)
            messages.success(request, _("You are in line again, at the front."))
        elif request.POST.get("do") == "move":
            slot = _moment(request.POST.get("slot", ""))
            if slot is None:
                messages.error(request, _("Choose a time."))
            else:
                _limit_mails(found.resident.email if found.resident else "", at)
                actions.move_booking(ticket_id=found.pk, slot=slot, at=at)
                messages.success(request, _("Your appointment has moved."))
    except QueueRefused as refused:
        messages.error(request, str(REFUSALS[refused.code]))
    return redirect("queue:ticket", code)


@login_not_required
@never_cache
@require_safe
def move(request: HttpRequest, code: str) -> HttpResponse:
    """Show other times for an appointment."""
    found, at = _ticket(code), clock.now()
    if found.state != State.BOOKED:
        return redirect("queue:ticket", code)
    day = _day(request.GET.get("day", "")) or found.day
    wanted = list(Errand.objects.filter(pk__in=[found.errand_id, *found.rest]))
    return render(
        request,
        "queue/move.html",
        {
            "ticket": found,
            "raw_code": code,
            "hall": found.hall,
            "takes_appointments": takes_appointments(walk_in_share=found.hall.walk_in_share),
            "days": queries.days_to_book(found.hall, at=at),
            "day": day,
            "slots": queries.slots(found.hall, day=day, errands=wanted, at=at),
        },
    )


@login_not_required
@never_cache
@require_safe
def calendar(request: HttpRequest, code: str) -> HttpResponse:
    """Hand an appointment to the calendar of a telephone."""
    found = _ticket(code)
    if found.slot is None:
        raise Http404
    text = calendar_file(
        found,
        url=request.build_absolute_uri(reverse("queue:ticket", args=[code])),
        host=request.get_host(),
        at=clock.now(),
    )
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="janji.ics"'
    return response


def _chosen_language(request: HttpRequest) -> str:
    """Return the language that this one person chose at the machine; the next one finds the machine's own."""
    language = request.GET.get("language", "")
    return language if language in dict(settings.LANGUAGES) else ""


def _spoken_here(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Answer in the language that was chosen at the machine, and remember it nowhere."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        language = _chosen_language(request)
        with translation.override(language) if language else nullcontext():
            response = view(request, *args, **kwargs)
        if language:
            response["Content-Language"] = language
        return response

    return answer


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@_spoken_here
def kiosk(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Draw numbers at the machine in the hall; its address holds the key that lets it."""
    found = _hall(slug)
    if not constant_time_compare(found.kiosk_key, key):
        raise Http404
    at, error = clock.now(), ""
    if request.method == "POST":
        check_limit(key=f"queue:kiosk:{found.pk}", limit=DRAWN_AN_HOUR, per=HOUR, at=at)
        try:
            if request.POST.get("code"):
                return _arrived(request, found, at)
            drawn = actions.draw_ticket(
                hall_id=found.pk,
                errand_ids=[errand.pk for errand in _chosen(request, found)],
                priority=request.POST.get("priority", ""),
                locale=get_language() or "id",
                actor=Actor("system"),
                at=at,
            )
        except QueueRefused as refused:
            error = str(REFUSALS[refused.code])
        else:
            return _to_print(request, found, drawn.code)
    return render(
        request,
        "queue/kiosk.html",
        {
            "hall": found,
            "chosen_language": _chosen_language(request),
            "key": key,
            "errands": queries.errands_of(found),
            "priorities": PRIORITY_WORDS.items(),
            "error": error,
        },
        status=422 if error else 200,
    )


def _to_print(request: HttpRequest, found: Hall, code: str) -> HttpResponse:
    address = reverse("queue:printed", args=[found.slug, found.kiosk_key, code])
    language = _chosen_language(request)
    return redirect(f"{address}?language={language}" if language else address)


def _arrived(request: HttpRequest, found: Hall, at: datetime) -> HttpResponse:
    code = "".join(request.POST["code"][:20].split()).upper().replace("-", "")
    booked = queries.ticket_of(code)
    if booked is None:
        raise QueueRefused("unknown_code")
    if booked.hall_id != found.pk:
        raise QueueRefused("other_hall")
    actions.arrive(ticket_id=booked.pk, priority=request.POST.get("priority", ""), actor=Actor("system"), at=at)
    return _to_print(request, found, code)


@login_not_required
@never_cache
@require_safe
@_spoken_here
def printed(request: HttpRequest, slug: str, key: str, code: str) -> HttpResponse:
    """Show the number that was just drawn, ready for the printer; then the machine is free for the next."""
    found = _hall(slug)
    if not constant_time_compare(found.kiosk_key, key):
        raise Http404
    drawn = _ticket(code)
    address = f"{settings.BALAI_BASE_URL.rstrip('/')}{reverse('queue:ticket', args=[code])}"
    return render(
        request,
        "queue/printed.html",
        {
            **_ticket_context(drawn),
            "hall": found,
            "key": key,
            "raw_code": code,
            "picture": code_svg([address]),
        },
    )


@login_not_required
@never_cache
@require_safe
def screen(request: HttpRequest, slug: str) -> HttpResponse:
    """Show who is called where; the page makes the chime and the voice."""
    found = _hall(slug)
    at = clock.now()
    calls = [
        {
            "ticket": called,
            "number": spoken_number(called.letter, called.number or 0),
            "say": spoken_call(called.letter, called.number or 0, called.counter.number) if called.counter else "",
            # the same number called again is another call; how often begins anew when somebody comes back
            "mark": f"{called.pk}-{called.called_at:%H%M%S%f}",
        }
        for called in queries.latest_calls(found, at=at)
    ]
    now = queries.now_in(found, at=at)
    context = {"hall": found, "calls": calls, "waiting": len(now.waiting), "at": at}
    template = "queue/_screen.html" if request.headers.get("HX-Request") else "queue/screen.html"
    return render(request, template, context)


@login_not_required
@require_safe
def estimates(request: HttpRequest, slug: str) -> HttpResponse:
    """Show how good the estimates were, day by day."""
    found = _hall(slug)
    days = queries.hall_days(found)
    return render(request, "queue/estimates.html", {"hall": found, "days": days})


@login_not_required
@require_safe
def estimates_csv(request: HttpRequest, slug: str) -> StreamingHttpResponse:
    """Give the same as open data."""
    found = _hall(slug)
    head = (
        "day", "tickets", "served", "no_shows", "median_wait_seconds", "longest_wait_seconds", "estimates",
        "median_error_seconds", "median_error_share", "share_within_range",
    )  # fmt: skip
    rows = (
        (
            each.day.isoformat(), each.tickets, each.served, each.no_shows, each.median_wait, each.longest_wait,
            each.judged, each.median_error, each.median_share, each.within,
        )
        for each in queries.hall_days(found, most=actions.DAYS_SUMMED)
    )  # fmt: skip
    return open_to_all(csv_answer(filename=f"{found.slug}.csv", head=head, rows=rows, is_example=settings.BALAI_DEMO))
