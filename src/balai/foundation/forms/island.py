"""What a page tells the script that shows the evaluation sooner: its own questions, and only what these wait for."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _

from balai.foundation.forms.rules.agreement import AGREES
from balai.foundation.forms.rules.conditions import names_in_condition
from balai.foundation.forms.rules.evaluate import OLDEST_DAY, Evaluation
from balai.foundation.forms.rules.formulas import names_in_formula
from balai.foundation.forms.rules.schema import Field, FormSchema, Step, day_bound, schema_to_json
from balai.foundation.forms.words import WRONG_WORDS, label_of
from balai.foundation.identity.rules import NO_REGENCY, PROVINCES
from balai.foundation.web.words import day_in_full

# what the evaluation reads of a field; labels are on the page already
READ = ("kind", "min", "max", "decimals", "max_length", "min_words", "max_files", "differ", "agrees_with")
PLAIN = {
    "min": "",
    "max": "",
    "decimals": None,
    "max_length": 0,
    "min_words": 0,
    "max_files": 1,
    "differ": (),
    "agrees_with": "",
}
ALWAYS = frozenset({"required"})
CODES: dict[str, frozenset[str]] = {
    "text": frozenset({"not_text", "too_long", "too_few_words"}),
    "number": frozenset({"not_a_number", "not_whole", "too_many_decimals", "too_small", "too_large"}),
    "date": frozenset({"not_a_day", "too_early", "too_late"}),
    "choice": frozenset({"not_an_option"}),
    "boolean": frozenset({"must_be_ticked", "not_an_option"}),
    "kk": frozenset({"wrong_length"}),
    "phone": frozenset({"not_a_phone"}),
    "address": frozenset({"not_text", "address_incomplete", "too_long"}),
    "map_point": frozenset({"not_a_place"}),
    "file": frozenset({"not_a_file", "too_many_files"}),
    "signature": frozenset({"not_signed", "too_long"}),
    "group": frozenset({"too_many_rows", "too_few_rows", "same_entries"}),
}
CODES |= {
    "long_text": CODES["text"],
    "email": CODES["text"] | {"not_an_email"},
    "money": frozenset({"not_money", "no_cents", "too_small", "too_large"}),
    "choices": CODES["choice"],
    "nib": CODES["kk"],
    "nik": CODES["kk"] | {code for code in WRONG_WORDS if code.startswith("nik_")},
}


def page_schema(*, schema: FormSchema, step: Step | None, today: date) -> dict[str, Any]:
    """Return what the script evaluates: the fields of ``step`` (None: of all) and those that they wait for."""
    wanted = _needed(schema, step)
    data = schema_to_json(schema)
    fields = {field.slug: field for field in schema.fields()}
    steps = [
        {
            "slug": each["slug"],
            **_when(each),
            "fields": [_short(fields[slug]) for slug in (field["slug"] for field in each["fields"]) if slug in wanted],
        }
        for each in data["steps"]
    ]
    return {
        "today": today.isoformat(),
        "steps": [each for each in steps if each["fields"]],
        "computed": [
            {"slug": each.slug, "kind": each.kind, "formula": _as_words(each.formula), **_shown(each)}
            for each in schema.computed
        ],
        "tables": data["tables"],
        **({"nik": _nik()} if any(field.kind == "nik" for field in _all(fields[slug] for slug in wanted)) else {}),
    }


def _nik() -> dict[str, list[int]]:
    return {"provinces": sorted(PROVINCES), "no_regency": sorted(NO_REGENCY)}


def _shown(computed: Any) -> dict[str, str]:
    return {"label": label_of(computed)} if computed.shown else {}


def _all(fields: Any) -> Iterator[Field]:
    for field in fields:
        yield field
        yield from field.fields


def _needed(schema: FormSchema, step: Step | None) -> set[str]:
    """Return the fields that a page cannot do without: its own, those of formulas, and whatever these wait for."""
    if step is None:
        return {field.slug for field in schema.fields()}
    waits: dict[str, frozenset[str]] = {}
    for each in schema.steps:
        of_step = names_in_condition(each.show_if) if each.show_if else frozenset()
        for field in each.fields:
            of_field = names_in_condition(field.show_if) if field.show_if else frozenset()
            waits[field.slug] = of_step | of_field | ({field.agrees_with} - {""})
    found: set[str] = set()
    open_names = {field.slug for field in step.fields}
    for computed in schema.computed:
        open_names |= names_in_formula(computed.formula)[0]
    while open_names:
        name = open_names.pop()
        if name in waits and name not in found:
            found.add(name)
            open_names |= waits[name]
    return found


def _short(field: Field) -> dict[str, Any]:
    return {
        "slug": field.slug,
        **{name: value for name in READ if (value := getattr(field, name)) != PLAIN.get(name)},
        **({} if field.required else {"required": False}),
        **({"options": [{"slug": option.slug} for option in field.options]} if field.options else {}),
        **_when({"show_if": field.show_if}),
        **({"fields": [_short(inner) for inner in field.fields]} if field.fields else {}),
    }


def _when(data: Mapping[str, Any]) -> dict[str, Any]:
    return {"show_if": _as_words(data["show_if"])} if data.get("show_if") else {}


def _as_words(part: Any) -> Any:
    """Return a condition or formula whose numbers are text: a browser would read 1.0 as 1, and never exactly."""
    if isinstance(part, Mapping):
        # a digit count, and what a list must hold, stay what they are
        return {
            word: [_as_words(rest[0]), rest[1]] if word in ("round", "has") else _as_words(rest)
            for word, rest in part.items()
        }
    if isinstance(part, list | tuple):
        return [_as_words(each) for each in part]
    return str(part) if isinstance(part, int | float) and not isinstance(part, bool) else part


def island_data(
    *, schema: FormSchema, step: Step | None, answers: Mapping[str, Any], evaluation: Evaluation, today: date
) -> dict[str, Any]:
    """Return everything that the script of a page needs, words included; answers only of other pages' fields."""
    page = page_schema(schema=schema, step=step, today=today)
    here = {field.slug for field in (step.fields if step else schema.fields())}
    others = {field["slug"] for each in page["steps"] for field in each["fields"]} - here
    fields = list(_all(field for field in schema.fields() if field.slug in here))
    codes = ALWAYS.union(*(CODES[field.kind] for field in fields))
    codes |= {AGREES[field.kind][1] for field in fields if field.agrees_with}
    if schema.computed:
        codes |= {"division_by_zero", "no_row", "too_big", "not_a_number"}
    return {
        **page,
        "here": sorted(here),
        "answers": {slug: answers[slug] for slug in sorted(others) if slug in answers},
        "words": {
            **{code: str(WRONG_WORDS[code]) for code in sorted(codes)},
            "appeared": _("A further question: %(label)s"),
            "problem": _("Please check this answer."),
        },
        "days": {day.isoformat(): day_in_full(day) for day in _bounds(fields, today)},
        "marks": [formats.get_format("THOUSAND_SEPARATOR"), formats.get_format("DECIMAL_SEPARATOR")],
    }


def _bounds(fields: Sequence[Field], today: date) -> set[date]:
    days = set()
    for field in fields:
        if field.kind == "date":
            days.add(OLDEST_DAY)
            bounds = (day_bound(text, today) for text in (field.min, field.max))
            days |= {day for day in bounds if day is not None}
    return days
