"""A term: how long a promise runs, in which unit, by which article."""

from dataclasses import dataclass
from typing import Any, Literal, get_args

Unit = Literal["minutes", "working_hours", "working_days", "calendar_days", "clock_hours"]
UNITS: tuple[Unit, ...] = get_args(Unit)
WORKING_UNITS = frozenset({"working_hours", "working_days"})


class BadTerm(ValueError):
    """A term that is no length of time."""


@dataclass(frozen=True, kw_only=True)
class Term:
    """A length of time with its unit and its source.

    ``minutes`` and ``clock_hours`` run day and night; ``working_hours`` run only while the office is open;
    ``working_days`` end when the last day's office closes; ``calendar_days`` end with the last day.
    ``counts_first_day``: whether the day of receipt is already day one. ``source`` is the article or decision.
    """

    amount: int
    unit: Unit
    source: str = ""
    counts_first_day: bool = False

    def __post_init__(self) -> None:
        """Refuse what is no term.

        :raises BadTerm: for an unknown unit or an amount below one.
        """
        if self.unit not in UNITS:
            raise BadTerm(f"unknown unit {self.unit!r}")
        if not isinstance(self.amount, int) or isinstance(self.amount, bool) or self.amount < 1:
            raise BadTerm(f"a term is a whole number from 1 on, not {self.amount!r}")

    @property
    def counts_working_time(self) -> bool:
        """Return whether the term stands still while the office is closed."""
        return self.unit in WORKING_UNITS

    def to_json(self) -> dict[str, Any]:
        """Return the term as plain values, as events and rows store it."""
        return {
            "amount": self.amount,
            "unit": self.unit,
            "source": self.source,
            "counts_first_day": self.counts_first_day,
        }

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "Term":
        """Return the term that :meth:`to_json` wrote.

        :raises BadTerm: if the values are no term.
        """
        try:
            return cls(
                amount=values["amount"],
                unit=values["unit"],
                source=values.get("source", ""),
                counts_first_day=bool(values.get("counts_first_day", False)),
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise BadTerm(f"not a term: {values!r}") from error
