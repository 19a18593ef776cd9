"""The module's words."""

from collections.abc import Iterable

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from balai.foundation.calendar.rules.hours import write_hours
from balai.foundation.calendar.rules.weeks import MINUTES_IN_DAY
from balai.foundation.web.words import is_english, minutes_in_words, time_of_day
from balai.modules.queue.rules.estimate import Estimate
from balai.modules.queue.rules.hours import OpenDays

PRIORITY_WORDS = {
    "age": gettext_lazy("60 years or older"),
    "disability": gettext_lazy("Disability"),
    "pregnancy": gettext_lazy("Pregnant"),
    "child": gettext_lazy("With a small child"),
}
STATES = {
    "booked": gettext_lazy("Appointment"),
    "waiting": gettext_lazy("Waiting"),
    "called": gettext_lazy("Called"),
    "serving": gettext_lazy("At the counter"),
    "done": gettext_lazy("Done"),
    "no_show": gettext_lazy("Called, but nobody came"),
    "cancelled": gettext_lazy("Given back"),
}
REFUSALS = {
    "closed": gettext_lazy("The hall takes nobody at this time. Choose another."),
    "no_errand": gettext_lazy("Choose what you come for: at least one thing, at most four."),
    "kept": gettext_lazy("A computer in the building keeps this hall's line. Draw and call numbers there."),
    "at_the_city": gettext_lazy("Appointments are made and changed at the city's address, not in the building."),
    "full": gettext_lazy("This time was taken a moment ago. Choose another."),
    "too_late": gettext_lazy("The time to come back is over. Please draw a new number."),
    "too_early": gettext_lazy("Call the number once more before you give it up."),
    "not_yours": gettext_lazy("You do not sit at this counter. Open it first."),
    "moved_on": gettext_lazy("This has changed meanwhile. Look at what is new."),
    "changed": gettext_lazy(
        "Somebody else changed these settings meanwhile. Look at what is there now, then change again."
    ),
    "unknown_code": gettext_lazy(
        "This code opens no appointment. Compare it sign by sign: ten letters and digits, never O, 0, I, 1 or L."
    ),
    "other_hall": gettext_lazy("This appointment is at another place. Your ticket says where."),
    "other_day": gettext_lazy("This appointment is for another day. Your ticket says which."),
    "given_back": gettext_lazy("This appointment was given back. Please draw a number."),
    "drawn": gettext_lazy("The number for this code was drawn already. It stands on your ticket."),
    "nobody": gettext_lazy("Nobody waits for this counter."),
    "busy": gettext_lazy("Somebody is at this counter."),
    "elsewhere": gettext_lazy("You serve somebody at another counter. End that first."),
}

WHOLE_DAY = ((0, MINUTES_IN_DAY),)


def estimate_words(said: Estimate | None) -> str:
    """Return what somebody is told about their wait; empty where nobody can say."""
    if said is None:
        return ""
    if round(said.high / 60) < 3:
        return _("It is your turn in a moment.")
    words = _("About %(middle)s; in eight of ten cases between %(low)s and %(high)s.") % {
        "middle": minutes_in_words(said.middle),
        "low": minutes_in_words(said.low),
        "high": minutes_in_words(said.high),
    }
    hours = ", ".join(f"{time_of_day(begins)}–{time_of_day(ends)}" for begins, ends in said.breaks)
    if not hours:
        return words
    told = _("The break %(hours)s is in it.") % {"hours": hours}
    return f"{words} {told}"


def hours_words(days: Iterable[OpenDays]) -> list[str]:
    """Return opening hours as people read them: *Senin–Kamis 08.00–12.00, 13.00–15.00*, one for each run of days."""
    lines = []
    for run in days:
        names = "–".join(dict.fromkeys(str(WEEKDAYS[weekday]) for weekday in (run.first, run.last)))
        if (run.first, run.last) == (0, 6):
            names = _("Every day")
        if run.hours == WHOLE_DAY:
            lines.append(_("%(days)s, 24 hours") % {"days": names})
            continue
        hours = write_hours(run.hours)
        lines.append(f"{names} {hours.replace('.', ':') if is_english() else hours}")
    return lines


_DIGITS_ID = ("nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan")


def number_in_indonesian(number: int) -> str:
    """Return a number from 0 to 999 in words: *dua belas*.

    :raises ValueError: outside.
    """
    if not 0 <= number <= 999:
        raise ValueError(number)
    if number < 10:
        return _DIGITS_ID[number]
    if number < 12:
        return "sepuluh" if number == 10 else "sebelas"
    if number < 20:
        return f"{_DIGITS_ID[number - 10]} belas"
    if number < 100:
        rest = number % 10
        return f"{_DIGITS_ID[number // 10]} puluh" + (f" {_DIGITS_ID[rest]}" if rest else "")
    head = "seratus" if number < 200 else f"{_DIGITS_ID[number // 100]} ratus"
    rest = number % 100
    return head + (f" {number_in_indonesian(rest)}" if rest else "")


def spoken_call(letter: str, number: int, counter: int) -> str:
    """Return what the loudspeaker says, in the language of the hall's screen."""
    if is_english():
        return f"Number {letter} {number}, please come to counter {counter}."
    return f"Nomor {letter} {number_in_indonesian(number % 1000)}, silakan ke loket {number_in_indonesian(counter)}."
