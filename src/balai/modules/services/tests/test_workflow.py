"""From steps to a case kind: what works, and what is refused with the step named."""

from dataclasses import replace

import pytest

from balai.engines.cases.rules.kinds import kind_from_json, kind_problems, kind_to_json
from balai.foundation.calendar.rules import Term
from balai.modules.services.rules.kinds import compile_kinds
from balai.modules.services.rules.workflow import (
    OtherCheck,
    Workflow,
    WorkflowProblem,
    WorkStep,
    workflow_from_json,
    workflow_problems,
    workflow_to_json,
)

UNITS = frozenset({"dpmptsp", "pupr", "dlh"})
DAYS = Term(amount=3, unit="working_days")
CHECK = WorkStep(
    slug="check", kind="check", label_id="Periksa berkas", label_en="Check", term=DAYS, next=("technical",)
)
TECHNICAL = WorkStep(
    slug="technical",
    kind="check",
    label_id="Pemeriksaan teknis",
    label_en="Technical check",
    checks=(
        OtherCheck(slug="building", unit="pupr", label_id="Teknis bangunan", label_en="Building", term=DAYS),
        OtherCheck(slug="green", unit="dlh", label_id="Lingkungan", label_en="Environment"),
    ),
    next=("visit", "decide"),
)
VISIT = WorkStep(slug="visit", kind="visit", label_id="Tinjau lokasi", label_en="Visit", unit="pupr", next=("decide",))
DECIDE = WorkStep(slug="decide", kind="decide", label_id="Keputusan", label_en="Decision", next=("pay",))
PAY = WorkStep(slug="pay", kind="pay", label_id="Bayar retribusi", label_en="Pay the fee", next=("issue",))
ISSUE = WorkStep(slug="issue", kind="issue", label_id="Penerbitan", label_en="Issue", term=DAYS)
PERMIT = Workflow(
    steps=(CHECK, TECHNICAL, VISIT, DECIDE, PAY, ISSUE),
    extension=DAYS,
    max_extensions=1,
    tacit_basis="PP 16/2021",
    objection=Term(amount=30, unit="working_days"),
)
MONTH = Term(amount=28, unit="working_days")


def kinds_of(workflow: Workflow, promise: Term | None = MONTH) -> tuple:  # type: ignore[type-arg]
    return compile_kinds(
        service="pbg",
        label_id="PBG",
        label_en="Building",
        home="dpmptsp",
        workflow=workflow,
        promise=promise,
        source="x",
    )


def test_a_workflow_becomes_kinds_that_the_engine_accepts() -> None:
    own, *checks = kinds_of(PERMIT)
    assert [kind_problems(kind) for kind in (own, *checks)] == [[], [], []]
    assert [kind.slug for kind in checks] == ["chk-pbg--building", "chk-pbg--green"]
    # the promise that is published is the clock that runs
    assert own.clock(own.main_clock).term == Term(amount=28, unit="working_days")
    # an agency without a term of its own is bound by the promise to the applicant
    assert checks[1].clock("promise").term.amount == 28
    assert kind_from_json(kind_to_json(own)) == own


def test_where_steps_lead_and_who_answers_for_them() -> None:
    own = kinds_of(PERMIT)[0]
    to_visit = own.change("pass_visit")
    assert (to_visit.sources, to_visit.to_unit, to_visit.needs) == (("technical",), "pupr", ("parts",))
    # back to the service's own agency
    assert own.change("pass_decide").to_unit == "dpmptsp"
    assert own.change("pass_decide").sources == ("technical", "visit")
    assert own.change("approve_pay").permission == "services.decide"
    assert [part.unit for part in own.change("pass_technical").opens] == ["pupr", "dlh"]
    assert own.change("paid_pay").who == "system"
    assert own.change("pass_issued").target == "issued"
    assert own.state("pay").state_class == "waiting_reporter"


def test_a_promise_in_words_has_no_clock() -> None:
    own = kinds_of(replace(PERMIT, tacit_basis=""), None)[0]
    assert own.main_clock == ""
    assert not own.has_clock("promise")
    assert kind_problems(own) == []


BROKEN = [
    ("no steps", Workflow(steps=()), WorkflowProblem("no_steps")),
    (
        "dead end",
        replace(PERMIT, steps=(*PERMIT.steps[:3], DECIDE, replace(PAY, next=("pay",)))),
        WorkflowProblem("dead_end", "pay"),
    ),
    (
        "loop",
        replace(PERMIT, steps=(replace(CHECK, next=("decide",)), replace(DECIDE, next=("check",)))),
        WorkflowProblem("dead_end", "check"),
    ),
    (
        "unreachable",
        replace(PERMIT, steps=(replace(CHECK, next=("decide",)), VISIT, replace(DECIDE, next=()))),
        WorkflowProblem("unreachable", "visit"),
    ),
    ("unknown step", replace(PERMIT, steps=(CHECK,)), WorkflowProblem("unknown_step", "check", "technical")),
    (
        "unknown unit",
        replace(PERMIT, steps=(replace(CHECK, unit="nasa"), *PERMIT.steps[1:])),
        WorkflowProblem("unknown_unit", "check", "nasa"),
    ),
    ("twice", replace(PERMIT, steps=(*PERMIT.steps, ISSUE)), WorkflowProblem("twice", "issue")),
    (
        "reserved",
        replace(PERMIT, steps=(*PERMIT.steps, replace(ISSUE, slug="returned"))),
        WorkflowProblem("reserved", "returned"),
    ),
    ("no decision", Workflow(steps=(replace(CHECK, next=()),)), WorkflowProblem("nobody_decides")),
    (
        "pay first",
        replace(PERMIT, steps=(replace(PAY, next=("decide",)), replace(DECIDE, next=()))),
        WorkflowProblem("first_must_be_ours", "pay"),
    ),
    (
        "checks first",
        replace(PERMIT, steps=(replace(TECHNICAL, next=("decide",)), replace(DECIDE, next=()))),
        WorkflowProblem("checks_before_first_look", "technical"),
    ),
]


@pytest.mark.parametrize(("workflow", "problem"), [item[1:] for item in BROKEN], ids=[item[0] for item in BROKEN])
def test_what_cannot_work_is_named(workflow: Workflow, problem: WorkflowProblem) -> None:
    assert problem in workflow_problems(workflow=workflow, units=UNITS)


def test_a_good_one_has_no_problem_and_survives_storing() -> None:
    assert workflow_problems(workflow=PERMIT, units=UNITS) == ()
    assert workflow_from_json(workflow_to_json(PERMIT)) == PERMIT
