"""The matters that a browser has opened with their codes."""

from collections.abc import Mapping

from django.db.models import Q, QuerySet

from balai.engines.cases.models import Case
from balai.foundation.identity.fields import blind_index

# of the 64 signs of the stored hash; enough to tell two codes of one matter apart
MARK_LENGTH = 16


def code_hash(*, reference: str, code: str) -> str:
    """Return the keyed hash under which a conversation's code is kept."""
    return blind_index("case-code", f"{reference}:{code}")


def code_mark(case: Case) -> str:
    """Return the mark of the code that opens a matter at present; a new code has another one."""
    return case.code_hash[:MARK_LENGTH]


def opened_cases(*, marks: Mapping[int, str]) -> QuerySet[Case]:
    """Return the matters whose present code bears the mark that the browser kept when it opened them."""
    still = Q(pk__in=())
    for case_id, mark in marks.items():
        if len(mark) == MARK_LENGTH:
            still |= Q(pk=case_id, code_hash__startswith=mark)
    return Case.objects.filter(still)
