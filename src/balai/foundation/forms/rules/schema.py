"""A form as data: steps, fields, conditions, computed values and tables; and what keeps it from working."""

import keyword
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal

import msgspec

from balai.foundation.forms.rules.agreement import AGREES, FEMALE, MALE
from balai.foundation.forms.rules.conditions import BadCondition, as_number, names_in_condition
from balai.foundation.forms.rules.formulas import BadFormula, names_in_formula

Kind = Literal[
    "text",
    "long_text",
    "number",
    "money",
    "date",
    "choice",
    "choices",
    "boolean",
    "nik",
    "kk",
    "nib",
    "phone",
    "email",
    "address",
    "map_point",
    "file",
    "group",
    "signature",
]
FileKind = Literal["photo", "pdf"]
MOST_FIELDS = 500
MOST_ROWS = 50
MOST_DECIMALS = 6
MOST_WORDS = 20
LONGEST = {"text": 200, "long_text": 5000, "address": 300, "signature": 120, "email": 254}
# fields with a number inside, which formulas and tables may use
NUMBERS = frozenset({"number", "money"})
# kinds whose answers can be asked to differ between the entries of a group
COMPARABLE = frozenset({"text", "number", "money", "date", "choice", "nik", "kk", "nib", "phone", "email"})


@dataclass(frozen=True, kw_only=True)
class Option:
    """One answer to choose."""

    slug: str
    label_id: str
    label_en: str = ""


@dataclass(frozen=True, kw_only=True)
class Field:
    """One question.

    ``min`` and ``max`` bound numbers (decimal as text) and the rows of a group; dates are bounded by ISO days,
    ``today`` or days from it (``today+7``). ``decimals`` is how many digits a number may have after the comma (0: whole
    numbers, None: as many as somebody writes). ``max_length`` is in characters, ``max_bytes`` in bytes; ``min_words``
    is how many words with a letter in them a short text needs. ``prefill`` names what the account knows (name, nik, phone, email).
    ``agrees_with`` names an earlier question with whose answer this one is compared (:mod:`agreement`): a day of birth
    or a sex (answers ``l`` and ``p``) with a NIK, a signature with a name. What disagrees has to be confirmed.
    ``differ`` names the questions of a group whose answers must differ between its entries.
    """

    slug: str
    kind: Kind
    label_id: str
    label_en: str = ""
    help_id: str = ""
    help_en: str = ""
    required: bool = True
    options: tuple[Option, ...] = ()
    min: str = ""
    max: str = ""
    decimals: int | None = None
    max_length: int = 0
    min_words: int = 0
    file_kinds: tuple[FileKind, ...] = ("photo", "pdf")
    max_bytes: int = 0
    max_files: int = 1
    # of a repeatable group
    fields: tuple["Field", ...] = ()
    differ: tuple[str, ...] = ()
    agrees_with: str = ""
    show_if: dict[str, Any] | None = None
    prefill: str = ""

    @property
    def limit(self) -> int:
        """Return how many characters an answer may have."""
        return self.max_length or LONGEST.get(self.kind, LONGEST["text"])


@dataclass(frozen=True, kw_only=True)
class Step:
    """One page of the form."""

    slug: str
    label_id: str
    label_en: str = ""
    help_id: str = ""
    help_en: str = ""
    fields: tuple[Field, ...] = ()
    show_if: dict[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class Computed:
    """A value that follows from answers. ``kind`` says how it is written; a money value may become a fee."""

    slug: str
    label_id: str
    label_en: str = ""
    kind: Literal["number", "money"] = "number"
    formula: Any = None
    # shown to the person who fills in
    shown: bool = True


@dataclass(frozen=True, kw_only=True)
class Tier:
    """A row of a table: up to and with ``up_to`` (empty: without end), or for the choice ``key``."""

    value: str
    up_to: str = ""
    key: str = ""


@dataclass(frozen=True, kw_only=True)
class FormSchema:
    """A whole form."""

    steps: tuple[Step, ...] = ()
    computed: tuple[Computed, ...] = ()
    tables: dict[str, tuple[Tier, ...]] = dataclass_field(default_factory=dict)

    def fields(self) -> Iterator[Field]:
        """Yield the fields of all steps in order; those inside groups are not among them."""
        for step in self.steps:
            yield from step.fields

    def field(self, slug: str) -> Field | None:
        """Return the field called ``slug``, None where there is none."""
        return next((field for field in self.fields() if field.slug == slug), None)


@dataclass(frozen=True)
class Problem:
    """What keeps a form from being published. ``path`` names the place, ``code`` is stable; the page words it."""

    path: str
    code: str
    other: str = ""


class BadSchema(ValueError):
    """What is stored is not a form."""


def schema_to_json(schema: FormSchema) -> dict[str, Any]:
    """Return ``schema`` as plain JSON values."""
    built: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(schema))
    return built


