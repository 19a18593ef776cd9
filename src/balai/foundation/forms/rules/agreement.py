"""Whether two answers agree: a day of birth or a sex with a NIK, a signature with a name.

Cards contain mistakes, and somebody may sign for another, so what disagrees is asked back once, not refused.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from balai.foundation.identity.rules import check_nik

# by the kind that says it: with which kind it may have to agree, and what a disagreement is called
AGREES = {
    "date": ("nik", "other_birth_date"),
    "choice": ("nik", "other_sex"),
    "signature": ("text", "other_name"),
}
# the answers to choose by which a sex agrees with a NIK, as the civil register writes them
MALE, FEMALE = "l", "p"
SURE = ".sure"


@dataclass(frozen=True)
class Doubt:
    """Two answers disagree. ``said`` is what was compared; ``is_sure``: whoever answered says that it is so."""

    code: str
    said: str
    is_sure: bool


def sure_name(slug: str) -> str:
    """Return under which name the answers say that a disagreement is no mistake; no question can be called so."""
    return f"{slug}{SURE}"


def doubt_of(*, kind: str, value: Any, other: Any, sure: Any) -> Doubt | None:
    """Return what disagrees between the cleaned ``value`` of a question of this ``kind`` and the ``other`` answer.

    ``sure`` is what the answers say of it: ``True``, or what was compared when somebody ticked it, so that the tick
    stands for these two answers only. A missing answer disagrees with nothing.
    """
    said = _COMPARE[kind](value, other) if isinstance(other, str) else ""
    return Doubt(AGREES[kind][1], said, sure is True or sure == said) if said else None


def _born(value: str, nik: str) -> str:
    """Source: UU 23/2006 art. 13; PP 40/2019 art. 30 (a NIK follows no later correction, so this is no error)."""
    return _of_nik(nik, "other_birth_date", value, born=date.fromisoformat(value))


def _sex(value: str, nik: str) -> str:
    return _of_nik(nik, "other_sex", value, female=value == FEMALE) if value in (MALE, FEMALE) else ""


def _of_nik(nik: str, code: str, value: str, **known: Any) -> str:
    problems = {problem.code for problem in check_nik(nik, **known)}
    return f"{nik[6:12]} {value}" if code in problems else ""


def _signed(value: Mapping[str, Any], name: str) -> str:
    """Compare names by their words: titles, capitals and a word left out make no other person."""
    one, other = (_words(text) for text in (str(value["name"]), name))
    return "" if one <= other or other <= one else f"{value['name']} / {name}"


def _words(text: str) -> set[str]:
    return set("".join(sign if sign.isalpha() else " " for sign in text).lower().split())


_COMPARE: dict[str, Callable[[Any, str], str]] = {"date": _born, "choice": _sex, "signature": _signed}
