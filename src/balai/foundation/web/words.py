"""Dates, numbers and money as people read them, in the language of the page and the zone of the city."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from django.utils import dateformat, formats, timezone
from django.utils.translation import get_language, gettext, ngettext, override

Unit = Literal["minutes", "hours", "days"]
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def is_english() -> bool:
    """Return whether the reader reads English."""
    return (get_language() or "").startswith("en")


def moment_in_full(moment: datetime) -> str:
    """Return *Jumat, 27 November 2026 pukul 14.30 WIB*."""
    local = timezone.localtime(moment)
    language = get_language()
    return _moment_form(language) % {
        "day": _day_as(local.date(), "l, j F Y", language),
        "time": _clock_time(local, language),
        "zone": local.tzname() or "",
    }


def span_in_full(begins: datetime, ends: datetime) -> str:
    """Return *Senin, 30 November 2026 pukul 10.00–12.00 WIB*; over midnight both in full."""
    first, last = timezone.localtime(begins), timezone.localtime(ends)
    if first.date() != last.date():
        return f"{moment_in_full(begins)} – {moment_in_full(ends)}"
    language = get_language()
    return _moment_form(language) % {
        "day": _day_as(first.date(), "l, j F Y", language),
        "time": f"{_clock_time(first, language)}–{_clock_time(last, language)}",
        "zone": first.tzname() or "",
    }


def until_in_full(moment: datetime) -> str:
    """Return the end of a term as people read it: midnight is the last minute of the evening before.

    *Until Wednesday, 00.00* is read as Wednesday evening, a day too late.
    """
    local = timezone.localtime(moment)
    is_midnight = (local.hour, local.minute) == (0, 0)
    return moment_in_full(moment - timedelta(minutes=1) if is_midnight else moment)


@lru_cache(maxsize=16)
def moment_for(moment: datetime, *, language: str) -> str:
    """Return a moment for somebody who is written to in ``language``, whoever asks now."""
    with override(language):
        return moment_in_full(moment)


def _moment_form(language: str | None) -> str:
    return gettext("%(day)s, %(time)s %(zone)s")


def time_of_day(moment: datetime) -> str:
    """Return *14.30*, in the city's zone."""
    return _clock_time(timezone.localtime(moment), get_language())


def minutes_in_words(seconds: float) -> str:
    """Return seconds as people say a wait: *12 menit*; beyond twenty in steps of five, for nobody waits more exactly."""
    count = round(seconds / 60)
    if count > 20:
        count = 5 * round(count / 5)
    return ngettext("%(n)s minute", "%(n)s minutes", count) % {"n": number(count)}


def day_in_full(moment: date | datetime) -> str:
    """Return *Jumat, 27 November 2026*."""
    return _day_as(_day_of(moment), "l, j F Y", get_language())


def day_in_short(moment: date | datetime) -> str:
    """Return *27 Nov 2026*."""
    return _day_as(_day_of(moment), "j M Y", get_language())


def month(moment: date | datetime) -> str:
    """Return *November 2026*."""
    return _day_as(_day_of(moment), "F Y", get_language())


def month_in_short(moment: date | datetime) -> str:
    """Return *Nov 2026*, for the axis of a chart."""
    return _day_as(_day_of(moment), "M Y", get_language())


def time_since(moment: datetime, *, at: datetime) -> str:
    """Return *3 jam lalu*; days count as nights passed in the city."""
    elapsed = at - moment
    if elapsed < timedelta(minutes=1):
        return gettext("just now")
    if elapsed < HOUR:
        return _ago(int(elapsed.total_seconds() // 60), "minutes", get_language())
    if elapsed < DAY:
        return _ago(int(elapsed // HOUR), "hours", get_language())
    day = timezone.localtime(moment).date()
    days = (timezone.localtime(at).date() - day).days
    if days < 31:
        return _ago(days, "days", get_language())
    return _day_as(day, "j M Y", get_language())


# The words of one count in one language are the same on every line and page: formed once, they cost a look-up.
@lru_cache(maxsize=1024)
def _ago(count: int, unit: Unit, language: str | None) -> str:
    if unit == "minutes":
        return ngettext("%(n)s minute ago", "%(n)s minutes ago", count) % {"n": count}
    if unit == "hours":
        return ngettext("%(n)s hour ago", "%(n)s hours ago", count) % {"n": count}
    if count == 1:
        return gettext("yesterday")
    return ngettext("%(n)s day ago", "%(n)s days ago", count) % {"n": count}


@lru_cache(maxsize=4096)
def _day_as(day: date, form: str, language: str | None) -> str:
    return dateformat.format(day, form)


def time_to(due: datetime, *, at: datetime) -> str:
    """Return *3 hari lagi* before, *Lewat janji 3 hari* after a deadline; days count as nights in the city."""
    if due <= at:
        return _due(*_largest(_between(due, at)), is_past=True, language=get_language())
    return _due(*_largest(_between(at, due)), is_past=False, language=get_language())


@lru_cache(maxsize=4096)
def _due(count: int, unit: Unit, *, is_past: bool, language: str | None) -> str:
    words = gettext("%(time)s past the promise") if is_past else gettext("%(time)s left")
    return words % {"time": _span(count, unit)}


def span(duration: timedelta) -> str:
    """Return a length of time in its largest whole unit; under a minute counts as one."""
    return _span(*_largest(duration))


def _largest(duration: timedelta) -> tuple[int, Unit]:
    if duration >= DAY:
        return duration // DAY, "days"
    if duration >= HOUR:
        return duration // HOUR, "hours"
    return max(1, int(duration.total_seconds() // 60)), "minutes"


def _span(count: int, unit: Unit) -> str:
    if unit == "days":
        return ngettext("%(n)s day", "%(n)s days", count) % {"n": number(count)}
    if unit == "hours":
        return ngettext("%(n)s hour", "%(n)s hours", count) % {"n": count}
    return ngettext("%(n)s minute", "%(n)s minutes", count) % {"n": count}


def number(value: float | Decimal, *, decimals: int | None = None) -> str:
    """Return 1.234,5 or 1,234.5 by language; whole numbers without decimals."""
    if decimals is None:
        decimals = 0 if value == int(value) else 1
    return formats.number_format(value, decimal_pos=decimals, use_l10n=True, force_grouping=True)


def percent(share: float | Decimal) -> str:
    """Return a share of 1 as per cent, without decimals; *<1%* and *>99%* rather than a false 0 or 100."""
    if 0 < share < 0.005:
        return "<1%"
    if 0.995 <= share < 1:
        return ">99%"
    return f"{number(round(float(share) * 100), decimals=0)}%"


def rupiah(value: float | Decimal) -> str:
    """Return *Rp1.250.000*."""
    return f"Rp{number(value, decimals=0)}" if value >= 0 else f"-Rp{number(-value, decimals=0)}"


def _between(start: datetime, end: datetime) -> timedelta:
    # From a day on people count nights: on Tuesday a promise for Friday is three days away, whatever the hour.
    if end - start < DAY:
        return end - start
    return timedelta(days=(timezone.localtime(end).date() - timezone.localtime(start).date()).days)


def _day_of(moment: date | datetime) -> date:
    if not isinstance(moment, datetime):
        return moment
    return (timezone.localtime(moment) if timezone.is_aware(moment) else moment).date()


def _clock_time(local: datetime, language: str | None) -> str:
    between = ":" if (language or "").startswith("en") else "."
    return f"{local.hour:02}{between}{local.minute:02}"
