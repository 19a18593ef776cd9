"""The case kind that follows from a workflow and a promise: the desk, the clocks and the record come from it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from balai.engines.cases.rules.kinds import (
    BACK,
    SAME,
    CaseKind,
    Change,
    ClockPlan,
    Part,
    Rung,
    State,
    StateClass,
)
from balai.foundation.calendar.rules import Term
from balai.modules.services.rules.checks import (
    FAMILY,
    LADDER,
    PROMISE,
    check_kind,
    check_slug,
    housekeeping,
    short_name,
)
from balai.modules.services.rules.objections import (
    contests,
    objection_changes,
    objection_clock,
    objection_states,
    step_clock,
)
from balai.modules.services.rules.reasons import PART_REASONS, REFUSE_REASONS, RETURN_REASONS
from balai.modules.services.rules.workflow import OBJECTION, Workflow, WorkStep, closing_steps, steps_ahead

STEP_CLASSES: dict[str, StateClass] = {
    "check": "working",
    "visit": "working",
    "decide": "working",
    # the applicant has to act, so the promise rests
    "pay": "waiting_reporter",
    "issue": "working",
    # somebody else's delay is still ours towards the applicant: the promise goes on
    "outside": "waiting_outside",
}

GRANT_IN_PART = "grant_in_part"
STEP_LADDER = (Rung(share=0.8, level="handler"), Rung(share=1.0, level="head"))


def kind_slug(service: str) -> str:
    """Return the slug of the case kind of a service."""
    return f"svc-{service}"


def paid_change(step: str) -> str:
    """Return the name of the change by which a step of payment ends."""
    return short_name(f"paid_{step}", 30)


def free_change(step: str) -> str:
    """Return the name of the change by which a step of payment ends where nothing is to be paid."""
    return short_name(f"free_{step}", 30)


def outside_change(step: str) -> str:
    """Return the name of the change by which a step at an outside system ends."""
    return short_name(f"done_{step}", 30)


def compile_kinds(
    *, service: str, label_id: str, label_en: str, home: str, workflow: Workflow, promise: Term | None, source: str
) -> tuple[CaseKind, ...]:
    """Return the case kind of a service, then one for each check at another agency.

    ``home`` is the slug of the service's agency; ``promise`` the published term, None where the standard gives words
    only. The clocks of the kind are the promise itself, so the two cannot drift apart.
    """
    maker = _Maker(service=service, home=home, workflow=workflow, promise=promise)
    own = CaseKind(
        slug=kind_slug(service),
        label_id=label_id,
        label_en=label_en,
        states=tuple(maker.states()),
        changes=tuple(maker.changes()),
        clocks=tuple(maker.clocks()),
        initial=workflow.steps[0].slug,
        routed=workflow.steps[0].slug,
        main_clock=PROMISE if promise else "",
        reopen_days=workflow.objection_days,
        reopen_unit="working_days",
        received_message="application_received",
        source=source,
        family=FAMILY,
    )
    return (
        own,
        *(
            check_kind(service=service, check=check, promise=promise)
            for step in workflow.steps
            for check in step.checks
        ),
    )


@dataclass(frozen=True, kw_only=True)
class _Maker:
    service: str
    home: str
    workflow: Workflow
    promise: Term | None

    def states(self) -> Iterator[State]:
        for number, step in enumerate(self.workflow.steps, start=1):
            yield State(
                slug=step.slug,
                state_class="new" if number == 1 else STEP_CLASSES[step.kind],
                label_id=step.label_id,
                label_en=step.label_en,
                step=number,
            )
        last = len(self.workflow.steps) + 1
        yield State(
            slug="returned",
            state_class="waiting_reporter",
            label_id="Menunggu pemohon melengkapi",
            label_en="Waiting for the applicant",
        )
        yield State(slug="issued", state_class="done", label_id="Selesai", label_en="Done", step=last)
        yield State(slug="refused", state_class="refused", label_id="Ditolak", label_en="Refused", step=last)
        yield State(slug="withdrawn", state_class="withdrawn", label_id="Dicabut", label_en="Withdrawn", step=last)
        if self.workflow.in_part:
            yield State(
                slug="issued_in_part",
                state_class="done",
                label_id="Dikabulkan sebagian",
                label_en="Granted in part",
                step=last,
            )
        yield from objection_states(self.workflow, last=last)

    def _of_kind(self, kind: str) -> tuple[str, ...]:
        return tuple(step.slug for step in self.workflow.steps if step.kind == kind)

    def _staffed(self) -> tuple[str, ...]:
        return tuple(step.slug for step in self.workflow.steps if step.kind != "pay")

    def _all_open(self) -> tuple[str, ...]:
        contested = (contest.contested for contest in contests(self.workflow))
        return (*self._retractable(), *(slug for slug in contested if slug != OBJECTION))

    def _retractable(self) -> tuple[str, ...]:
        """Return what is open and was not answered: an answer that somebody objects to stays given."""
        extra = (OBJECTION,) if self.workflow.objection else ()
        return (*(step.slug for step in self.workflow.steps), "returned", *extra)

    def _entering(self, target: WorkStep | None) -> dict[str, Any]:
        """Return what happens on entering a step; None: the end, which stops every clock by itself."""
        if target is None:
            return {}
        return {
            "starts": (step_clock(target),) if target.term else (),
            "to_unit": target.unit or self.home,
            "opens": tuple(Part(kind=check_slug(self.service, check.slug), unit=check.unit) for check in target.checks),
        }

    def changes(self) -> Iterator[Change]:
        yield from self._forward()
        yield from self._payments()
        yield from self._outside()
        yield from self._with_the_applicant()
        yield from self._by_the_agency()
        if self.workflow.tacit_basis:
            yield from self._by_silence()
        if self.workflow.objection:
            yield from objection_changes(
                self.workflow,
                home=self.home,
                staffed=self._staffed(),
                promised=self.promise is not None,
                entering=self._entering,
            )

    def _forward(self) -> Iterator[Change]:
        order = 10
        for target in (*self.workflow.steps, None):
            before = [
                step
                for step in self.workflow.steps
                if step.kind != "pay" and (target.slug in step.next if target else not step.next)
            ]
            # a decision is made by whoever may decide, also where other steps lead to the same place
            for decides in (False, True):
                sources = [step for step in before if (step.kind == "decide") == decides]
                if not sources:
                    continue
                words = (
                    (f"Lanjut: {target.label_id}", f"Go on: {target.label_en}")
                    if target
                    else ("Terbitkan hasil", "Issue the result")
                )
                prefix = "approve" if decides else "pass"
                yield Change(
                    name=f"{prefix}_{target.slug if target else 'issued'}",
                    sources=tuple(step.slug for step in sources),
                    target=target.slug if target else "issued",
                    who="staff",
                    permission="services.decide" if decides else "cases.handle",
                    label_id=words[0],
                    label_en=words[1],
                    needs=(
                        *(("parts",) if any(step.checks for step in sources) else ()),
                        # a checklist is filled in first, and nobody grants on a document that was refused
                        *(("tasks",) if decides or any(step.checklist for step in sources) else ()),
                    ),
                    may_have=("text", "proof"),
                    audience="reporter",
                    entry="answer",
                    answers=True,
                    stops=tuple(step_clock(step) for step in sources if step.term),
                    message=_news_of(target),
                    order=order,
                    **self._entering(target),
                )
                order += 1

    def _in_part(self) -> Iterator[Change]:
        """Yield the end that grants less than was asked; what is kept back has its reason and its article.

        Source: UU 14/2008 art. 22 (7): the written notice says what is granted, what is not, and why.
        """
        ending = closing_steps(self.workflow)
        if ending:
            yield Change(
                name=GRANT_IN_PART,
                sources=tuple(step.slug for step in ending),
                target="issued_in_part",
                who="staff",
                permission="services.decide",
                label_id="Kabulkan sebagian",
                label_en="Grant in part",
                needs=(
                    "reason",
                    "text",
                    "basis",
                    *(("parts",) if any(step.checks for step in ending) else ()),
                    "tasks",
                ),
                reasons=PART_REASONS,
                may_have=("proof",),
                audience="reporter",
                entry="answer",
                answers=True,
                message="application_in_part_objection" if self.workflow.objection else "application_in_part",
                order=35,
            )

    def _payments(self) -> Iterator[Change]:
        for step in self.workflow.steps:
            if step.kind == "pay":
                target = self.workflow.step(step.next[0]) if step.next else None
                for name, label_id, label_en, message in (
                    (paid_change(step.slug), "Pembayaran diterima", "Payment received", "application_paid"),
                    (free_change(step.slug), "Tidak ada biaya", "Nothing to pay", _news_of(target)),
                ):
                    yield Change(
                        name=name,
                        sources=(step.slug,),
                        target=target.slug if target else "issued",
                        who="system",
                        label_id=label_id,
                        label_en=label_en,
                        stops=(step_clock(step),) if step.term else (),
                        message=message,
                        **self._entering(target),
                    )

    def _by_silence(self) -> Iterator[Change]:
        """Yield what silence decides: from each step on to the payment that is still ahead, else to the end."""
        for target in (*(step for step in self.workflow.steps if step.kind == "pay"), None):
            sources = tuple(slug for slug in self._staffed() if self._payment_ahead(slug) == target)
            if sources:
                yield Change(
                    name="approve_tacit",
                    sources=sources,
                    target=target.slug if target else "issued",
                    who="system",
                    label_id=f"Disetujui karena waktu habis ({self.workflow.tacit_basis})",
                    label_en=f"Approved because time ran out ({self.workflow.tacit_basis})",
                    stops=self._clocks_of(sources),
                    message=_news_of(target),
                    **self._entering(target),
                )

    def _clocks_of(self, slugs: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(step_clock(step) for step in self.workflow.steps if step.term and step.slug in slugs)

    def _payment_ahead(self, slug: str) -> WorkStep | None:
        ahead = steps_ahead(self.workflow, slug)
        return next((step for step in self.workflow.steps if step.kind == "pay" and step.slug in ahead), None)

    def _outside(self) -> Iterator[Change]:
        for step in self.workflow.steps:
            if step.system:
                target = self.workflow.step(step.next[0]) if step.next else None
                yield Change(
                    name=outside_change(step.slug),
                    sources=(step.slug,),
                    target=target.slug if target else "issued",
                    who="system",
                    label_id="Selesai di luar",
                    label_en="Done outside",
                    may_have=("text",),
                    audience="reporter",
                    entry="answer",
                    stops=(step_clock(step),) if step.term else (),
                    message=_news_of(target),
                    **self._entering(target),
                )

    def _with_the_applicant(self) -> Iterator[Change]:
        yield Change(
            name="return",
            sources=self._staffed(),
            target="returned",
            who="staff",
            permission="cases.handle",
            label_id="Kembalikan untuk dilengkapi",
            label_en="Return to be completed",
            needs=("reason", "text"),
            reasons=RETURN_REASONS,
            audience="reporter",
            entry="question",
            answers=True,
            message="application_returned",
            undoable=True,
            order=40,
            key="q",
        )
        yield Change(
            name="reply",
            sources=("returned",),
            target=BACK,
            who="reporter",
            label_id="Kirim perbaikan",
            label_en="Send the correction",
            may_have=("text", "proof"),
            audience="reporter",
            entry="reply",
        )
        yield Change(
            name="add",
            sources=self._all_open(),
            target=SAME,
            who="reporter",
            label_id="Tambahkan keterangan",
            label_en="Add something",
            needs=("text",),
            may_have=("proof",),
            audience="reporter",
            entry="reply",
            public=False,
        )
        yield Change(
            name="withdraw",
            sources=self._retractable(),
            target="withdrawn",
            who="reporter",
            label_id="Cabut permohonan",
            label_en="Withdraw the application",
            may_have=("text",),
            audience="reporter",
            entry="reply",
        )

    def _by_the_agency(self) -> Iterator[Change]:
        yield Change(
            name="refuse",
            # also what the applicant never completes: it would stand in everybody's list for ever
            sources=(*self._of_kind("decide"), "returned"),
            target="refused",
            who="staff",
            permission="services.decide",
            label_id="Tolak",
            label_en="Refuse",
            needs=("reason", "text", "basis"),
            reasons=REFUSE_REASONS,
            audience="reporter",
            entry="reason",
            answers=True,
            message="application_refused_objection" if self.workflow.objection else "application_refused",
            order=50,
        )
        if self.workflow.in_part:
            yield from self._in_part()
        if self._of_kind("pay"):
            yield Change(
                name="refuse_unpaid",
                sources=self._of_kind("pay"),
                target="refused",
                who="staff",
                permission="services.decide",
                label_id="Tolak: tidak dibayar",
                label_en="Refuse: not paid",
                # a payment that is there already counts first
                needs=("reason", "text", "basis", "tasks"),
                reasons=REFUSE_REASONS,
                audience="reporter",
                entry="reason",
                answers=True,
                message="application_refused_objection" if self.workflow.objection else "application_refused",
                order=50,
            )
        yield Change(
            name="progress",
            sources=self._all_open(),
            target=SAME,
            who="staff",
            permission="cases.handle",
            label_id="Beri kabar",
            label_en="Give news",
            needs=("text",),
            may_have=("proof",),
            audience="reporter",
            entry="answer",
            answers=True,
            message="application_news",
            order=60,
            key="r",
        )
        if self.promise and self.workflow.extension:
            yield Change(
                name="extend",
                sources=self._staffed(),
                target=SAME,
                who="staff",
                permission="services.decide",
                label_id="Perpanjang janji",
                label_en="Extend the promise",
                needs=("text",),
                audience="reporter",
                entry="reason",
                message="application_extended",
                order=70,
            )
        yield from housekeeping(self._all_open(), tuple(state.slug for state in self.states()))

    def clocks(self) -> Iterator[ClockPlan]:
        if self.promise:
            tacit = (Rung(share=1.0, change="approve_tacit"),) if self.workflow.tacit_basis else ()
            yield ClockPlan(
                name=PROMISE,
                term=self.promise,
                label_id="Janji layanan",
                label_en="The promise",
                ladder=tuple(sorted((*LADDER, *tacit), key=lambda rung: rung.share)),
                extension=self.workflow.extension,
                max_extensions=self.workflow.max_extensions,
            )
        for number, step in enumerate(self.workflow.steps):
            if step.term:
                yield ClockPlan(
                    name=step_clock(step),
                    term=step.term,
                    label_id=step.label_id,
                    label_en=step.label_en,
                    starts_at_receipt=number == 0,
                    ladder=STEP_LADDER,
                    promise=False,
                )
        yield from objection_clock(self.workflow)


def _news_of(target: WorkStep | None) -> str:
    """Return the message to the applicant on entering a step; a bill brings one of its own."""
    if target is None:
        return "application_issued"
    return "" if target.kind == "pay" else "application_moved"
