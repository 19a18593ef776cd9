"""What modules give to this engine."""

from collections.abc import Callable
from dataclasses import dataclass

from balai.engines.catalogs.models import Record
from balai.engines.catalogs.rules import RecordKind


@dataclass(frozen=True, kw_only=True)
class RecordKindOffer:
    """A kind of record that a module keeps."""

    kind: RecordKind


@dataclass(frozen=True)
class RecordLink:
    """Something that can be done with a record: words, address, and the name of an icon."""

    words: str
    address: str
    icon: str


@dataclass(frozen=True, kw_only=True)
class RecordLinks:
    """More that can be done with a record: ``call(record)`` returns links for its public page."""

    call: Callable[[Record], list[RecordLink]]
