"""What modules give to this engine."""

from collections.abc import Callable
from dataclasses import dataclass

from balai.engines.catalogs.models import Record
from balai.engines.catalogs.rules import RecordKind


@dataclass(frozen=True, kw_only=True)
class RecordKindOffer:
    """A kind of record that a module keeps."""

    kind: RecordKind


@dataclass(frozen=True, kw_only=True)
class RecordLinks:
    """More that can be done with a record: ``call(record)`` returns rows of (words, address) for its public page."""

    call: Callable[[Record], list[tuple[str, str]]]
