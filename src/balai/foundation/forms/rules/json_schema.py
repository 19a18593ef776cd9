"""A form as JSON Schema 2020-12, for programs that fill it in."""

from typing import Any

from balai.foundation.forms.rules.agreement import sure_name
from balai.foundation.forms.rules.schema import MOST_ROWS, Field, FormSchema

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema(*, schema: FormSchema, english: bool = False) -> dict[str, Any]:
    """Return the shape of the answers to a form.

    Conditions are beyond what a schema says well: a field that is not always asked is not required here, and the
    server's own evaluation has the last word.
    """
    always = {step.slug for step in schema.steps if step.show_if is None}
    return {
        "$schema": DIALECT,
        "type": "object",
        "properties": _properties(tuple(schema.fields()), english=english),
        "required": [
            field.slug
            for step in schema.steps
            if step.slug in always
            for field in step.fields
            if field.required and field.show_if is None
        ],
        "additionalProperties": False,
    }


def _properties(fields: tuple[Field, ...], *, english: bool) -> dict[str, Any]:
    """Return the shape of every answer, and beside those that have to agree with another one the word that it is so."""
    found = {field.slug: _property(field, english=english) for field in fields}
    return found | {sure_name(field.slug): {"const": True} for field in fields if field.agrees_with}


def _property(field: Field, *, english: bool) -> dict[str, Any]:
    words = {"title": (english and field.label_en) or field.label_id}
    if help_text := (english and field.help_en) or field.help_id:
        words["description"] = help_text
    return {**words, **_shape(field, english=english)}


def _shape(field: Field, *, english: bool) -> dict[str, Any]:
    options = [option.slug for option in field.options]
    shapes: dict[str, dict[str, Any]] = {
        "text": {"type": "string", "maxLength": field.limit},
        "long_text": {"type": "string", "maxLength": field.limit},
        "number": {"type": ["number", "string"], "pattern": r"^-?\d+([.,]\d+)?$"},
        "money": {"type": ["integer", "string"], "pattern": r"^\d+$"},
        "date": {"type": "string", "format": "date"},
        "choice": {"enum": options},
        "choices": {"type": "array", "items": {"enum": options}, "uniqueItems": True},
        "boolean": {"const": True} if field.required else {"type": "boolean"},
        "nik": {"type": "string", "pattern": r"^\d{16}$"},
        "kk": {"type": "string", "pattern": r"^\d{16}$"},
        "nib": {"type": "string", "pattern": r"^\d{13}$"},
        "phone": {"type": "string"},
        "email": {"type": "string", "format": "email"},
        "address": _object({"words": {"type": "string", "maxLength": field.limit}, "village": {"type": "string"}}),
        "map_point": _object(
            {
                "lat": {"type": "number", "minimum": -90, "maximum": 90},
                "lon": {"type": "number", "minimum": -180, "maximum": 180},
            }
        ),
        "file": {"type": "array", "items": {"type": "string"}, "maxItems": field.max_files},
        "signature": _object({"name": {"type": "string"}, "agreed": {"const": True}}),
    }
    if field.kind == "group":
        rows = _object(_properties(field.fields, english=english))
        rows["required"] = [inner.slug for inner in field.fields if inner.required]
        return {"type": "array", "items": rows, "maxItems": min(int(field.max or MOST_ROWS), MOST_ROWS)}
    shape = shapes[field.kind]
    if field.kind == "number" and field.decimals == 0:
        shape = {"type": ["integer", "string"], "pattern": r"^-?\d+$"}
    if field.kind in ("number", "money"):
        if field.min:
            shape["minimum"] = float(field.min)
        if field.max:
            shape["maximum"] = float(field.max)
    return shape


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}
