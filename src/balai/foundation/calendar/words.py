"""Terms in words, in the language of the reader."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from balai.foundation.calendar.rules import Term


def describe_term(term: Term) -> str:
    """Return a term as people say it: “14 hari kerja”, “14 working days”."""
    match term.unit:
        case "minutes":
            words = ngettext("%(amount)s minute", "%(amount)s minutes", term.amount)
        case "working_hours":
            words = ngettext("%(amount)s working hour", "%(amount)s working hours", term.amount)
        case "working_days":
            words = ngettext("%(amount)s working day", "%(amount)s working days", term.amount)
        case "calendar_days":
            words = ngettext("%(amount)s calendar day", "%(amount)s calendar days", term.amount)
        case "clock_hours":
            words = ngettext("%(amount)s hour", "%(amount)s hours", term.amount)
    return words % {"amount": term.amount}


def describe_edit(subject: str) -> str:
    """Return what an edit was about: “Hari libur 1 April 2026”, “Jam kerja office-5”."""
    kind, _colon, what = subject.partition(":")
    match kind:
        case "day":
            return _("Day off %(date)s") % {"date": date_format(date.fromisoformat(what), "j F Y")}
        case "schedule":
            return _("Opening hours “%(slug)s”") % {"slug": what}
        case "national":
            return _("National list %(years)s") % {"years": what.replace("-", "–")}
        case _other:
            return _("Usual opening hours")
