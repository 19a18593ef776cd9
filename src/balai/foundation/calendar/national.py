"""The national days off and collective leave, as the ``holidays`` package lists them.

Read when days are loaded into the database, never while a deadline is worked out: what was promised must not move when
the package is updated.
"""

from dataclasses import dataclass
from datetime import date
from importlib.metadata import version

import holidays

from balai.foundation.calendar.models import Holiday

# Years whose list in the package was read through against the decree's days, or lies in the past. The package marks
# what it estimates; whole years beyond the last decree are provisional too, as leave moves until the decree is signed.
LAST_DECREED_YEAR = 2026
FIRST_YEAR = 2020
_ESTIMATED = "(perkiraan)"
# Joint decrees of the ministers of religion, manpower and administrative reform whose numbers we checked; the others
# stay empty for staff to fill in.
_JOINT_DECREE = "Keputusan Bersama Menag, Menaker, Menpan RB"
DECREES = {
    2024: f"{_JOINT_DECREE} 855/2023, 3/2023, 4/2023",
    2025: f"{_JOINT_DECREE} 1017/2024, 2/2024, 2/2024",
    2026: f"{_JOINT_DECREE} 1497/2025, 2/2025, 5/2025",
}
# Days that were given off by decisions of their own: both election days, and the day after Independence Day.
_BY_OTHER_DECISIONS = frozenset({date(2024, 2, 14), date(2024, 11, 27), date(2025, 8, 18)})


class UnknownYear(LookupError):
    """The list has no complete days for this year: collective leave is missing."""


@dataclass(frozen=True, kw_only=True)
class NationalDay:
    """One day of the national list."""

    date: date
    name: str
    kind: str
    decree: str
    provisional: bool
    source: str


def national_days(*, year: int) -> list[NationalDay]:
    """Return the days off of a year with collective leave, in order.

    The number of the decree is empty where we do not know it for certain; staff can add it.

    :raises UnknownYear: before 2020, and for years whose collective leave the package does not know yet.
    """
    public = holidays.country_holidays("ID", years=year, categories=("public",), language="id")
    government = holidays.country_holidays("ID", years=year, categories=("government",), language="id")
    if year < FIRST_YEAR or not government:
        raise UnknownYear(year)
    source = f"holidays {version('holidays')}"
    found = []
    for day in sorted({*public, *government}):
        name = public.get(day) or government.get(day) or ""
        leave = day not in public
        found.append(
            NationalDay(
                date=day,
                name=name.replace(_ESTIMATED, "").strip(),
                kind=Holiday.Kind.COLLECTIVE_LEAVE if leave else Holiday.Kind.NATIONAL,
                decree="" if day in _BY_OTHER_DECISIONS else DECREES.get(year, ""),
                provisional=year > LAST_DECREED_YEAR or _ESTIMATED in name,
                source=source,
            )
        )
    return found


def years_offered() -> list[int]:
    """Return the years for which the package knows collective leave, so that they can be loaded."""
    years = range(FIRST_YEAR, LAST_DECREED_YEAR + 10)
    return [
        year for year in years if holidays.country_holidays("ID", years=year, categories=("government",), language="id")
    ]
