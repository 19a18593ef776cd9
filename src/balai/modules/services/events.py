"""What happens in this room, in the past tense."""

from dataclasses import dataclass

from balai.foundation.events.facts import DomainEvent


def stream_of(service: str) -> str:
    """Return the stream of a service (its slug)."""
    return f"service:{service}"


@dataclass(frozen=True, kw_only=True)
class ServicePublished(DomainEvent):
    """A version went live: from now on applications run on it."""

    service: str
    number: int
    record_version_id: int
    form_version_id: int
    kind_version: int


@dataclass(frozen=True, kw_only=True)
class DocumentJudged(DomainEvent):
    """An officer accepted or refused one document of an application."""

    application_id: int
    document: str
    state: str


@dataclass(frozen=True, kw_only=True)
class CompensationGiven(DomainEvent):
    """The agency gave what its charter promises for a broken promise."""

    case_id: int


@dataclass(frozen=True, kw_only=True)
class DelayFound(DomainEvent):
    """A promise was broken: a risk of maladministration, and what the charter gives for it."""

    case_id: int
    service: str


@dataclass(frozen=True, kw_only=True)
class CoSigned(DomainEvent):
    """Somebody signed an application too; ``on_paper`` before an officer."""

    application_id: int
    cosigner: str
    on_paper: bool


@dataclass(frozen=True, kw_only=True)
class CoSignDeclined(DomainEvent):
    """Somebody who was asked to sign too said no."""

    application_id: int
    cosigner: str


@dataclass(frozen=True, kw_only=True)
class VisitPlanned(DomainEvent):
    """Somebody will come and look; again where the appointment moved. ``agreed``: outside the opening hours, as the
    officer says in agreement with the applicant.
    """

    case_id: int
    visit_id: int
    begins_at: str
    agreed: bool = False


@dataclass(frozen=True, kw_only=True)
class VisitCancelled(DomainEvent):
    """Nobody comes after all."""

    case_id: int
    visit_id: int


@dataclass(frozen=True, kw_only=True)
class VisitDone(DomainEvent):
    """Somebody was there; ``no`` counts what was found not in order."""

    case_id: int
    visit_id: int
    no: int
