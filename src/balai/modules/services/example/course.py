"""How an application of the example went."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from balai.engines.cases.bulk import PastStep
from balai.engines.cases.rules.evolution import Given
from balai.engines.cases.rules.kinds import CaseKind
from balai.foundation.calendar.rules import Term, WorkCalendar, deadline
from balai.foundation.events.rules import SYSTEM, Actor
from balai.modules.services.models import Service
from balai.modules.services.rules.kinds import paid_change
from balai.modules.services.rules.workflow import Workflow

RETURNED = (
    ("missing", "Halaman kedua berkas belum ada, mohon kirim lengkap."),
    ("unreadable", "Foto berkas kurang jelas, mohon foto ulang di tempat terang."),
    ("mismatch", "Nama di formulir berbeda dengan dokumen. Mohon diperiksa."),
    ("unclear", "Mohon jelaskan isian yang kurang lengkap."),
)
# how long an agency takes, as a share of its promise; most keep it
PACE = {"dpmptsp": 0.95, "disdukcapil": 0.55, "dinas-pupr": 1.1, "dinas-sosial": 0.8}


@dataclass(frozen=True)
class Made:
    """A service as the generator needs it."""

    service: Service
    kind: CaseKind
    workflow: Workflow
    promise: Term | None
    officers: tuple[tuple[int, int, str], ...]
    calendar: WorkCalendar


def past_steps(made: Made, received: datetime, until: datetime, chance: Random) -> Iterable[PastStep]:
    """Yield how an application went, as far as it has come by ``until``."""
    term = made.promise or Term(amount=5, unit="working_days")
    due = deadline(start=received, term=term, calendar=made.calendar)
    pace = PACE.get(made.service.unit.slug, 0.7) * chance.lognormvariate(-0.15, 0.55)
    whole = max((due - received) * min(pace, 6), timedelta(minutes=20))
    officer, title = officer_of(made, chance)
    path = _path(made.workflow, chance)
    moment = received

    def step(change: str, share: float, actor: Actor = officer, given: Given = Given()) -> PastStep | None:
        nonlocal moment
        moment += whole * share
        if moment >= until:
            return None
        return PastStep(
            at=moment, change=change, actor=actor, given=given, post_title=title if actor is officer else ""
        )

    plan: list[tuple[str, float, Actor, Given]] = []
    if chance.random() < 0.16:
        reason, words = chance.choice(RETURNED)
        plan.append(("return", 0.15, officer, Given(reason=reason, text=words)))
        if chance.random() < 0.1:
            # never answered: it waits to this day
            path = []
        else:
            plan.append(("reply", 0.3, Actor("resident"), Given(text="Sudah saya lengkapi.")))
    refused = chance.random() < 0.04
    for change, is_decision in path:
        actor = SYSTEM if change.startswith("paid_") else officer
        if is_decision and refused:
            plan.append(
                (
                    "refuse",
                    0.3,
                    officer,
                    Given(reason="not_entitled", text="Syarat tidak terpenuhi.", basis="Standar pelayanan"),
                )
            )
            break
        plan.append((change, 1 / (len(path) + 1), actor, Given()))
    for change, share, actor, given in plan:
        taken = step(change, share, actor, given)
        if taken is None:
            return
        yield taken


def officer_of(made: Made, chance: Random) -> tuple[Actor, str]:
    if not made.officers:
        return SYSTEM, ""
    user, post, title = chance.choice(made.officers)
    return Actor("staff", user, post), title


def changes_to_payment(workflow: Workflow) -> list[str]:
    """Return the changes that lead from the first step to the first payment; none where nothing is to be paid.

    A way past checks at other agencies is not gone: those are matters of their own.
    """
    here, changes = workflow.steps[0], list[str]()
    while here.next and not here.checks:
        following = workflow.step(here.next[0])
        changes.append(f"{'approve' if here.kind == 'decide' else 'pass'}_{following.slug}")
        if following.kind == "pay":
            return changes
        here = following
    return []


def _path(workflow: Workflow, chance: Random) -> list[tuple[str, bool]]:
    """Return the changes from the first step to the end, each with whether it is the decision."""
    path = []
    here = workflow.steps[0]
    while True:
        following = workflow.step(chance.choice(here.next)) if here.next else None
        target = following.slug if following else "issued"
        if here.kind == "pay":
            path.append((paid_change(here.slug), False))
        else:
            path.append((f"{'approve' if here.kind == 'decide' else 'pass'}_{target}", here.kind == "decide"))
        if following is None:
            return path
        here = following
