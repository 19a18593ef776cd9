"""Life events: what is done when something happens, and which answers several applications share."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from balai.foundation.forms.rules.conditions import is_filled
from balai.foundation.forms.rules.schema import Field, FormSchema

MOST_LINES = 15


@dataclass(frozen=True, kw_only=True)
class LifeLine:
    """One thing to do: a service of the city (its short name), or something done elsewhere (``label``).

    ``days`` from the event by law, 0 where none says so; ``basis`` is that law.
    """

    service: str = ""
    label_id: str = ""
    label_en: str = ""
    words_id: str = ""
    words_en: str = ""
    optional: bool = False
    days: int = 0
    basis: str = ""


@dataclass(frozen=True, kw_only=True)
class LifeEvent:
    """Something that happens in a life, with what is done for it in order."""

    slug: str
    name_id: str
    name_en: str
    words_id: str = ""
    words_en: str = ""
    lines: tuple[LifeLine, ...] = ()


@dataclass(frozen=True)
class LifeProblem:
    """Why a list of things to do cannot be kept. ``code``: empty, too_many, no_words, twice, term_without_law;
    ``line`` counts from 1, 0 for the whole.
    """

    code: str
    line: int = 0


def lines_to_json(lines: Iterable[LifeLine]) -> list[dict[str, Any]]:
    """Return lines as they are stored: only what says something."""
    return [{name: value for name, value in asdict(line).items() if value} for line in lines]


def lines_from_json(rows: Iterable[Mapping[str, Any]]) -> tuple[LifeLine, ...]:
    """Return lines as they were stored; names that this version does not know are passed over."""
    known = LifeLine.__dataclass_fields__
    return tuple(LifeLine(**{name: value for name, value in row.items() if name in known}) for row in rows)


def life_problems(lines: tuple[LifeLine, ...]) -> tuple[LifeProblem, ...]:
    """Return what is wrong with a list of things to do; a term without the law that sets it is an invention."""
    if not lines:
        return (LifeProblem("empty"),)
    found = [LifeProblem("too_many")] if len(lines) > MOST_LINES else []
    seen: set[str] = set()
    for number, line in enumerate(lines, start=1):
        if not line.service and not line.label_id.strip():
            found.append(LifeProblem("no_words", number))
        if line.service and line.service in seen:
            found.append(LifeProblem("twice", number))
        if line.days and not line.basis.strip():
            found.append(LifeProblem("term_without_law", number))
        seen.add(line.service)
    return tuple(found)


def last_day(line: LifeLine, happened: date | None) -> date | None:
    """Return the last day of the law's term, None where there is none or nobody said when it happened."""
    return happened + timedelta(days=line.days) if line.days and happened is not None else None


def same_question(one: Field, other: Field) -> bool:
    """Return whether two forms ask the same: the same name, kind, words and answers to choose.

    A name alone is not enough: ``jenis`` is the kind of an identity card here and of a sign there.
    """
    return (one.slug, one.kind, one.label_id) == (other.slug, other.kind, other.label_id) and (
        [option.slug for option in one.options] == [option.slug for option in other.options]
    )


def shared_answers(
    *,
    schema: FormSchema,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    other: FormSchema,
    answers: Mapping[str, Any],
) -> dict[str, Any]:
    """Return the answers of another application with what both forms ask carried over.

    An answer goes over where the other has none yet, or still has the one from ``before`` the change; what somebody
    wrote there on purpose stays. Signatures are given for each, and files are copied, not named twice.
    """
    made = dict(answers)
    for field in schema.fields():
        theirs = other.field(field.slug)
        if theirs is None or field.kind in ("signature", "file") or not same_question(field, theirs):
            continue
        now, then = after.get(field.slug), answers.get(field.slug)
        if is_filled(now) and (not is_filled(then) or then == before.get(field.slug)):
            made[field.slug] = now
    return made


def shared_files(*, schema: FormSchema, other: FormSchema) -> list[str]:
    """Return the names of the file questions that both forms ask."""
    return [
        field.slug
        for field in schema.fields()
        if field.kind == "file" and (theirs := other.field(field.slug)) is not None and same_question(field, theirs)
    ]
