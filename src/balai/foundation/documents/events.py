"""What happens to documents, in the past tense."""

from dataclasses import dataclass

from balai.foundation.events.facts import DomainEvent


def stream_of(document_id: int) -> str:
    """Return the stream of the document with this id."""
    return f"document:{document_id}"


@dataclass(frozen=True, kw_only=True)
class DocumentEvent(DomainEvent):
    document_id: int
    owner_kind: str
    owner_id: int


class DocumentRequested(DocumentEvent):
    """Somebody decided that it is to be issued."""


@dataclass(frozen=True, kw_only=True)
class DocumentIssued(DocumentEvent):
    """It is typeset, signed and stored."""

    sha256: str = ""


@dataclass(frozen=True, kw_only=True)
class DocumentFailed(DocumentEvent):
    """It could not be made; ``problem`` is a code of ``words.py``."""

    problem: str = ""


class DocumentDropped(DocumentEvent):
    """Its owner decided otherwise before it was made; it never will be."""


class DocumentRevoked(DocumentEvent):
    """It does not count any more; the reason stands on the document's page."""


@dataclass(frozen=True, kw_only=True)
class TemplatePublished(DomainEvent):
    """A template's words were published; documents requested from now on have them."""

    template_id: int
    number: int
