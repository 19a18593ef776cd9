"""Objections: against what they can be raised, who answers them, and what stands afterwards."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from balai.engines.cases.rules.kinds import SAME, Change, ClockPlan, Need, Reason, State
from balai.modules.services.rules.checks import LADDER, PROMISE, short_name
from balai.modules.services.rules.workflow import OBJECTION, GroundWhen, Workflow, WorkStep

OBJECT = "object"
GRANT_OBJECTION = "grant_objection"


@dataclass(frozen=True, kw_only=True)
class Contest:
    """An end that can be objected to: the state in which the objection is looked at, and the end if it is refused."""

    end: str
    contested: str
    stands: State
    when: tuple[GroundWhen, ...]


_REFUSED = Contest(
    end="refused",
    contested=OBJECTION,
    stands=State(slug="refused_finally", state_class="refused", label_id="Tetap ditolak", label_en="Still refused"),
    when=("refused", "answered"),
)
_IN_PART = Contest(
    end="issued_in_part",
    contested="objection_part",
    stands=State(
        slug="part_stands", state_class="done", label_id="Tetap dikabulkan sebagian", label_en="Still granted in part"
    ),
    when=("refused", "answered"),
)
_ISSUED = Contest(
    end="issued",
    contested="objection_answer",
    stands=State(
        slug="answer_stands",
        state_class="done",
        label_id="Selesai, keberatan ditolak",
        label_en="Done, objection refused",
    ),
    when=("answered",),
)
# in which an objection is looked at
CONTESTED = (_REFUSED.contested, _IN_PART.contested, _ISSUED.contested)
# in which an application stands granted in part: an answer that is objected to stands until the objection is answered
IN_PART = frozenset({_IN_PART.end, _IN_PART.contested, _IN_PART.stands.slug})


def contests(workflow: Workflow) -> tuple[Contest, ...]:
    """Return the ends of a workflow that can be objected to; none where it knows no objection.

    Source: UU 14/2008 art. 35 (1) for its grounds; a refusal, whole or in part, everywhere.
    """
    if workflow.objection is None:
        return ()
    answered = any("answered" in ground.when for ground in workflow.grounds)
    return (_REFUSED, *((_IN_PART,) if workflow.in_part else ()), *((_ISSUED,) if answered else ()))


def _reasons(workflow: Workflow, when: tuple[GroundWhen, ...]) -> tuple[Reason, ...]:
    return tuple(
        Reason(slug=ground.slug, label_id=ground.label_id, label_en=ground.label_en)
        for ground in workflow.grounds
        if set(ground.when) & set(when)
    )


def objection_states(workflow: Workflow, *, last: int) -> Iterator[State]:
    """Yield the states of objections; ``last`` is the place of the ends on the line of progress."""
    for contest in contests(workflow):
        yield State(slug=contest.contested, state_class="working", label_id="Keberatan", label_en="Objection")
        stands = contest.stands
        yield State(
            slug=stands.slug,
            state_class=stands.state_class,
            label_id=stands.label_id,
            label_en=stands.label_en,
            step=last,
        )


def objection_changes(
    workflow: Workflow,
    *,
    home: str,
    staffed: tuple[str, ...],
    promised: bool,
    entering: Callable[[WorkStep], dict[str, Any]],
) -> Iterator[Change]:
    """Yield how objections are raised, granted and refused.

    ``home`` is the slug of the agency whose head answers; ``staffed`` are the steps in which somebody here works;
    ``entering`` says what happens on entering a step. A granted objection is decided anew, and promised anew.
    """
    decide = next(step for step in workflow.steps if step.kind == "decide")
    anew = entering(decide)
    for contest in contests(workflow):
        reasons = _reasons(workflow, contest.when)
        yield _raised(
            source=(contest.end,), target=contest.contested, reasons=reasons, restarts=(OBJECTION,), to_unit=home
        )
        yield _granted(
            source=(contest.contested,),
            target=decide.slug,
            # a right that was granted has a clock too
            entering={**anew, "starts": (*anew["starts"], *((PROMISE,) if promised else ()))},
            stops=(OBJECTION,),
        )
        yield _refused(source=(contest.contested,), target=contest.stands.slug)
    late = _reasons(workflow, ("late",))
    if late:
        # the work goes on where it is, late as it is, with an objection beside it: it has a clock of its own, and ends
        # with the answer to it or with what was asked for; once answered, the same silence is objected to no more
        yield _raised(source=staffed, target=SAME, reasons=late, starts=(OBJECTION,), more_needs=("late", "unanswered"))
        yield _granted(source=staffed, target=SAME, stops=(OBJECTION,), more_needs=("running",))
        yield _refused(source=staffed, target=SAME, more_needs=("running",))


def _raised(
    *,
    source: tuple[str, ...],
    target: str,
    reasons: tuple[Reason, ...],
    starts: tuple[str, ...] = (),
    restarts: tuple[str, ...] = (),
    to_unit: str = "",
    more_needs: tuple[Need, ...] = (),
) -> Change:
    return Change(
        name=OBJECT,
        sources=source,
        target=target,
        who="reporter",
        label_id="Ajukan keberatan",
        label_en="Object",
        needs=("reason", "text", *more_needs) if reasons else ("text", *more_needs),
        reasons=reasons,
        may_have=("proof",),
        audience="reporter",
        entry="reply",
        starts=starts,
        restarts=restarts,
        to_unit=to_unit,
    )


def _granted(
    *,
    source: tuple[str, ...],
    target: str,
    entering: Mapping[str, Any] | None = None,
    stops: tuple[str, ...],
    more_needs: tuple[Need, ...] = (),
) -> Change:
    return Change(
        name=GRANT_OBJECTION,
        sources=source,
        target=target,
        who="staff",
        permission="services.objections",
        label_id="Terima keberatan",
        label_en="Grant the objection",
        needs=("text", *more_needs),
        audience="reporter",
        entry="answer",
        stops=stops,
        message="application_news",
        order=20 if target != SAME else 32,
        **(entering or {}),
    )


def _refused(*, source: tuple[str, ...], target: str, more_needs: tuple[Need, ...] = ()) -> Change:
    return Change(
        name="refuse_finally",
        sources=source,
        target=target,
        who="staff",
        permission="services.objections",
        label_id="Tolak keberatan",
        label_en="Refuse the objection",
        needs=("text", "basis", *more_needs),
        audience="reporter",
        entry="reason",
        stops=(OBJECTION,),
        # what was refused stays refused; elsewhere what was given stays given, and only the objection is refused
        message="application_refused" if source == (OBJECTION,) else "application_objection_refused",
        order=30 if target != SAME else 33,
    )


def step_clock(step: WorkStep) -> str:
    """Return the name of the clock of a step."""
    return short_name(f"step_{step.slug}", 30)


def objection_clock(workflow: Workflow) -> Iterator[ClockPlan]:
    """Yield the clock of the answer to an objection (UU 14/2008 art. 36 (2): 30 working days)."""
    if workflow.objection:
        yield ClockPlan(
            name=OBJECTION,
            term=workflow.objection,
            label_id="Jawaban atas keberatan",
            label_en="Answer to the objection",
            starts_at_receipt=False,
            ladder=LADDER,
        )
