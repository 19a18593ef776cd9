"""Change a draft by hand: add, move, take out; lines of text to options and tables and back."""

import re
from dataclasses import replace
from typing import Any

from balai.foundation.forms.rules.schema import Computed, Field, FormSchema, Option, Step, Tier


class BadLines(ValueError):
    """A line cannot be read; ``args[0]`` is the line."""


def slug_from(label: str, *, taken: set[str]) -> str:
    """Return a free short name made from words."""
    base = re.sub(r"[^a-z0-9]+", "_", label.casefold()).strip("_")[:40] or "isian"
    slug, number = base, 2
    while slug in taken:
        slug, number = f"{base}_{number}", number + 1
    return slug


def taken_names(schema: FormSchema) -> set[str]:
    """Return every short name in use."""
    return {
        *(step.slug for step in schema.steps),
        *(field.slug for field in schema.fields()),
        *(each.slug for each in schema.computed),
    }


def with_step(schema: FormSchema, step: Step) -> FormSchema:
    """Return the form with a step changed, or added at the end."""
    if any(each.slug == step.slug for each in schema.steps):
        return replace(schema, steps=tuple(step if each.slug == step.slug else each for each in schema.steps))
    return replace(schema, steps=(*schema.steps, step))


def with_field(schema: FormSchema, *, step: str, field: Field, old: str = "") -> FormSchema:
    """Return the form with a field changed where it stands (``old`` its name), or added at the end of a step."""
    if old:
        steps = tuple(
            replace(each, fields=tuple(field if inner.slug == old else inner for inner in each.fields))
            for each in schema.steps
        )
    else:
        steps = tuple(
            replace(each, fields=(*each.fields, field)) if each.slug == step else each for each in schema.steps
        )
    return replace(schema, steps=steps)


def without(schema: FormSchema, slug: str) -> FormSchema:
    """Return the form without a step, a field or a computed value."""
    return replace(
        schema,
        steps=tuple(
            replace(step, fields=tuple(field for field in step.fields if field.slug != slug))
            for step in schema.steps
            if step.slug != slug
        ),
        computed=tuple(each for each in schema.computed if each.slug != slug),
    )


def moved(schema: FormSchema, slug: str, *, by: int) -> FormSchema:
    """Return the form with a step, or a field inside its step, moved up (-1) or down (1)."""
    names = [step.slug for step in schema.steps]
    if slug in names:
        return replace(schema, steps=_shifted(schema.steps, names.index(slug), by))
    return replace(
        schema,
        steps=tuple(
            replace(step, fields=_shifted(step.fields, inner.index(slug), by))
            if slug in (inner := [field.slug for field in step.fields])
            else step
            for step in schema.steps
        ),
    )


def _shifted(items: tuple[Any, ...], place: int, by: int) -> tuple[Any, ...]:
    target = place + by
    if not 0 <= target < len(items):
        return items
    kept = list(items)
    kept.insert(target, kept.pop(place))
    return tuple(kept)


def with_computed(schema: FormSchema, computed: Computed, *, old: str = "") -> FormSchema:
    """Return the form with a computed value changed, or added at the end."""
    if old:
        return replace(schema, computed=tuple(computed if each.slug == old else each for each in schema.computed))
    return replace(schema, computed=(*schema.computed, computed))


def options_from(text: str) -> tuple[Option, ...]:
    """Return options from lines ``short name | Indonesian | English``; the short name may be left out.

    :raises BadLines: for a line without words.
    """
    found: list[Option] = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        parts = [part.strip() for part in line.split("|")]
        if len(parts) == 1:
            parts = ["", parts[0]]
        if len(parts) > 3 or not parts[1]:
            raise BadLines(line)
        slug = parts[0] or slug_from(parts[1], taken={option.slug for option in found})
        found.append(Option(slug=slug, label_id=parts[1], label_en=parts[2] if len(parts) == 3 else ""))
    return tuple(found)


def options_to(options: tuple[Option, ...]) -> str:
    """Return options as lines."""
    return "\n".join(" | ".join(filter(None, (each.slug, each.label_id, each.label_en))) for each in options)


def rows_from(text: str, *, known: tuple[Field, ...] = ()) -> tuple[Field, ...]:
    """Return the fields of a group from lines ``short name | kind | Indonesian | English``.

    What a line does not say (answers to choose, limits, what it agrees with) stays as it is with the ``known`` field
    of its name and kind.

    :raises BadLines: for a line with other parts.
    """
    found: list[Field] = []
    before = {(field.slug, field.kind): field for field in known}
    for line in filter(None, (line.strip() for line in text.splitlines())):
        parts = [part.strip() for part in line.split("|")]
        kinds = {*SIMPLE_KINDS, *(kind for slug, kind in before if slug == parts[0])}
        if len(parts) not in (3, 4) or parts[1] not in kinds or not parts[2]:
            raise BadLines(line)
        slug = parts[0] or slug_from(parts[2], taken={field.slug for field in found})
        old = before.get((slug, parts[1])) or Field(slug=slug, kind=parts[1], label_id="")  # type: ignore[arg-type]
        found.append(replace(old, label_id=parts[2], label_en=parts[3] if len(parts) == 4 else ""))
    return tuple(found)


SIMPLE_KINDS = ("text", "long_text", "number", "money", "date", "nik", "phone", "email")


def rows_to(fields: tuple[Field, ...]) -> str:
    """Return the fields of a group as lines."""
    return "\n".join(" | ".join(filter(None, (each.slug, each.kind, each.label_id, each.label_en))) for each in fields)


def tiers_from(text: str) -> tuple[Tier, ...]:
    """Return the rows of a table from lines ``choice = value``, ``<= number = value`` or ``else = value``.

    :raises BadLines: for a line that says no value.
    """
    found = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        key, sign, value = line.rpartition("=")
        value = value.strip()
        if not sign or not re.fullmatch(r"-?\d+(\.\d+)?", value):
            raise BadLines(line)
        key = key.strip()
        if key.startswith("<="):
            limit = key.removeprefix("<=").strip()
            if not re.fullmatch(r"\d+(\.\d+)?", limit):
                raise BadLines(line)
            found.append(Tier(value=value, up_to=limit))
        elif key in ("else", "lainnya"):
            found.append(Tier(value=value))
        elif key:
            found.append(Tier(value=value, key=key))
        else:
            raise BadLines(line)
    return tuple(found)


def tiers_to(tiers: tuple[Tier, ...]) -> str:
    """Return the rows of a table as lines."""
    return "\n".join(
        f"{tier.key or (f'<= {tier.up_to}' if tier.up_to else 'lainnya')} = {tier.value}" for tier in tiers
    )
