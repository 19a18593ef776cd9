"""What came out of an application."""

import re
from datetime import datetime

from django.utils import translation

from balai.engines.cases.events import CaseStepped, stream_of
from balai.engines.cases.models import Case, Entry
from balai.foundation.events.models import Event
from balai.foundation.forms.web import answer_rows
from balai.foundation.places.queries import villages
from balai.modules.services.queries.applications import Papers
from balai.modules.services.rules.kinds import GRANT_IN_PART
from balai.modules.services.rules.objections import GRANT_OBJECTION, IN_PART

# ways to reach a person do not belong on a paper that others will hold
LEFT_OUT = frozenset({"phone", "email", "file", "signature"})
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


def part_rows(case: Case) -> list[dict[str, str]]:
    """Return what a result says of a decision in part: what is granted and what not, and by which article.

    None where all was granted. The words are the officer's own, in the language in which they were written.
    """
    if case.state not in IN_PART:
        return []
    events = Event.objects.filter(stream=stream_of(case.reference), kind=CaseStepped.__name__).order_by("-seq")
    decision = next(event for event in events if event.data.get("change") == GRANT_IN_PART)
    entry = Entry.objects.filter(case=case, seq=decision.seq).first()
    return [
        {"slug": "in_part", "label": "Dikabulkan sebagian", "value": breakable(entry.text if entry else "")},
        {"slug": "in_part_basis", "label": "Dasar hukum", "value": breakable(decision.data.get("basis") or "")},
    ]


def last_granted_objection(case: Case) -> datetime | None:
    """Return when an objection was last granted; None where none was."""
    events = Event.objects.filter(stream=stream_of(case.reference), kind=CaseStepped.__name__).order_by("-seq")
    return next((event.at for event in events if event.data.get("change") == GRANT_OBJECTION), None)


def breakable(text: str) -> str:
    """Return ``text`` with places where a line may end in words so long that they would run off the paper."""
    return re.sub(rf"\S{{{LONGEST_WORD}}}(?=\S)", "\\g<0>\u200b", text)
