"""Calendars for tests: days off written out, so that no package update moves a test."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from balai.foundation.calendar.rules import OFFICE_5, Week, WorkCalendar
from balai.foundation.calendar.rules.weeks import ALWAYS, OFFICE_6

# National days off and collective leave on weekdays and Saturdays, as decreed; Sundays never matter here.
DAYS_OFF: dict[int, str] = {
    2020: "0101 0125 0325 0410 0501 0507 0521 0525 0601 0731 0817 0820 0821 1028 1029 1030 1209 1224 1225 1231",
    2021: "0101 0212 0311 0402 0501 0512 0513 0514 0526 0601 0720 0811 0817 1020 1225",
    2022: "0101 0201 0228 0303 0415 0429 0502 0503 0504 0505 0506 0516 0526 0601 0730 0817 1008",
    2023: "0123 0218 0322 0323 0407 0419 0420 0421 0422 0424 0425 0501 0518 0601 0602 0628 0629 0630 0719 0817 0928"
    " 1225 1226",
    2024: "0101 0208 0209 0210 0214 0311 0312 0329 0408 0409 0410 0411 0412 0415 0501 0509 0510 0523 0524 0601 0617"
    " 0618 0817 0916 1127 1225 1226",
    2025: "0101 0127 0128 0129 0328 0329 0331 0401 0402 0403 0404 0407 0418 0501 0512 0513 0529 0530 0606 0609 0627"
    " 0818 0905 1225 1226",
    2026: "0101 0116 0216 0217 0318 0319 0320 0321 0323 0324 0403 0501 0514 0515 0527 0528 0601 0616 0817 0825 1224"
    " 1225",
    2027: "0101 0105 0205 0206 0308 0309 0310 0311 0312 0315 0325 0326 0501 0506 0517 0518 0519 0520 0601 0817 1224"
    " 1225",
}
CLOSED = frozenset(date(year, int(day[:2]), int(day[2:])) for year, days in DAYS_OFF.items() for day in days.split())
WIB = ZoneInfo("Asia/Jakarta")
# Morning and afternoon with a break at noon, longer on Friday, as many offices print on their doors.
_LUNCH = ((450, 720), (780, 960))
BREAKS: Week = (_LUNCH, _LUNCH, _LUNCH, _LUNCH, ((450, 690), (780, 990)), (), ())
COLLECTIVE_LEAVE_2026 = frozenset(
    date(2026, month, day) for month, day in ((2, 16), (3, 18), (3, 20), (3, 23), (3, 24), (5, 15), (5, 28), (12, 24))
)


def calendar(
    week: Week = OFFICE_5, *, closed: frozenset[date] = CLOSED, time_zone: str = "Asia/Jakarta"
) -> WorkCalendar:
    """Return a calendar of days off."""
    return WorkCalendar(week=week, closed_days=closed, time_zone=time_zone, version=1)


FIVE, SIX, WITH_BREAKS = calendar(OFFICE_5), calendar(OFFICE_6), calendar(BREAKS)
DAY_AND_NIGHT = calendar(ALWAYS, closed=frozenset())
CALENDARS = {"five": FIVE, "six": SIX, "breaks": WITH_BREAKS, "always": DAY_AND_NIGHT}


def wib(text: str) -> datetime:
    """Return a moment of Jakarta's clock, written as ``2026-03-16 10:00``."""
    return datetime.fromisoformat(text).replace(tzinfo=WIB)
