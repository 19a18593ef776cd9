"""What modules give to the case engine."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from balai.engines.cases.rules.families import FamilyWords
from balai.engines.cases.rules.kinds import CaseKind


@dataclass(frozen=True, kw_only=True)
class KindOffer:
    """A kind that a module brings ready-made; kinds that a city makes itself are published by their module."""

    kind: CaseKind


@dataclass(frozen=True, kw_only=True)
class KindFamily:
    """The pages that all kinds of a family share. ``page`` is the address name of the desk page (argument: the
    reference), ``public_page`` that of the public one (empty: such matters are never public), ``conversation`` that
    of the reporter's own. ``open_tasks(case)`` counts what is still to be done in the matter's present state before a
    change that needs "tasks"; ``task_words(case)`` names it in a sentence. ``called`` are the words of every page and
    message.
    """

    slug: str
    page: str
    conversation: str
    public_page: str = ""
    open_tasks: Callable[..., int] = lambda _case: 0
    task_words: Callable[..., str] = lambda _case: ""
    called: FamilyWords = FamilyWords()


@dataclass(frozen=True, kw_only=True)
class SubjectFound:
    """Something that a matter can be about: its names, its page, and the agency that answers for it."""

    name_id: str
    name_en: str
    url: str
    unit_id: int


@dataclass(frozen=True, kw_only=True)
class SubjectOffer:
    """Things of a room that matters can be about: ``find(slug)`` returns one, None where there is none of that name."""

    kind: str
    find: Callable[[str], SubjectFound | None]


@dataclass(frozen=True, kw_only=True)
class CaseLink:
    """More facts for a matter's desk page: ``facts(case=…)`` returns rows of (label, value, address)."""

    kind: str
    facts: Callable[..., Any]
