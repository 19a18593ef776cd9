"""What a visit needs: an appointment that can be kept, and an answer for every line of its checklist."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from balai.foundation.calendar.rules import Interval, WorkCalendar
from balai.modules.services.rules.workflow import CheckItem

VERDICTS = ("yes", "no", "na")
# people plan by the day; a window that is longer is none
LONGEST_WINDOW = timedelta(hours=8)
FURTHEST = timedelta(days=120)


def appointment_problem(*, begins_at: datetime, ends_at: datetime, at: datetime) -> str:
    """Return why nobody can plan by this appointment: past, backwards, long, far; empty if it is good."""
    if begins_at < at:
        return "past"
    if ends_at <= begins_at:
        return "backwards"
    if ends_at - begins_at > LONGEST_WINDOW:
        return "long"
    return "far" if begins_at - at > FURTHEST else ""


def hours_missed(*, begins_at: datetime, ends_at: datetime, calendar: WorkCalendar) -> tuple[Interval, ...] | None:
    """Return the opening hours of the day that an appointment does not keep to (none: closed that day); None if it does.

    A break inside the appointment is no hindrance; nobody comes or leaves in one.
    """
    begins, ends = begins_at.astimezone(calendar.zone), ends_at.astimezone(calendar.zone)
    hours = () if begins.date() in calendar.closed_days else calendar.week[begins.weekday()]
    first, last = (moment.hour * 60 + moment.minute for moment in (begins, ends))
    if ends.date() == begins.date() and (
        any(opens <= first < closes for opens, closes in hours)
        and any(opens < last <= closes for opens, closes in hours)
    ):
        return None
    return hours


def findings_problems(
    *, checklist: Sequence[CheckItem], verdicts: Mapping[str, str], notes: Mapping[str, str], photos: Mapping[str, int]
) -> dict[str, str]:
    """Return by line of the checklist what is missing: ``verdict``, ``note`` (a "no" says why), ``photo``."""
    problems = {}
    for item in checklist:
        verdict = verdicts.get(item.slug, "")
        if verdict not in VERDICTS:
            problems[item.slug] = "verdict"
        elif verdict == "no" and not notes.get(item.slug, "").strip():
            problems[item.slug] = "note"
        elif item.photo and verdict != "na" and not photos.get(item.slug):
            problems[item.slug] = "photo"
    return problems
