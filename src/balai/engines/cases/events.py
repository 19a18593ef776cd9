"""What happens to a matter, in the past tense. Ids and codes only; words live in ``Entry``."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from balai.engines.cases.rules.evolution import Climb
from balai.foundation.events.facts import DomainEvent, Fact
from balai.foundation.events.rules import SYSTEM


def stream_of(reference: str) -> str:
    """Return the stream of the matter with this public reference."""
    return f"case:{reference}"


def reference_of(stream: str) -> str:
    """Return the public reference that a stream belongs to."""
    return stream.removeprefix("case:")


@dataclass(frozen=True, kw_only=True)
class CaseEvent(DomainEvent):
    """Base of everything that happens to a matter; the stream names which (:func:`stream_of`)."""


@dataclass(frozen=True, kw_only=True)
class CaseReceived(CaseEvent):
    kind: str
    kind_version: int
    category_id: int
    channel: str
    privacy: str
    # SHA-256 of the words, which themselves may be taken away one day
    text_hash: str
    # "kind:slug" of what it is about
    about: str | None = None


@dataclass(frozen=True, kw_only=True)
class CaseRouted(CaseEvent):
    unit_id: int
    # "rule:12", "category" or "central": why it went there
    rule: str
    # passed on at once, or with the central desk to be checked first
    state_to: str


@dataclass(frozen=True, kw_only=True)
class CaseMoved(CaseEvent):
    """One change of the kind's table. ``before`` is what undo needs; ``after`` the new state."""

    change: str
    state_from: str
    state_to: str
    unit_id: int | None = None
    assignee_id: int | None = None
    reason: str | None = None
    basis: str | None = None
    target_id: int | None = None
    rating: int | None = None
    text_hash: str | None = None
    proofs: int | None = None
    due_at: str | None = None
    before: dict[str, Any] | None = None


class CaseVerified(CaseMoved):
    """The central desk found it complete and passed it to an agency."""


class CaseReassigned(CaseMoved):
    """Another agency is responsible now."""


class CaseTaken(CaseMoved):
    """A person took it, or was given it."""


class CaseStarted(CaseMoved):
    """Work began; the official register number was given."""


class CaseProgressed(CaseMoved):
    """News for the public without a change of state."""


class ReporterAsked(CaseMoved):
    """A question to the reporter; the clocks pause."""


class ReporterReplied(CaseMoved):
    """The reporter wrote; paused clocks run again."""


class ReporterAdded(CaseMoved):
    """The reporter added words or photos without being asked."""


class CaseWaiting(CaseMoved):
    """Somebody outside must act first."""


class CaseResumed(CaseMoved):
    """Waiting ended."""


class CaseExtended(CaseMoved):
    """The promise was extended, with reason and author."""


class CaseAnswered(CaseMoved):
    """The agency says it is done; the reporter has the last word."""


class CaseConfirmed(CaseMoved):
    """The reporter says it is truly fixed."""


class CaseClosedSilently(CaseMoved):
    """The reporter said nothing within the window: closed, not confirmed."""


class CaseReopened(CaseMoved):
    """The reporter says it is not fixed."""


class CaseRefused(CaseMoved):
    """It cannot be handled, with reason and legal basis."""


class CaseMerged(CaseMoved):
    """It continues under another matter."""


class CaseWithdrawn(CaseMoved):
    """The reporter took it back."""


class NoteWritten(CaseMoved):
    """An internal note."""


class CaseStepped(CaseMoved):
    """A step of a kind that the city made itself; ``change`` says which."""


@dataclass(frozen=True, kw_only=True)
class CaseEscalated(CaseEvent):
    """A clock reached a rung: ``level`` was told; ``raised_to`` is the new escalation level, if it moved."""

    clock: str
    step: int
    share: float
    level: str
    raised_to: int | None = None
    breached: bool = False


@dataclass(frozen=True, kw_only=True)
class CaseUndone(CaseEvent):
    """An officer took back their own last change."""

    undone_seq: int
    state_to: str


@dataclass(frozen=True, kw_only=True)
class CaseCorrected(CaseEvent):
    """Category or place was corrected; the words stay."""

    category_id: int | None = None
    village_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class CaseSupported(CaseEvent):
    """Somebody said "saya juga"."""

    count: int


@dataclass(frozen=True, kw_only=True)
class CodeRenewed(CaseEvent):
    """The reporter took a new code; the old one opens nothing any more."""


def escalations(rungs: Iterable[Climb]) -> list[Fact]:
    """Return what is recorded of climbed rungs; the public reads of a broken promise, not of reminders among staff."""
    return [
        Fact(
            event=CaseEscalated(
                clock=rung.clock,
                step=rung.step,
                share=rung.share,
                level=rung.level,
                raised_to=rung.raises or None,
                breached=rung.breached,
            ),
            actor=SYSTEM,
            public=bool(rung.raises),
        )
        for rung in rungs
        if rung.level
    ]


# which fact each change of a kind is recorded as
MOVES: dict[str, type[CaseMoved]] = {
    "verify": CaseVerified,
    "reassign": CaseReassigned,
    "take": CaseTaken,
    "start": CaseStarted,
    "progress": CaseProgressed,
    "ask": ReporterAsked,
    "reply": ReporterReplied,
    "add": ReporterAdded,
    "wait": CaseWaiting,
    "resume": CaseResumed,
    "extend": CaseExtended,
    "answer": CaseAnswered,
    "confirm": CaseConfirmed,
    "close": CaseClosedSilently,
    "close_silent": CaseClosedSilently,
    "reopen": CaseReopened,
    "refuse": CaseRefused,
    "merge": CaseMerged,
    "withdraw": CaseWithdrawn,
    "note": NoteWritten,
}
