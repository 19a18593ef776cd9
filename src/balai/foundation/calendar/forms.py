"""Check what staff enter about days off and opening hours."""

import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from balai.foundation.calendar.models import Schedule
from balai.foundation.calendar.rules import BadWeek, Week
from balai.foundation.calendar.rules.hours import read_hours, write_hours
from balai.foundation.calendar.rules.weeks import check_week

_EARLIEST, _LATEST = datetime.date(2000, 1, 1), datetime.date(2100, 1, 1)


class DayForm(forms.Form):
    """A day on which the city rests."""

    date = forms.DateField(label=_("Date"), widget=forms.DateInput(attrs={"type": "date"}))
    name = forms.CharField(label=_("Name"), max_length=120)
    decree = forms.CharField(
        label=_("Decision it rests on"),
        max_length=200,
        required=False,
        help_text=_("Number and year, so that everybody can look it up."),
    )
    provisional = forms.BooleanField(
        label=_("Provisional: the decision is not signed yet"),
        required=False,
    )

    def clean_date(self) -> datetime.date:
        """Refuse dates that can only be slips."""
        day: datetime.date = self.cleaned_data["date"]
        if not _EARLIEST <= day < _LATEST:
            raise ValidationError(_("Choose a date between 2000 and 2099. The other fields are kept."))
        return day


class DayChangeForm(DayForm):
    """A day that is stored already; its date stays."""

    date = None  # type: ignore[assignment]
    applies = forms.BooleanField(
        label=_("The city rests on this day"),
        required=False,
        help_text=_("Take the tick away where the city works all the same, for example on collective leave."),
    )


class ScheduleForm(forms.Form):
    """Opening hours of a week, one line a day."""

    name = forms.CharField(label=_("Name"), max_length=120)
    works_on_holidays = forms.BooleanField(label=_("Also open on days off"), required=False)

    def __init__(self, *args: Any, schedule: Schedule | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for weekday, label in WEEKDAYS.items():
            self.fields[f"day_{weekday}"] = forms.CharField(
                label=label,
                required=False,
                max_length=100,
                widget=forms.TextInput(attrs={"autocomplete": "off"}),
            )
        self.fields["day_0"].help_text = _("As 07.30–12.00, 13.00–16.00. Leave it empty where the office is closed.")
        self.order_fields(["name", *(f"day_{weekday}" for weekday in WEEKDAYS), "works_on_holidays"])
        if schedule is not None:
            self.initial = {
                "name": schedule.name,
                "works_on_holidays": schedule.works_on_holidays,
                **{f"day_{weekday}": write_hours(hours) for weekday, hours in enumerate(schedule.week)},
            }

    def clean(self) -> dict[str, Any]:
        """Read seven lines as a week."""
        cleaned = super().clean() or self.cleaned_data
        days = []
        for weekday in WEEKDAYS:
            try:
                days.append(read_hours(cleaned.get(f"day_{weekday}", "")))
            except BadWeek as error:
                self.add_error(f"day_{weekday}", _REASONS[error.reason])
        if not self.errors:
            try:
                cleaned["week"] = check_week(days)
            except BadWeek as error:
                self.add_error(None, _REASONS[error.reason])
        return cleaned

    @property
    def week(self) -> Week:
        """Return the week of a valid form."""
        week: Week = self.cleaned_data["week"]
        return week


_REASONS = {
    "bad_hours": _("Write from and to with a dash, as 07.30–16.00; several spans with commas. 24.00 is midnight."),
    "overlap": _("Each span begins after the one before has ended."),
    "never_open": _("The office is never open. Give at least one day its hours."),
}
