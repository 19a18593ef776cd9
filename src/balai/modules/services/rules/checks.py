"""What another agency checks for an application: a matter of its own, with its own clock."""

import hashlib
from collections.abc import Iterator

from balai.engines.cases.rules.kinds import SAME, CaseKind, Change, ClockPlan, Rung, State
from balai.foundation.calendar.rules import Term
from balai.modules.services.rules.workflow import OtherCheck

FAMILY = "application"
PROMISE = "promise"
UU_25_DELAY = "UU 25/2009 pasal 21; PO 26/2017 (penundaan berlarut)"
DROP, DROPPED = "drop", "dropped"
LADDER = (
    Rung(share=0.5, level="handler"),
    Rung(share=0.8, level="head"),
    Rung(share=1.0, level="head", raises=1),
    Rung(share=1.25, level="secretary", raises=2),
    Rung(share=1.5, level="mayor", raises=3),
)


def short_name(text: str, most: int) -> str:
    """Return ``text`` within ``most`` characters; what is cut off leaves its mark, so that two never become one."""
    if len(text) <= most:
        return text
    return f"{text[: most - 9]}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def check_slug(service: str, check: str) -> str:
    """Return the slug of the case kind of another agency's check."""
    # two hyphens, which no short name has: the end of one is not the beginning of the other
    return short_name(f"chk-{service}--{check}", 40)


def check_kind(*, service: str, check: OtherCheck, promise: Term | None) -> CaseKind:
    """Return the kind of another agency's check: one state, a good end and a bad one.

    An agency without a term of its own is bound by the promise to the applicant.
    """
    open_state = "checking"
    term = check.term or promise
    return CaseKind(
        slug=check_slug(service, check.slug),
        label_id=check.label_id,
        label_en=check.label_en,
        states=(
            State(slug=open_state, state_class="new", label_id=check.label_id, label_en=check.label_en, step=1),
            State(slug="found_good", state_class="done", label_id="Sesuai", label_en="In order", step=2),
            State(slug="found_bad", state_class="refused", label_id="Tidak sesuai", label_en="Not in order", step=2),
            State(
                slug=DROPPED, state_class="withdrawn", label_id="Tidak diperlukan lagi", label_en="Not needed any more"
            ),
        ),
        changes=(
            Change(
                name="find_good",
                sources=(open_state,),
                target="found_good",
                who="staff",
                permission="cases.handle",
                label_id="Sesuai",
                label_en="In order",
                may_have=("text", "proof"),
                audience="staff",
                entry="note",
                answers=True,
                undoable=True,
                order=10,
            ),
            Change(
                name="find_bad",
                sources=(open_state,),
                target="found_bad",
                who="staff",
                permission="cases.handle",
                label_id="Tidak sesuai",
                label_en="Not in order",
                needs=("text",),
                may_have=("proof",),
                audience="staff",
                entry="note",
                answers=True,
                undoable=True,
                order=20,
            ),
            Change(
                name=DROP,
                sources=(open_state,),
                target=DROPPED,
                who="system",
                label_id="Permohonan berakhir",
                label_en="The application has ended",
            ),
            *housekeeping((open_state,), (open_state, "found_good", "found_bad", DROPPED)),
        ),
        clocks=(ClockPlan(name=PROMISE, term=term, label_id=check.label_id, label_en=check.label_en, ladder=LADDER),)
        if term
        else (),
        initial=open_state,
        routed=open_state,
        main_clock=PROMISE if term else "",
        source=UU_25_DELAY,
        family=FAMILY,
    )


def housekeeping(open_states: tuple[str, ...], all_states: tuple[str, ...]) -> Iterator[Change]:
    """Yield what an officer may always do: give it to a person, write a note."""
    yield Change(
        name="take",
        sources=open_states,
        target=SAME,
        who="staff",
        permission="cases.handle",
        label_id="Tetapkan petugas",
        label_en="Give to a person",
        needs=("assignee",),
        public=False,
        undoable=True,
        order=80,
        key="a",
    )
    yield Change(
        name="note",
        sources=all_states,
        target=SAME,
        who="staff",
        permission="cases.handle",
        label_id="Catatan internal",
        label_en="Internal note",
        needs=("text",),
        audience="staff",
        entry="note",
        public=False,
        order=90,
        key="n",
    )
