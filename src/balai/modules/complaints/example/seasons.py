"""When people write: rain, school, fasting, weekdays, hours. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

# share of all reports, per mille
SHARES: Mapping[str, float] = {
    "road-damage": 125, "street-light": 105, "waste": 105, "drainage": 62, "flood": 28, "tree": 42, "sidewalk": 30,
    "illegal-parking": 68, "traffic": 50, "pollution": 20, "park": 24, "water-supply": 30, "public-order": 50,
    "street-vendors": 28, "market": 14, "animals": 16, "rescue": 12, "population-records": 56, "licensing": 15,
    "taxes": 16, "village-office": 20, "health": 30, "education": 26, "social-aid": 30, "employment": 11,
    "levies": 10, "conduct": 10, "public-information": 15, "suggestion": 28, "other": 24,
}  # fmt: skip
RAIN = {"road-damage", "drainage", "flood", "tree", "rescue"}
RAIN_MONTHS = {11: 1.5, 12: 1.9, 1: 2.1, 2: 1.9, 3: 1.5, 4: 0.9, 5: 0.6, 6: 0.45, 7: 0.4, 8: 0.4, 9: 0.5, 10: 0.8}
MONTHS: Mapping[str, Mapping[int, float]] = {
    "education": {5: 2.0, 6: 5.0, 7: 4.5, 8: 1.4},
    "taxes": {2: 2.0, 3: 1.6, 8: 1.8, 9: 2.2},
    "water-supply": {8: 1.8, 9: 2.2, 10: 2.0},
    "pollution": {8: 1.6, 9: 1.7, 10: 1.5},
    "health": {1: 1.7, 2: 1.8, 3: 1.4},
    "suggestion": {1: 2.2, 2: 1.6},
    "animals": {5: 1.8},
}
# first day of Idul Fitri, as decreed or expected; the dip before and after hangs on it
IDUL_FITRI = (
    date(2024, 4, 10),
    date(2025, 3, 31),
    date(2026, 3, 20),
    date(2027, 3, 10),
    date(2028, 2, 27),
    date(2029, 2, 15),
)
# Monday first
WEEK = (1.18, 1.1, 1.05, 1.02, 0.98, 0.8, 0.72)
# a day of a resident with a telephone, by hour
HOURS = (3, 2, 1, 1, 2, 6, 14, 30, 32, 24, 18, 16, 17, 14, 12, 13, 15, 17, 20, 31, 34, 28, 15, 7)


@dataclass(frozen=True, kw_only=True)
class Year:
    """The days of the example, and those on which it poured."""

    days: tuple[date, ...]
    downpours: frozenset[date]
    closed_days: frozenset[date]


def make_year(*, today: date, closed_days: frozenset[date], chance: Random) -> Year:
    """Return the 365 days before ``today``, with downpours where the rainy season lies."""
    days = tuple(today - timedelta(days=back) for back in range(365, 0, -1))
    pours = frozenset(day for day in days if chance.random() < 0.045 * RAIN_MONTHS[day.month] ** 1.5)
    return Year(days=days, downpours=pours, closed_days=closed_days)


def day_weight(*, category: str, day: date, place: int, year: Year) -> float:
    """Return how much is written about ``category`` on ``day``; ``place`` of the day in the year, for growth."""
    weight = WEEK[day.weekday()] * (0.75 + 0.5 * place / len(year.days))
    if day in year.closed_days:
        weight *= 0.72
    weight *= _fasting(day, category)
    if category in RAIN:
        weight *= RAIN_MONTHS[day.month]
        wet = sum(1 for back in range(3) if day - timedelta(days=back) in year.downpours)
        weight *= (1 + wet * 9) if category == "flood" else (1 + wet * 0.9)
    return weight * MONTHS.get(category, {}).get(day.month, 1.0)


def _fasting(day: date, category: str) -> float:
    for feast in IDUL_FITRI:
        apart = (day - feast).days
        if -3 <= apart <= 6:
            return 0.38
        if -30 <= apart < -3:
            return {"public-order": 1.3, "market": 2.4, "street-vendors": 1.6, "social-aid": 1.5}.get(category, 0.84)
    return 1.0