def schema_from_json(data: Mapping[str, Any]) -> FormSchema:
    """Return the form stored as ``data``.

    :raises BadSchema: if it is not one; the message names the place.
    """
    try:
        return msgspec.convert(data, FormSchema)
    except (msgspec.ValidationError, RecursionError) as error:
        raise BadSchema(str(error)) from error


def schema_problems(schema: FormSchema) -> tuple[Problem, ...]:
    """Return everything that keeps the form from working; each problem names its place."""
    return tuple(_problems(schema))


def _problems(schema: FormSchema) -> Iterator[Problem]:
    if not any(step.fields for step in schema.steps):
        yield Problem("", "no_fields")
    seen: set[str] = set()
    count = 0
    for step in schema.steps:
        if not step.label_id.strip():
            yield Problem(step.slug, "no_label")
        if step.slug in seen:
            yield Problem(step.slug, "twice")
        seen.add(step.slug)
        yield from _condition_problems(step.slug, step.show_if, schema, before=_known_before(schema, step))
        for field in step.fields:
            count += 1 + len(field.fields)
            if field.slug in seen:
                yield Problem(field.slug, "twice")
            seen.add(field.slug)
            yield from _field_problems(field.slug, field)
            before = _known_before(schema, field)
            yield from _condition_problems(field.slug, field.show_if, schema, before=before)
            yield from _agreement_problems(field.slug, field, list(schema.fields()), before=before)
    if count > MOST_FIELDS:
        yield Problem("", "too_many_fields")
    yield from _computed_problems(schema, seen)


def _known_before(schema: FormSchema, place: Step | Field) -> frozenset[str]:
    """Return what a condition may ask: fields that stand before it, so that no two wait for one another."""
    known: set[str] = set()
    for step in schema.steps:
        if step is place:
            break
        for field in step.fields:
            if field is place:
                return frozenset(known)
            known.add(field.slug)
    return frozenset(known)


def _condition_problems(path: str, condition: Any, schema: FormSchema, *, before: frozenset[str]) -> Iterator[Problem]:
    if condition is None:
        return
    try:
        names = names_in_condition(condition)
    except BadCondition:
        yield Problem(path, "bad_condition")
        return
    for name in sorted(names - before):
        yield Problem(path, "asks_later" if schema.field(name) else "unknown_name", name)


def _agreement_problems(
    path: str, field: Field, others: Sequence[Field], *, before: Collection[str]
) -> Iterator[Problem]:
    name = field.agrees_with
    if not name:
        return
    other = next((each for each in others if each.slug == name), None)
    if other is None:
        yield Problem(path, "unknown_name", name)
    elif name not in before:
        yield Problem(path, "asks_later", name)
    elif field.kind not in AGREES or other.kind != AGREES[field.kind][0]:
        yield Problem(path, "cannot_agree", name)
    elif field.kind == "choice" and not {MALE, FEMALE} <= {option.slug for option in field.options}:
        yield Problem(path, "no_sexes")


def _field_problems(path: str, field: Field, *, inside: bool = False) -> Iterator[Problem]:
    # a word of the formulas' own grammar cannot be a name in one
    if not field.slug.isascii() or not field.slug.isidentifier() or keyword.iskeyword(field.slug):
        yield Problem(path, "bad_slug")
    if not field.label_id.strip():
        yield Problem(path, "no_label")
    if field.kind in ("choice", "choices"):
        yield from _option_problems(path, field.options)
    yield from _bound_problems(path, field)
    if field.decimals is not None and not (field.kind == "number" and 0 <= field.decimals <= MOST_DECIMALS):
        yield Problem(path, "bad_decimals")
    if field.min_words and not (field.kind == "text" and 0 < field.min_words <= MOST_WORDS):
        yield Problem(path, "bad_words")
    if field.kind == "file" and not field.file_kinds:
        yield Problem(path, "no_file_kinds")
    if field.kind == "group" and inside:
        yield Problem(path, "group_in_group")
    elif field.kind == "group":
        yield from _group_problems(path, field)


