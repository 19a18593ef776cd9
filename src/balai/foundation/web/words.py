"""Dates, numbers and money as people read them, in the language of the page and the zone of the city."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils import dateformat, formats, timezone
from django.utils.translation import get_language, gettext, ngettext

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def moment_in_full(moment: datetime) -> str:
    """Return *Jumat, 27 November 2026 pukul 14.30 WIB*."""
    local = timezone.localtime(moment)
    return gettext("%(day)s, %(time)s %(zone)s") % {
        "day": day_in_full(local),
        "time": _clock_time(local),
        "zone": local.tzname() or "",
    }


def day_in_full(moment: date | datetime) -> str:
    """Return *Jumat, 27 November 2026*."""
    return dateformat.format(_local(moment), "l, j F Y")


def day_in_short(moment: date | datetime) -> str:
    """Return *27 Nov 2026*."""
    return dateformat.format(_local(moment), "j M Y")


def month(moment: date | datetime) -> str:
    """Return *November 2026*."""
    return dateformat.format(_local(moment), "F Y")


def time_since(moment: datetime, *, at: datetime) -> str:
    """Return *3 jam lalu*; days count as nights passed in the city."""
    elapsed = at - moment
    if elapsed < timedelta(minutes=1):
        return gettext("just now")
    if elapsed < HOUR:
        minutes = int(elapsed.total_seconds() // 60)
        return ngettext("%(n)s minute ago", "%(n)s minutes ago", minutes) % {"n": minutes}
    if elapsed < DAY:
        hours = int(elapsed // HOUR)
        return ngettext("%(n)s hour ago", "%(n)s hours ago", hours) % {"n": hours}
    days = (timezone.localtime(at).date() - timezone.localtime(moment).date()).days
    if days == 1:
        return gettext("yesterday")
    if days < 31:
        return ngettext("%(n)s day ago", "%(n)s days ago", days) % {"n": days}
    return day_in_short(moment)


def time_to(due: datetime, *, at: datetime) -> str:
    """Return *3 hari lagi* before, *Lewat janji 3 hari* after a deadline; days count as nights in the city."""
    if due <= at:
        return gettext("%(time)s past the promise") % {"time": _span_between(due, at)}
    return gettext("%(time)s left") % {"time": _span_between(at, due)}


def span(duration: timedelta) -> str:
    """Return a length of time in its largest whole unit; under a minute counts as one."""
    if duration >= DAY:
        days = duration // DAY
        return ngettext("%(n)s day", "%(n)s days", days) % {"n": number(days)}
    if duration >= HOUR:
        hours = duration // HOUR
        return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}
    minutes = max(1, int(duration.total_seconds() // 60))
    return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}


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


def _span_between(start: datetime, end: datetime) -> str:
    # From a day on people count nights: on Tuesday a promise for Friday is three days away, whatever the hour.
    if end - start < DAY:
        return span(end - start)
    return span(timedelta(days=(timezone.localtime(end).date() - timezone.localtime(start).date()).days))


def _local(moment: date | datetime) -> date | datetime:
    return timezone.localtime(moment) if isinstance(moment, datetime) and timezone.is_aware(moment) else moment


def _clock_time(local: datetime) -> str:
    return dateformat.format(local, "H:i" if (get_language() or "").startswith("en") else "H.i")
