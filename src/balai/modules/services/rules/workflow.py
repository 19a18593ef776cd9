"""How an agency works an application off: steps as data, and what keeps them from working."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from balai.foundation.calendar.rules import Term

StepKind = Literal["check", "visit", "decide", "pay", "issue", "outside"]
OBJECTION = "objection"
# what an objection may be raised against: a refusal (whole or in part), an answer of any kind, a promise that is broken
GroundWhen = Literal["refused", "answered", "late"]
# states that an application may have besides its steps
RESERVED = frozenset(
    {
        "returned",
        "issued",
        "issued_in_part",
        "refused",
        "withdrawn",
        OBJECTION,
        "refused_finally",
        "objection_part",
        "part_stands",
        "objection_answer",
        "answer_stands",
    }
)


@dataclass(frozen=True, kw_only=True)
class OtherCheck:
    """A check that another agency makes at the same time; ``unit`` is its slug."""

    slug: str
    unit: str
    label_id: str
    label_en: str
    term: Term | None = None


@dataclass(frozen=True, kw_only=True)
class CheckItem:
    """One thing to look at on the spot; ``photo``: it needs a picture."""

    slug: str
    label_id: str
    label_en: str
    photo: bool = False


@dataclass(frozen=True, kw_only=True)
class CoSigner:
    """Somebody who signs besides the applicant; ``only_if``: only where this question is answered (a yes, or filled)."""

    slug: str
    label_id: str
    label_en: str
    only_if: str = ""


@dataclass(frozen=True, kw_only=True)
class Ground:
    """A ground for an objection, as a law lists them; ``when`` says against what it can be raised."""

    slug: str
    label_id: str
    label_en: str
    when: tuple[GroundWhen, ...] = ("refused",)


@dataclass(frozen=True, kw_only=True)
class WorkStep:
    """One step. ``unit`` (a slug) answers for it, empty: the service's own agency.

    ``next`` are the steps that may follow; empty: the result is issued.
    """

    slug: str
    kind: StepKind
    label_id: str
    label_en: str
    unit: str = ""
    term: Term | None = None
    checks: tuple[OtherCheck, ...] = ()
    next: tuple[str, ...] = ()
    # of a step of kind outside: the short name of the system that does it; empty: somebody here writes to them
    system: str = ""
    # of a visit: what is looked at; the step goes on only after it has been
    checklist: tuple[CheckItem, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Workflow:
    """The steps of a service, the first one first.

    ``tacit_basis`` is the article by which silence counts as consent (empty: it does not); ``objection`` is the term
    of the answer to an objection against a refusal, which may be raised within ``objection_days`` working days (UU
    14/2008 art. 36 (1): 30). Without ``grounds`` only a refusal can be objected to; with them each says when, as UU
    14/2008 art. 35 (1) does. ``in_part``: the result may grant less than was asked, with the reason (art. 22 (7)).
    """

    steps: tuple[WorkStep, ...]
    extension: Term | None = None
    max_extensions: int = 0
    tacit_basis: str = ""
    objection: Term | None = None
    objection_days: int = 30
    cosigners: tuple[CoSigner, ...] = ()
    in_part: bool = False
    grounds: tuple[Ground, ...] = ()

    def step(self, slug: str) -> WorkStep:
        """Return the step called ``slug``."""
        return next(step for step in self.steps if step.slug == slug)


@dataclass(frozen=True)
class WorkflowProblem:
    """What keeps a workflow from being published, and at which step. ``code`` is stable; the page words it."""

    code: str
    step: str = ""
    other: str = ""


def workflow_to_json(workflow: Workflow) -> dict[str, Any]:
    """Return ``workflow`` as plain JSON values."""
    built: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(workflow))
    return built


def workflow_from_json(data: dict[str, Any]) -> Workflow:
    """Return the workflow stored as ``data``.

    :raises msgspec.ValidationError: if it is not one.
    """
    return msgspec.convert(data, Workflow)


def workflow_problems(
    *, workflow: Workflow, units: frozenset[str], systems: frozenset[str] = frozenset()
) -> tuple[WorkflowProblem, ...]:
    """Return everything that keeps the workflow from working; each problem names its step.

    ``units`` and ``systems`` are the short names of the city's agencies and of the outside systems that it knows.
    """
    return (
        *_problems(workflow, units),
        *(
            WorkflowProblem("unknown_system", step.slug, step.system)
            for step in workflow.steps
            if step.system and step.system not in systems
        ),
    )


def _problems(workflow: Workflow, units: frozenset[str]) -> Iterator[WorkflowProblem]:
    if not workflow.steps:
        yield WorkflowProblem("no_steps")
        return
    known: dict[str, WorkStep] = {}
    for step in workflow.steps:
        if step.slug in known:
            yield WorkflowProblem("twice", step.slug)
        if step.slug in RESERVED:
            yield WorkflowProblem("reserved", step.slug)
        known[step.slug] = step
    checks: set[str] = set()
    for step in workflow.steps:
        yield from _step_problems(step, known, units)
        # each becomes a kind of matter of its own, named by it
        slugs = [check.slug for check in step.checks]
        if len({*slugs} - checks) < len(slugs):
            yield WorkflowProblem("check_twice", step.slug)
        checks.update(slugs)
    first = workflow.steps[0]
    if first.checks:
        # nobody has looked yet whether the file is complete: other agencies would check a heap of gaps
        yield WorkflowProblem("checks_before_first_look", first.slug)
    if first.kind in ("pay", "outside"):
        yield WorkflowProblem("first_must_be_ours", first.slug)
    reached = _reached({first.slug}, {slug: set(step.next) for slug, step in known.items()})
    yield from (WorkflowProblem("unreachable", step.slug) for step in workflow.steps if step.slug not in reached)
    backwards: dict[str, set[str]] = {slug: set() for slug in known}
    for step in workflow.steps:
        for slug in step.next:
            backwards.setdefault(slug, set()).add(step.slug)
    ending = _reached({step.slug for step in workflow.steps if not step.next}, backwards)
    yield from (WorkflowProblem("dead_end", step.slug) for step in workflow.steps if step.slug not in ending)
    if not any(step.kind == "decide" for step in workflow.steps):
        yield WorkflowProblem("nobody_decides")
    yield from _rights_problems(workflow)


def closing_steps(workflow: Workflow) -> tuple[WorkStep, ...]:
    """Return the steps in which somebody here gives the result: payments and outside systems end by themselves."""
    return tuple(step for step in workflow.steps if not step.next and step.kind != "pay" and not step.system)


def _rights_problems(workflow: Workflow) -> Iterator[WorkflowProblem]:
    if workflow.in_part and not closing_steps(workflow):
        yield WorkflowProblem("in_part_nowhere")
    if len({each.slug for each in workflow.cosigners}) < len(workflow.cosigners):
        yield WorkflowProblem("cosigner_twice")
    if workflow.grounds and workflow.objection is None:
        yield WorkflowProblem("grounds_without_objection")
    if len({each.slug for each in workflow.grounds}) < len(workflow.grounds):
        yield WorkflowProblem("ground_twice")


def _step_problems(step: WorkStep, known: dict[str, WorkStep], units: frozenset[str]) -> Iterator[WorkflowProblem]:
    yield from (WorkflowProblem("unknown_step", step.slug, slug) for slug in step.next if slug not in known)
    if step.slug in step.next:
        yield WorkflowProblem("to_itself", step.slug)
    if step.unit and step.unit not in units:
        yield WorkflowProblem("unknown_unit", step.slug, step.unit)
    yield from (
        WorkflowProblem("unknown_unit", step.slug, check.unit) for check in step.checks if check.unit not in units
    )
    if step.kind == "pay" and len(step.next) > 1:
        # a payment does not choose
        yield WorkflowProblem("payment_chooses", step.slug)
    if step.system and step.kind != "outside":
        yield WorkflowProblem("system_inside", step.slug)
    if step.checklist and step.kind != "visit":
        yield WorkflowProblem("checklist_inside", step.slug)
    if len({item.slug for item in step.checklist}) < len(step.checklist):
        yield WorkflowProblem("item_twice", step.slug)
    if step.system and len(step.next) > 1:
        yield WorkflowProblem("system_chooses", step.slug)


def steps_ahead(workflow: Workflow, slug: str) -> frozenset[str]:
    """Return the steps that may still come after one, itself only where the way leads back to it."""
    ways = {step.slug: set(step.next) for step in workflow.steps}
    return frozenset(_reached(ways[slug], ways))


def _reached(start: set[str], ways: dict[str, set[str]]) -> set[str]:
    seen, waiting = set(start), list(start)
    while waiting:
        for slug in ways.get(waiting.pop(), set()) - seen:
            seen.add(slug)
            waiting.append(slug)
    return seen
