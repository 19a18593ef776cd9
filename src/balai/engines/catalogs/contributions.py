"""What modules give to this engine."""

from dataclasses import dataclass

from balai.engines.catalogs.rules import RecordKind


@dataclass(frozen=True, kw_only=True)
class RecordKindOffer:
    """A kind of record that a module keeps."""

    kind: RecordKind
