"""Count matters: what was promised, what was kept, how long it took."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

DIMENSIONS = ("all", "unit", "category", "district", "village")
# what hides a matter hides it in the counts too: one alone in a village's month would tell that it exists and where.
# A secret one counts for the city and for the agency that must keep its word; a person's own affair also for what it
# is about.
HIDDEN_IN = {"secret": frozenset({"category", "district", "village"}), "private": frozenset({"district", "village"})}


@dataclass(frozen=True)
class Outcome:
    """One matter as the counts see it. Moments are aware; ``end_class`` is empty while it is open."""

    kind: str
    received_at: datetime
    closed_at: datetime | None
    state_class: str
    first_answered_at: datetime | None
    answered_in_time: bool | None
    on_time: bool | None
    confirmed: bool | None
    rating: int | None
    reopened_count: int
    unit: int
    category: int
    district: int | None
    village: int | None
    privacy: str = ""


@dataclass
class Tally:
    """Counts along one dimension; ``days`` holds how many took how many whole days (city time) to their end."""

    received: int = 0
    answered: int = 0
    answer_due: int = 0
    answered_in_time: int = 0
    ended: int = 0
    confirmed: int = 0
    silent: int = 0
    refused: int = 0
    reopened: int = 0
    promised: int = 0
    kept: int = 0
    rating_sum: int = 0
    rating_count: int = 0
    days: dict[int, int] = field(default_factory=dict)

    def add(self, outcome: Outcome, days: int | None) -> None:
        """Count one matter."""
        self.received += 1
        self.answered += outcome.first_answered_at is not None
        self.answer_due += outcome.answered_in_time is not None
        self.answered_in_time += outcome.answered_in_time is True
        self.ended += outcome.closed_at is not None
        self.confirmed += outcome.confirmed is True
        self.silent += outcome.confirmed is False
        self.refused += outcome.state_class == "refused"
        self.reopened += outcome.reopened_count > 0
        self.promised += outcome.on_time is not None
        self.kept += outcome.on_time is True
        if outcome.rating is not None:
            self.rating_sum += outcome.rating
            self.rating_count += 1
        if days is not None:
            self.days[days] = self.days.get(days, 0) + 1


def tally(outcomes: Iterable[Outcome], *, time_zone: str) -> dict[tuple[str, date, str, int], Tally]:
    """Return tallies by (kind, first day of the month of receipt, dimension, key); merged matters are not counted.

    A merged matter lives on in its target and would be counted twice.
    """
    zone = ZoneInfo(time_zone)
    found: dict[tuple[str, date, str, int], Tally] = {}
    for outcome in outcomes:
        if outcome.state_class == "merged":
            continue
        received = outcome.received_at.astimezone(zone).date()
        days = None
        if outcome.closed_at is not None and outcome.state_class == "done":
            days = max(0, (outcome.closed_at.astimezone(zone).date() - received).days)
        month = received.replace(day=1)
        keys = {
            "all": 0,
            "unit": outcome.unit,
            "category": outcome.category,
            "district": outcome.district,
            "village": outcome.village,
        }
        for dimension, key in keys.items():
            if key is not None and dimension not in HIDDEN_IN.get(outcome.privacy, ()):
                found.setdefault((outcome.kind, month, dimension, key), Tally()).add(outcome, days)
    return found


def median_days(counts: dict[int, int]) -> float | None:
    """Return the median of a distribution of whole days; None for an empty one."""
    total = sum(counts.values())
    if total == 0:
        return None
    seen, low = 0, None
    for days in sorted(counts):
        seen += counts[days]
        if low is None and seen >= (total + 1) // 2:
            low = days
        if seen >= total // 2 + 1:
            return float(days) if low is None else (low + days) / 2
    raise AssertionError("a distribution with a total has a median")


def quantile_days(counts: dict[int, int], share: float) -> int | None:
    """Return the whole days within which ``share`` (of 1) of a distribution had ended; None for an empty one."""
    total = sum(counts.values())
    seen = 0
    for days in sorted(counts):
        seen += counts[days]
        if seen >= share * total:
            return days
    return None


def share_interval(*, part: int, whole: int) -> tuple[float, float]:
    """Return the Wilson 95 % interval of ``part``/``whole``; (0, 1) for nothing. So five matters make no ranking."""
    if whole == 0:
        return 0.0, 1.0
    z = 1.96
    share = part / whole
    spread = 1 + z * z / whole
    centre = (share + z * z / (2 * whole)) / spread
    half = z * ((share * (1 - share) / whole + z * z / (4 * whole * whole)) ** 0.5) / spread
    return max(0.0, centre - half), min(1.0, centre + half)
