"""The yearly report on requests for public information. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from balai.modules.services.rules.objections import IN_PART

SERVICE = "informasi-publik"
# an answer that is objected to stands until the objection is answered
GRANTED = frozenset({"issued", "objection_answer", "answer_stands"})
ANSWERS = frozenset({"issued", "issued_in_part", "refused", "refused_finally"})
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
    granted_in_part: int = 0
    refused: int = 0
    withdrawn: int = 0
    still_open: int = 0
    in_term: int = 0
    late: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    part_reasons: dict[str, int] = field(default_factory=dict)
    days: list[int] = field(default_factory=list)
    objections: int = 0
    objections_granted: int = 0
    objections_refused: int = 0
    objections_open: int = 0
    grounds: dict[str, int] = field(default_factory=dict)

    @property
    def average_days(self) -> float | None:
        """Return the mean of calendar days from receipt to the first answer; None where nothing was answered."""
        return sum(self.days) / len(self.days) if self.days else None


def yearly_report(requests: Iterable[Request]) -> Report:
    """Return the report on the requests that came in during a year, by what became of them until today.

    A request refused first and granted after an objection counts as granted, and the objection as granted too. A reason
    counts once for each request that stands refused, or granted in part; a ground once for each objection.

    Source: UU 14/2008 art. 12 and 22 (7)–(8), art. 35–36; PerKI 1/2021.
    """
    report = Report()
    for request in requests:
        report.received += 1
        # what its applicant took back nobody answered, in the term or after it
        report.in_term += request.on_time is True and request.state != WITHDRAWN
        report.late += request.on_time is False
        answers = [step for step in request.steps if step.state_to in ANSWERS]
        if answers:
            report.days.append(answers[0].days)
        # the last word that names a reason; a refusal of the objection may only name a legal basis
        reason = next((step.reason for step in reversed(answers) if step.reason), "")
        if request.state in GRANTED:
            report.granted += 1
        elif request.state in IN_PART:
            report.granted_in_part += 1
            report.part_reasons[reason] = report.part_reasons.get(reason, 0) + 1
        elif request.state in REFUSED:
            report.refused += 1
            report.reasons[reason] = report.reasons.get(reason, 0) + 1
        elif request.state == WITHDRAWN:
            report.withdrawn += 1
        else:
            report.still_open += 1
        _count_objections(report, request)
    return report


def _count_objections(report: Report, request: Request) -> None:
    is_open = False
    for step in request.steps:
        if step.change == "object":
            # whoever writes again before an answer adds to the same objection
            report.objections += not is_open
            if not is_open and step.reason:
                report.grounds[step.reason] = report.grounds.get(step.reason, 0) + 1
            is_open = True
        elif is_open and step.change == "refuse_finally":
            report.objections_refused += 1
            is_open = False
        elif is_open and (step.change == "grant_objection" or step.state_to in ANSWERS):
            # an objection to silence is granted by the answer itself
            report.objections_granted += 1
            is_open = False
    report.objections_open += is_open and request.state != WITHDRAWN
