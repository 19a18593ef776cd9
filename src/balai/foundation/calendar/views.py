"""Pages on which staff keep days off and opening hours."""

from datetime import date

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from balai.foundation.calendar import actions, clock, queries
from balai.foundation.calendar.forms import DayChangeForm, DayForm, ScheduleForm
from balai.foundation.calendar.models import Holiday, Schedule
from balai.foundation.calendar.national import UnknownYear
from balai.foundation.calendar.rules.edits import Editor
from balai.foundation.calendar.rules.hours import write_hours
from balai.foundation.calendar.words import describe_edit

PERMISSION = "calendar.edit"
_YEARS = range(2000, 2100)


@require_safe
def days(request: HttpRequest) -> HttpResponse:
    """List the days off of a year, the opening hours and the latest edits."""
    _editor(request)
    year = _asked_year(request)
    return render(
        request,
        "calendar/days.html",
        {
            "year": year,
            "years": sorted({*queries.years_with_holidays(), year}),
            "days": queries.holidays_of(year=year),
            "schedules": [
                (schedule, [(WEEKDAYS[number], write_hours(hours)) for number, hours in enumerate(schedule.week)])
                for schedule in queries.schedules()
            ],
            "edits": [(edit, describe_edit(edit.subject)) for edit in queries.latest_edits()],
        },
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def add_day(request: HttpRequest) -> HttpResponse:
    """Add a day on which the city rests."""
    by = _editor(request)
    form = DayForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        day = form.cleaned_data.pop("date")
        try:
            actions.add_city_day(day=day, **form.cleaned_data, by=by, at=clock.now())
        except actions.DayTaken as taken:
            form.add_error(
                "date",
                _("This day is off already: %(name)s. Change that entry instead.") % {"name": taken.holiday.name},
            )
        else:
            messages.success(request, _("Added. Promises made from now on count with it; those already made stay."))
            return _to_year(day.year)
    return _form_page(request, form, title=_("Add a day off"), year=_asked_year(request))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change_day(request: HttpRequest, day: date) -> HttpResponse:
    """Change a stored day: its name, its decision, whether the city rests on it."""
    by = _editor(request)
    holiday = _holiday(day)
    initial = {name: getattr(holiday, name) for name in ("name", "decree", "provisional", "applies")}
    form = DayChangeForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        actions.change_day(holiday=holiday, **form.cleaned_data, by=by, at=clock.now())
        messages.success(request, _("Saved. Promises made from now on count with it; those already made stay."))
        return _to_year(day.year)
    return _form_page(request, form, title=holiday.name, year=day.year, holiday=holiday)


@require_POST
def remove_day(request: HttpRequest, day: date) -> HttpResponse:
    """Remove a day that the city itself had added."""
    by = _editor(request)
    try:
        actions.remove_city_day(holiday=_holiday(day), by=by, at=clock.now())
    except actions.NotACityDay:
        messages.error(
            request, _("This is a national day off and stays in the list. Switch it off where the city works.")
        )
        return redirect("calendar:change_day", day)
    messages.success(request, _("Removed. Promises already made stay as they are."))
    return _to_year(day.year)


@require_POST
def load_days(request: HttpRequest) -> HttpResponse:
    """Load the national days off of a year; what staff edited stays."""
    _editor(request)
    year = _asked_year(request)
    try:
        loaded = actions.load_holidays(years=[year], at=clock.now())
    except UnknownYear:
        messages.error(
            request,
            _("The national list of %(year)s is not known here yet. Add its days by hand, or update Balai.")
            % {"year": year},
        )
    else:
        messages.success(
            request,
            _("Loaded: %(added)s new, %(changed)s changed, %(gone)s no longer national. Your own edits stayed.")
            % {"added": loaded.added, "changed": loaded.changed, "gone": loaded.gone},
        )
    return _to_year(year)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def hours(request: HttpRequest, slug: str) -> HttpResponse:
    """Change the opening hours of a schedule."""
    by = _editor(request)
    schedule = Schedule.objects.filter(slug=slug).first()
    if schedule is None:
        raise Http404
    form = ScheduleForm(request.POST or None, schedule=schedule)
    if request.method == "POST" and form.is_valid():
        actions.set_week(
            schedule=schedule,
            week=form.week,
            name=form.cleaned_data["name"],
            works_on_holidays=form.cleaned_data["works_on_holidays"],
            by=by,
            at=clock.now(),
        )
        messages.success(request, _("Saved. Promises made from now on count with it; those already made stay."))
        return redirect("calendar:days")
    return _form_page(request, form, title=schedule.name, year=_asked_year(request))


def _editor(request: HttpRequest) -> Editor:
    """Return the officer behind a request.

    :raises PermissionDenied: without the permission to edit the calendar.
    """
    if not request.authority.may(PERMISSION):  # type: ignore[attr-defined]
        raise PermissionDenied
    return Editor(id=request.user.pk or 0, name=str(request.user)[:150])


def _asked_year(request: HttpRequest) -> int:
    asked = request.POST.get("year") or request.GET.get("year") or ""
    year = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else 0
    return year if year in _YEARS else clock.now().year


def _holiday(day: date) -> Holiday:
    holiday = Holiday.objects.filter(date=day).first()
    if holiday is None:
        raise Http404
    return holiday


def _to_year(year: int) -> HttpResponse:
    return redirect(f"{reverse('calendar:days')}?year={year}")


def _form_page(
    request: HttpRequest,
    form: DayForm | ScheduleForm,
    *,
    title: str,
    year: int,
    holiday: Holiday | None = None,
) -> HttpResponse:
    return render(
        request,
        "calendar/form.html",
        {"form": form, "title": title, "year": year, "holiday": holiday},
        status=422 if form.is_bound else 200,
    )
