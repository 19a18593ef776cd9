"""Terms and fees of a standard as people read them."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from balai.engines.catalogs.rules import Component, term_of
from balai.foundation.calendar.words import describe_term
from balai.foundation.web import words
from balai.foundation.web.words import is_english


def component_label(component: Component) -> str:
    """Return a component's label in the reader's language."""
    return component.label_en if is_english() else component.label_id


def time_words(value: Mapping[str, Any] | None, *, brief: bool = False) -> str:
    """Return how long it takes: a figure with its unit, a range, or the source's words; ``brief`` leaves out remarks."""
    if not value:
        return ""
    longest = term_of(value)
    if longest is None:
        return str(value.get("words", ""))
    said = describe_term(longest)
    if "most" in value:
        said = f"{value['amount']}–{said}"
    return f"{said} ({value['words']})" if brief is False and value.get("words") else said


def fee_words(value: Mapping[str, Any] | None) -> str:
    """Return what it costs in one line: free, the amounts, or the source's words."""
    if not value:
        return ""
    if value.get("free"):
        return _("Free of charge")
    lines = "; ".join(f"{line['label']}: {words.rupiah(line['amount_idr'])}" for line in value.get("lines", []))
    return ". ".join(part for part in (lines, str(value.get("words", ""))) if part)


def value_words(kind: str, value: Any) -> Any:
    """Return what a component says as people read it: a text, or the items of a list."""
    if kind == "term":
        return time_words(value)
    return fee_words(value) if kind == "fee" else value