def _option_problems(path: str, options: tuple[Option, ...]) -> Iterator[Problem]:
    slugs = [option.slug for option in options]
    if not slugs:
        yield Problem(path, "no_options")
    if len(set(slugs)) < len(slugs):
        yield Problem(path, "option_twice")
    if any(not option.slug or not option.label_id.strip() for option in options):
        yield Problem(path, "empty_option")


def _group_problems(path: str, field: Field) -> Iterator[Problem]:
    if not field.fields:
        yield Problem(path, "no_fields")
    seen: set[str] = set()
    for inner in field.fields:
        where = f"{path}.{inner.slug}"
        if inner.slug in seen:
            yield Problem(where, "twice")
        seen.add(inner.slug)
        if inner.show_if is not None:
            yield Problem(where, "condition_in_group")
        if inner.kind == "file":
            # each file is looked at and accepted by itself, under the name of its question
            yield Problem(where, "file_in_group")
        yield from _field_problems(where, inner, inside=True)
        yield from _agreement_problems(where, inner, field.fields, before=seen - {inner.slug})
    for name in field.differ:
        if not any(inner.slug == name and inner.kind in COMPARABLE for inner in field.fields):
            yield Problem(path, "cannot_differ", name)


def bad_bounds(field: Field) -> tuple[str, ...]:
    """Return which of ``min`` and ``max`` cannot bound this kind of answer; other kinds have no bounds."""
    good = {"number": _is_number, "money": _is_number, "date": _is_day, "group": _is_count}.get(field.kind)
    if good is None:
        return ()
    return tuple(name for name in ("min", "max") if (text := getattr(field, name)) and not good(text))


def _is_number(text: str) -> bool:
    return as_number(text) is not None


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 4 and int(text) <= MOST_ROWS


def _is_day(text: str) -> bool:
    try:
        day_bound(text, date(2026, 1, 1))
    except (ValueError, OverflowError):
        return False
    return True


def day_bound(text: str, today: date) -> date | None:
    """Return a bound of days: an ISO day, ``today``, or days from it as ``today+7``; None for none.

    :raises ValueError: if it is no bound. :raises OverflowError: if it is beyond all calendars.
    """
    if not text:
        return None
    if text.startswith("today"):
        return today + timedelta(days=int(text.removeprefix("today") or 0))
    return date.fromisoformat(text)


def _bound_problems(path: str, field: Field) -> Iterator[Problem]:
    if bad := bad_bounds(field):
        yield from (Problem(path, "bad_bound", getattr(field, name)) for name in bad)
    elif _disordered(field):
        yield Problem(path, "min_above_max")


def _disordered(field: Field) -> bool:
    if not field.min or not field.max:
        return False
    if field.kind in ("number", "money", "group"):
        return Decimal(field.min) > Decimal(field.max)
    if field.kind != "date" or field.min.startswith("today") != field.max.startswith("today"):
        # a day of the calendar and one that moves with today have an order only on the day itself
        return False
    low, high = (day_bound(text, date(2026, 1, 1)) for text in (field.min, field.max))
    return low is not None and high is not None and low > high


def _computed_problems(schema: FormSchema, seen: set[str]) -> Iterator[Problem]:
    known = {field.slug for field in schema.fields()}
    for name, tiers in schema.tables.items():
        numbers = [tier.value for tier in tiers] + [tier.up_to for tier in tiers if tier.up_to]
        yield from (Problem(name, "bad_table", text) for text in numbers if as_number(text) is None)
    for computed in schema.computed:
        if computed.slug in seen:
            yield Problem(computed.slug, "twice")
        seen.add(computed.slug)
        if not computed.label_id.strip():
            yield Problem(computed.slug, "no_label")
        try:
            names, tables = names_in_formula(computed.formula)
        except BadFormula as error:
            yield Problem(computed.slug, "bad_formula", str(error))
            continue
        # one after the other: a formula may use what was computed above it
        yield from (Problem(computed.slug, "unknown_name", name) for name in sorted(names - known))
        yield from (Problem(computed.slug, "unknown_table", name) for name in sorted(tables - set(schema.tables)))
        known.add(computed.slug)
