"""The law of time: terms, working hours, deadlines. Pure: no database, no clock."""

from balai.foundation.calendar.rules.deadlines import (
    after_working_time,
    deadline,
    extend_due,
    is_open,
    moment_at_share,
    next_opening,
    resume_due,
    working_time,
)
from balai.foundation.calendar.rules.terms import UNITS, BadTerm, Term, Unit
from balai.foundation.calendar.rules.weeks import OFFICE_5, BadWeek, Interval, NeverOpen, Week, WorkCalendar

__all__ = [
    "OFFICE_5",
    "UNITS",
    "BadTerm",
    "BadWeek",
    "Interval",
    "NeverOpen",
    "Term",
    "Unit",
    "Week",
    "WorkCalendar",
    "after_working_time",
    "deadline",
    "extend_due",
    "is_open",
    "moment_at_share",
    "next_opening",
    "resume_due",
    "working_time",
]
