"""From raw answers to checked values: what is asked, what is wrong, what follows."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import date
from decimal import Decimal
from typing import Any

from balai.foundation.forms.rules.agreement import Doubt, doubt_of, sure_name
from balai.foundation.forms.rules.conditions import as_number, holds, is_filled
from balai.foundation.forms.rules.formulas import FormulaError, compute
from balai.foundation.forms.rules.schema import MOST_ROWS, Field, FormSchema, Step, day_bound
from balai.foundation.identity.rules import BadPhone, check_nik, normalise_phone

EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
# 1.250 is a thousand and more; 0.125 is not
GROUPED = re.compile(r"[1-9]\d{0,2}(\.\d{3})+")
# not the weeks and ordinal days that Python reads too
ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
OLDEST_DAY = date(1900, 1, 1)


@dataclass(frozen=True)
class Wrong:
    """What is wrong with one answer. ``code`` is stable, the page words it with ``limit``."""

    code: str
    limit: str = ""


class _Refused(Exception):
    def __init__(self, code: str, limit: str = "") -> None:
        super().__init__(code)
        self.wrong = Wrong(code, limit)


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """What the answers come to.

    ``values`` are the cleaned answers of what is asked; ``computed`` what follows from them; ``errors`` by path
    (``slug``, ``group.0.slug``, or the name of a computed value); ``visible`` are the slugs that are asked. ``doubts``
    are the answers that disagree with others, by path: one that nobody is sure of is an error too, and a sure one
    stands in the values (``sure_name``).
    """

    values: dict[str, Any]
    computed: dict[str, Decimal]
    errors: dict[str, Wrong]
    visible: frozenset[str]
    doubts: dict[str, Doubt] = dataclass_field(default_factory=dict)

    def errors_of(self, step: Step) -> dict[str, Wrong]:
        """Return the errors of one step."""
        slugs = {field.slug for field in step.fields}
        return {path: wrong for path, wrong in self.errors.items() if path.split(".")[0] in slugs}


def evaluate(*, schema: FormSchema, answers: Mapping[str, Any], today: date) -> Evaluation:
    """Return what ``answers`` come to under ``schema``; what is not asked loses its answer.

    ``answers`` are JSON values by slug: text, number or decimal text, ISO day, slug of an option or list of slugs,
    bool, ``{"words", "village"}``, ``{"lat", "lon"}``, list of file tickets, list of rows, ``{"name", "agreed"}``.
    Conditions ask only earlier fields, so one pass in order is enough.
    """
    values: dict[str, Any] = {}
    found = _Found(today=today)
    visible: set[str] = set()
    for step in schema.steps:
        if not holds(condition=step.show_if, answers=values):
            continue
        visible.add(step.slug)
        for field in step.fields:
            if not holds(condition=field.show_if, answers=values):
                continue
            visible.add(field.slug)
            _take(field, answers, path=field.slug, into=values, found=found)
    computed: dict[str, Decimal] = {}
    for each in schema.computed:
        try:
            computed[each.slug] = compute(formula=each.formula, answers={**values, **computed}, tables=schema.tables)
        except FormulaError as error:
            if error.code != "missing":
                found.errors[each.slug] = Wrong(error.code, error.path)
    return Evaluation(
        values=values, computed=computed, errors=found.errors, visible=frozenset(visible), doubts=found.doubts
    )


@dataclass(frozen=True, kw_only=True)
class _Found:
    today: date
    errors: dict[str, Wrong] = dataclass_field(default_factory=dict)
    doubts: dict[str, Doubt] = dataclass_field(default_factory=dict)


def _take(field: Field, answers: Mapping[str, Any], *, path: str, into: dict[str, Any], found: _Found) -> None:
    """Put the cleaned answer of a field into ``into``, or say what is wrong with it."""
    raw = answers.get(field.slug)
    if field.kind == "group":
        _take_rows(field, raw, path=path, into=into, found=found)
        return
    if isinstance(raw, str):
        raw = raw.strip()
    if not is_filled(raw) or (isinstance(raw, Mapping) and not any(is_filled(each) for each in raw.values())):
        if field.required:
            found.errors[path] = Wrong("must_be_ticked" if field.kind == "boolean" else "required")
        elif raw is False:
            into[field.slug] = False
        return
    try:
        into[field.slug] = _CLEAN[field.kind](field, raw, found.today)
    except _Refused as refused:
        found.errors[path] = refused.wrong
        return
    if field.agrees_with:
        sure = sure_name(field.slug)
        doubt = doubt_of(
            kind=field.kind, value=into[field.slug], other=into.get(field.agrees_with), sure=answers.get(sure)
        )
        if doubt is not None:
            found.doubts[path] = doubt
            if doubt.is_sure:
                into[sure] = doubt.said
            else:
                found.errors[path] = Wrong(doubt.code)


def _take_rows(field: Field, raw: Any, *, path: str, into: dict[str, Any], found: _Found) -> None:
    errors = found.errors
    rows = [row for row in raw if isinstance(row, Mapping)] if isinstance(raw, list | tuple) else []
    # a row nobody wrote into is no row
    rows = [row for row in rows if any(is_filled(row.get(inner.slug)) for inner in field.fields)]
    most = min(int(field.max or MOST_ROWS), MOST_ROWS)
    if len(rows) > most:
        errors[path] = Wrong("too_many_rows", str(most))
        rows = rows[:most]
    # an optional group may stay empty; once begun, it has its least number
    least = max(int(field.min or 0), 1) if field.required else int(field.min or 0) if rows else 0
    if len(rows) < least:
        errors[path] = Wrong("too_few_rows", str(least))
    taken = []
    for number, row in enumerate(rows):
        values: dict[str, Any] = {}
        for inner in field.fields:
            _take(inner, row, path=f"{path}.{number}.{inner.slug}", into=values, found=found)
        taken.append(values)
    for slug in field.differ:
        first: dict[Any, int] = {}
        for number, values in enumerate(taken):
            if slug in values and (before := first.setdefault(values[slug], number)) != number:
                # counted as people count
                errors[f"{path}.{number}.{slug}"] = Wrong("same_entries", f"{before + 1} {number + 1}")
    if taken:
        into[field.slug] = taken


def _text(field: Field, raw: Any, _today: date) -> str:
    if not isinstance(raw, str):
        raise _Refused("not_text")
    if len(raw) > field.limit:
        raise _Refused("too_long", str(field.limit))
    if "\x00" in raw:
        raise _Refused("not_text")
    if field.min_words and sum(any(sign.isalpha() for sign in word) for word in raw.split()) < field.min_words:
        raise _Refused("too_few_words", str(field.min_words))
    return raw if field.kind == "long_text" else " ".join(raw.split())


def read_number(raw: Any) -> Decimal | None:
    """Return a number as people here write it (1.250.000 or 2,5) or as JSON writes it; None if it is none."""
    if isinstance(raw, str):
        text = raw.replace("Rp", "").replace(" ", "").replace("\u00a0", "")
        whole, comma, part = text.partition(",")
        negative, digits = whole.startswith("-"), whole.removeprefix("-")
        if GROUPED.fullmatch(digits):
            digits = digits.replace(".", "")
        raw = ("-" if negative else "") + digits + (f".{part}" if comma else "")
        if not raw.isascii() or "e" in raw.lower() or "_" in raw:
            return None
    return as_number(raw)


def _number(field: Field, raw: Any, _today: date) -> str:
    number = read_number(raw)
    if number is None or len(number.as_tuple().digits) > 18:
        raise _Refused("not_money" if field.kind == "money" else "not_whole" if field.decimals == 0 else "not_a_number")
    if field.kind == "money" and number != number.to_integral_value():
        raise _Refused("no_cents")
    if field.decimals is not None and -int(number.normalize().as_tuple().exponent) > field.decimals:
        raise _Refused("not_whole") if field.decimals == 0 else _Refused("too_many_decimals", str(field.decimals))
    low = Decimal(field.min) if field.min else (Decimal(0) if field.kind == "money" else None)
    if low is not None and number < low:
        raise _Refused("too_small", str(low))
    if field.max and number > Decimal(field.max):
        raise _Refused("too_large", field.max)
    # minus nought is nought
    return f"{(number + 0).normalize():f}"


def _date(field: Field, raw: Any, today: date) -> str:
    try:
        day = date.fromisoformat(raw) if isinstance(raw, str) and ISO_DAY.fullmatch(raw) else None
    except ValueError:
        day = None
    if day is None:
        raise _Refused("not_a_day")
    low = day_bound(field.min, today) or OLDEST_DAY
    high = day_bound(field.max, today)
    if day < low:
        raise _Refused("too_early", low.isoformat())
    if high is not None and day > high:
        raise _Refused("too_late", high.isoformat())
    return day.isoformat()


def _choice(field: Field, raw: Any, _today: date) -> str:
    if raw not in [option.slug for option in field.options]:
        raise _Refused("not_an_option")
    return str(raw)


def _choices(field: Field, raw: Any, _today: date) -> list[str]:
    known = [option.slug for option in field.options]
    if not isinstance(raw, list | tuple) or any(each not in known for each in raw):
        raise _Refused("not_an_option")
    # in the order of the form, once each
    return [slug for slug in known if slug in raw]


def _boolean(_field: Field, raw: Any, _today: date) -> bool:
    if raw is not True:
        raise _Refused("not_an_option")
    return True


def _digits(length: int) -> Callable[[Field, Any, date], str]:
    def clean(_field: Field, raw: Any, _today: date) -> str:
        text = str(raw).replace(" ", "").replace(".", "").replace("-", "")
        if not (text.isascii() and text.isdigit()) or len(text) != length:
            raise _Refused("wrong_length", str(length))
        return text

    return clean


def _nik(field: Field, raw: Any, today: date) -> str:
    text = _digits(16)(field, raw, today)
    problems = [problem.code for problem in check_nik(text) if problem.is_error]
    if problems:
        raise _Refused(f"nik_{problems[0]}")
    return text


def _phone(_field: Field, raw: Any, _today: date) -> str:
    try:
        return normalise_phone(str(raw))
    except BadPhone as error:
        raise _Refused("not_a_phone") from error


def _email(field: Field, raw: Any, today: date) -> str:
    text = _text(field, raw, today)
    if not EMAIL.fullmatch(text):
        raise _Refused("not_an_email")
    return text


def _address(field: Field, raw: Any, _today: date) -> dict[str, str]:
    if not isinstance(raw, Mapping):
        raise _Refused("not_text")
    words, village = str(raw.get("words") or "").strip(), str(raw.get("village") or "").strip()
    if not words or not village:
        raise _Refused("address_incomplete")
    if len(words) > field.limit or len(village) > 13:
        raise _Refused("too_long", str(field.limit))
    return {"words": " ".join(words.split()), "village": village}


def _map_point(_field: Field, raw: Any, _today: date) -> dict[str, float]:
    if isinstance(raw, Mapping):
        lat, lon = as_number(raw.get("lat")), as_number(raw.get("lon"))
        # compared, not computed: arithmetic on a number of a million digits overflows
        if lat is not None and lon is not None and -90 <= lat <= 90 and -180 <= lon <= 180:
            return {"lat": round(float(lat), 6), "lon": round(float(lon), 6)}
    raise _Refused("not_a_place")


def _files(field: Field, raw: Any, _today: date) -> list[str]:
    if not isinstance(raw, list | tuple) or any(not isinstance(each, str) for each in raw):
        raise _Refused("not_a_file")
    if len(raw) > field.max_files:
        raise _Refused("too_many_files", str(field.max_files))
    return list(raw)


def _signature(field: Field, raw: Any, _today: date) -> dict[str, Any]:
    if not isinstance(raw, Mapping) or not str(raw.get("name") or "").strip() or raw.get("agreed") is not True:
        raise _Refused("not_signed")
    name = " ".join(str(raw["name"]).split())
    if len(name) > field.limit:
        raise _Refused("too_long", str(field.limit))
    return {"name": name, "agreed": True}


_CLEAN: dict[str, Callable[[Field, Any, date], Any]] = {
    "text": _text,
    "long_text": _text,
    "number": _number,
    "money": _number,
    "date": _date,
    "choice": _choice,
    "choices": _choices,
    "boolean": _boolean,
    "nik": _nik,
    "kk": _digits(16),
    "nib": _digits(13),
    "phone": _phone,
    "email": _email,
    "address": _address,
    "map_point": _map_point,
    "file": _files,
    "signature": _signature,
}
