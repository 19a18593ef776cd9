"""The counter, the board of a hall, and its set-up."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from balai.foundation.calendar import clock
from balai.foundation.events.rules import Actor
from balai.foundation.places.queries import city_day
from balai.foundation.units.models import Unit
from balai.modules.queue import actions, queries
from balai.modules.queue.actions import QueueRefused
from balai.modules.queue.actions import set_up as set_up_actions
from balai.modules.queue.forms import CounterForm, ErrandForm, HallForm, NewHallForm
from balai.modules.queue.models import Counter, Hall, Ticket
from balai.modules.queue.rules.line import spoken_number
from balai.modules.queue.words import PRIORITY_WORDS, REFUSALS, STATES

State = Ticket.State


def _may(request: HttpRequest, permission: str, unit_id: int | None = None) -> bool:
    return bool(request.authority.may(permission, unit_id=unit_id))  # type: ignore[attr-defined]


EITHER = ("queue.serve", "queue.manage")


def _hall(request: HttpRequest, slug: str, *permissions: str) -> Hall:
    """Return a hall of this officer's agencies; others are answered like those that do not exist."""
    if not any(_may(request, permission) for permission in permissions):
        raise PermissionDenied
    hall = queries.halls_of(authority=request.authority, permissions=permissions).filter(slug=slug).first()  # type: ignore[attr-defined]
    if hall is None:
        raise Http404
    return hall


def _actor(request: HttpRequest) -> Actor:
    return Actor("staff", request.user.pk)


def _row(ticket: Ticket) -> dict[str, Any]:
    return {
        "ticket": ticket,
        "number": spoken_number(ticket.letter, ticket.number) if ticket.number else "",
        "state": STATES[ticket.state],
        "priority": PRIORITY_WORDS.get(ticket.priority, ""),
    }


def _units(request: HttpRequest) -> Any:
    rows = Unit.objects.filter(active=True).order_by("name")
    grants = request.authority.grants_for("queue.manage")  # type: ignore[attr-defined]
    if any(grant.unit_ids is None for grant in grants):
        return rows
    return rows.filter(pk__in={pk for grant in grants for pk in grant.unit_ids or ()})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def halls(request: HttpRequest) -> HttpResponse:
    """Show the halls of one's agencies; begin a new one."""
    may_manage = _may(request, "queue.manage")
    if not any(_may(request, permission) for permission in EITHER):
        raise PermissionDenied
    form = NewHallForm(request.POST or None, units=_units(request)) if may_manage else None
    if request.method == "POST":
        if form is None:
            raise PermissionDenied
        if form.is_valid():
            hall = form.save(commit=False)
            hall.slug = _free_slug(hall.name)
            set_up_actions.open_hall(hall=hall, actor=_actor(request), at=clock.now())
            return redirect("queue_desk:set_up", hall.slug)
    waiting = queries.waiting_counts(at=clock.now())
    mine = queries.halls_of(authority=request.authority, permissions=EITHER)  # type: ignore[attr-defined]
    return render(
        request,
        "queue/desk/halls.html",
        {"rows": [(hall, waiting.get(hall.pk, 0)) for hall in mine], "form": form},
        status=422 if request.method == "POST" else 200,
    )


