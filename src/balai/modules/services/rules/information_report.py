"""The yearly report on requests for public information. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field

SERVICE = "informasi-publik"
GRANTED = "issued"
REFUSED = frozenset({"refused", "refused_finally"})
WITHDRAWN = "withdrawn"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One change of a request: its name, the state it led to, the reason given, and whole days since receipt."""

    change: str
    state_to: str
    reason: str = ""
    days: int = 0


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request. ``state`` is that of today; ``on_time`` None while nothing is decided; ``steps`` oldest first."""

    state: str
    on_time: bool | None
    steps: tuple[Step, ...] = ()


@dataclass
class Report:
    """One year. ``days`` are those from receipt to the first answer, one number for each answered request."""

    received: int = 0
    granted: int = 0
    refused: int = 0
    withdrawn: int = 0
    still_open: int = 0
    in_term: int = 0
    late: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    days: list[int] = field(default_factory=list)
    objections: int = 0
    objections_granted: int = 0
    objections_refused: int = 0

    @property
    def average_days(self) -> float | None:
        """Return the mean of calendar days from receipt to the first answer; None where nothing was answered."""
        return sum(self.days) / len(self.days) if self.days else None

    @property
    def objections_open(self) -> int:
        """Return the objections that nobody has answered yet."""
        return self.objections - self.objections_granted - self.objections_refused


def yearly_report(requests: Iterable[Request]) -> Report:
    """Return the report on the requests that came in during a year, by what became of them until today.

    Granted means wholly or in part; a request refused first and granted after an objection counts as granted, and the
    objection as granted too. A reason counts once for each request that stands refused.

    Source: UU 14/2008 art. 12 and 22 (7)–(8), art. 35–36; PerKI 1/2021.
    """
    report = Report()
    for request in requests:
        report.received += 1
        # what its applicant took back nobody answered, in the term or after it
        report.in_term += request.on_time is True and request.state != WITHDRAWN
        report.late += request.on_time is False
        answers = [step for step in request.steps if step.state_to == GRANTED or step.state_to in REFUSED]
        if answers:
            report.days.append(answers[0].days)
        if request.state == GRANTED:
            report.granted += 1
        elif request.state in REFUSED:
            report.refused += 1
            # the last word that names a reason; a refusal of the objection may only name a legal basis
            reason = next((step.reason for step in reversed(answers) if step.reason), "")
            report.reasons[reason] = report.reasons.get(reason, 0) + 1
        elif request.state == WITHDRAWN:
            report.withdrawn += 1
        else:
            report.still_open += 1
        changes = [step.change for step in request.steps]
        report.objections += changes.count("object")
        report.objections_granted += changes.count("grant_objection")
        report.objections_refused += changes.count("refuse_finally")
    return report
