"""What modules give to the case engine."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from balai.engines.cases.rules.kinds import CaseKind


@dataclass(frozen=True, kw_only=True)
class KindOffer:
    """A kind that a module brings. ``page`` is the address name of its desk page (argument: the reference),
    ``public_page`` that of the public one, ``conversation`` that of the reporter's own.
    """

    kind: CaseKind
    module: str
    page: str
    public_page: str
    conversation: str


@dataclass(frozen=True, kw_only=True)
class CaseLink:
    """More facts for a matter's desk page: ``facts(case=…)`` returns rows of (label, value, address)."""

    kind: str
    facts: Callable[..., Any]
