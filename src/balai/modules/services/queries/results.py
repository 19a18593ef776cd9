"""What came out of an application."""

import re

from django.utils import translation

from balai.foundation.forms.web import answer_rows
from balai.foundation.places.queries import villages
from balai.modules.services.queries.applications import Papers

# ways to reach a person do not belong on a paper that others will hold
LEFT_OUT = frozenset({"phone", "email", "file", "signature", "map_point"})
LONGEST_WORD = 40


def result_rows(papers: Papers) -> list[dict[str, str]]:
    """Return the particulars of a result: label and words of every answer but files and ways to reach the person.

    In Indonesian, the language of official papers (UU 24/2009 pasal 27).
    """
    with translation.override("id"):
        steps = answer_rows(
            schema=papers.form.schema,
            values=papers.evaluation.values,
            area_names={area.code: area.name for area in villages()},
        )
    return [
        {"slug": row["slug"], "label": row["label"], "value": breakable(row["value"])}
        for step in steps
        for row in step["rows"]
        if row["kind"] not in LEFT_OUT and not row["files"]
    ]


def breakable(text: str) -> str:
    """Return ``text`` with places where a line may end in words so long that they would run off the paper."""
    return re.sub(rf"\S{{{LONGEST_WORD}}}(?=\S)", "\\g<0>\u200b", text)