def _free_slug(name: str) -> str:
    base = slugify(name)[:32] or "balai"
    taken = set(Hall.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(slug for slug in (base, *(f"{base}-{n}" for n in range(2, 10_000))) if slug not in taken)


@never_cache
@require_safe
def board(request: HttpRequest, slug: str) -> HttpResponse:
    """Show everything in a hall at this moment, and how the day goes."""
    hall, at = _hall(request, slug, *EITHER), clock.now()
    now = queries.now_in(hall, at=at)
    day = city_day(at)
    return render(
        request,
        "queue/desk/board.html",
        {
            "hall": hall,
            "counters": [
                {"counter": counter, "row": _row(served) if (served := now.served_at(counter)) else None}
                for counter in now.counters
            ],
            "waiting": [_row(ticket) for ticket in now.waiting],
            "booked": queries.booked_today(hall, at=at),
            "figures": queries.day_figures(hall, day=day),
            "lines": queries.counter_lines(hall, day=day),
            "may_manage": _may(request, "queue.manage", hall.unit_id),
            "may_serve": _may(request, "queue.serve", hall.unit_id),
        },
    )


def _counter(hall: Hall, number: int) -> Counter:
    found = hall.counters.filter(number=number, active=True).select_related("officer").first()
    if found is None:
        raise Http404
    return found


@never_cache
@require_safe
def counter(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Show one counter: one button at a time says what comes next; every button has a key."""
    hall, at = _hall(request, slug, "queue.serve"), clock.now()
    found = _counter(hall, number)
    now = queries.now_in(hall, at=at)
    served = now.served_at(found)
    mine = now.serves.get(found.pk, frozenset())
    context = {
        "hall": hall,
        "counter": found,
        "is_mine": found.officer_id == request.user.pk,
        "row": _row(served) if served else None,
        "more": [now.errands[pk].record for pk in served.rest if pk in now.errands] if served else [],
        "waiting": [_row(ticket) for ticket in now.waiting if ticket.errand_id in mine],
        "others": sum(ticket.errand_id not in mine for ticket in now.waiting),
        "may_miss": served is not None and served.calls >= hall.calls_before_no_show,
        "errands": [
            errand for errand in now.errands.values() if errand.active and (not served or errand.pk != served.errand_id)
        ],
    }
    template = "queue/desk/_waiting.html" if request.headers.get("HX-Request") else "queue/desk/counter.html"
    return render(request, template, context)


_PRESSES: dict[str, Callable[..., Any]] = {
    "next": actions.call_next,
    "again": actions.call_again,
    "finish": actions.finish,
    "miss": actions.miss,
}
_QUIET: dict[str, Callable[..., Any]] = {"sit": actions.sit_down, "leave": actions.leave, "begin": actions.begin}


@require_POST
def press(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Do what the officer pressed; pressed twice, the second press changes nothing and says so."""
    hall, at = _hall(request, slug, "queue.serve"), clock.now()
    found = _counter(hall, number)
    who: dict[str, Any] = {"counter_id": found.pk, "user_id": request.user.pk, "at": at}
    word = request.POST.get("do", "")
    try:
        if word in _PRESSES:
            _PRESSES[word](**who, actor=_actor(request))
        elif word in _QUIET:
            _QUIET[word](**who)
        elif word in ("pause", "go_on"):
            actions.pause(**who, paused=word == "pause")
        elif word == "hand_on":
            errand = request.POST.get("errand", "")
            actions.hand_on(**who, errand_id=_number(errand), actor=_actor(request))
        elif word == "free":
            seen = _number(request.POST.get("officer", ""))
            actions.free_counter(counter_id=found.pk, officer_id=seen, actor=_actor(request), at=at)
            messages.success(request, _("Counter %(n)s is free.") % {"n": number})
    except QueueRefused as refused:
        messages.error(request, str(REFUSALS[refused.code]))
    if request.POST.get("back") == "board":
        return redirect("queue_desk:board", slug)
    return redirect("queue_desk:counter", slug, number)


def _number(text: str) -> int:
    """Return the number of a row that was sent; 0, which no row has, for anything else."""
    return int(text) if text.isdecimal() and len(text) < 10 else 0


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def set_up(request: HttpRequest, slug: str) -> HttpResponse:
    """Show how a hall works and change it: hours, errands, counters, the address of the ticket machine."""
    hall = _hall(request, slug, "queue.manage")
    form = HallForm(request.POST or None, instance=Hall.objects.get(pk=hall.pk))
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                set_up_actions.keep_hall(
                    hall=form.save(commit=False),
                    expected_revision=form.cleaned_data["revision"],
                    actor=_actor(request),
                    at=clock.now(),
                )
            except QueueRefused as refused:
                hall.refresh_from_db()
                form.put_beside(hall, words=str(REFUSALS[refused.code]))
                return _set_up(request, hall, form=form, status=409)
            messages.success(request, _("Kept."))
            return redirect("queue_desk:set_up", slug)
        status = 422
    return _set_up(request, hall, form=form, status=status)


def _set_up(
    request: HttpRequest,
    hall: Hall,
    *,
    form: HallForm | None = None,
    errand_form: ErrandForm | None = None,
    counter_form: CounterForm | None = None,
    building_key: str = "",
    status: int = 200,
) -> HttpResponse:
    counters = list(hall.counters.filter(active=True).prefetch_related("errands__record"))
    errands = queries.errands_of(hall)
    changed = counter_form.counter if counter_form else None
    return render(
        request,
        "queue/desk/set_up.html",
        {
            "hall": hall,
            "building_key": building_key,
            "form": form or HallForm(instance=hall),
            "errands": errands,
            "counters": [
                (each, counter_form if each == changed else CounterForm(hall=hall, errands=errands, counter=each))
                for each in counters
            ],
            "errand_form": errand_form or ErrandForm(hall=hall),
            "counter_form": counter_form
            if counter_form and changed is None
            else CounterForm(
                hall=hall,
                errands=errands,
                initial={"number": max((each.number for each in counters), default=0) + 1},
            ),
            "machine": request.build_absolute_uri(reverse("queue:kiosk", args=[hall.slug, hall.kiosk_key])),
            "screen": request.build_absolute_uri(reverse("queue:screen", args=[hall.slug])),
        },
        status=status,
    )


@never_cache
@require_POST
@transaction.atomic
def change_hall(request: HttpRequest, slug: str) -> HttpResponse:
    """Add or take away an errand or a counter; make a new key for the ticket machine."""
    hall = _hall(request, slug, "queue.manage")
    try:
        page = _change(request, hall)
    except QueueRefused as refused:
        messages.error(request, str(REFUSALS[refused.code]))
    else:
        if page is not None:
            return page
        messages.success(request, _("Kept."))
    return redirect("queue_desk:set_up", slug)


def _change(request: HttpRequest, hall: Hall) -> HttpResponse | None:
    """Do what was pressed; return a page where there is more to show or to correct.

    :raises QueueRefused: nothing was changed.
    """
    who: dict[str, Any] = {"hall": hall, "actor": _actor(request), "at": clock.now()}
    word, pk = request.POST.get("do", ""), _number(request.POST.get("id", ""))
    if word == "add_errand":
        errand_form = ErrandForm(request.POST, hall=hall)
        if not errand_form.is_valid():
            return _set_up(request, hall, errand_form=errand_form, status=422)
        set_up_actions.add_errand(**who, **errand_form.cleaned_data)
    elif word == "counter":
        counter = hall.counters.filter(pk=pk, active=True).first()
        if pk and counter is None:
            raise QueueRefused("moved_on")
        counter_form = CounterForm(request.POST, hall=hall, errands=queries.errands_of(hall), counter=counter)
        if not counter_form.is_valid():
            return _set_up(request, hall, counter_form=counter_form, status=422)
        set_up_actions.keep_counter(**who, counter_id=pk, **counter_form.cleaned_data)
    elif word == "drop_errand":
        set_up_actions.drop_errand(**who, errand_id=pk)
    elif word == "drop_counter":
        set_up_actions.drop_counter(**who, counter_id=pk)
    elif word == "give_to_building":
        key = set_up_actions.give_to_building(**who)
        # the page shows the hall as it is now, and its form the revision
        hall.refresh_from_db()
        return _set_up(request, hall, building_key=key)
    elif word == "take_back":
        set_up_actions.take_back(**who)
    elif word == "new_key":
        set_up_actions.new_machine_key(**who)
        messages.success(request, _("The ticket machine has a new address; the old one is closed."))
        return redirect("queue_desk:set_up", hall.slug)
    return None
