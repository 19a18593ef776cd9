"""Find the reporter's own matter."""

import hmac
from collections.abc import Mapping

from balai.engines.cases.models import Case
from balai.engines.cases.queries.opened import code_hash, opened_cases
from balai.engines.cases.rules.references import tidy_reference
from balai.foundation.identity.rules import tidy_code


def case_for_code(*, number: str, code: str) -> Case | None:
    """Return the matter that number and code open together; an unknown number takes as long as a wrong code."""
    reference = tidy_reference(number)[:16]
    case = Case.objects.filter(reference=reference).first()
    expected = case.code_hash if case is not None and case.code_hash else code_hash(reference="-", code="-")
    given = code_hash(reference=reference, code=tidy_code(code))
    return case if hmac.compare_digest(expected, given) and case is not None else None


def own_case(*, reference: str, marks: Mapping[int, str], family: str) -> Case | None:
    """Return one of a family's matters that this browser has opened with their present codes."""
    return (
        opened_cases(marks=marks)
        .select_related("unit", "category", "village", "reporter", "merged_into")
        .filter(reference=reference, family=family)
        .first()
        if marks
        else None
    )


def case_of_reference(*, reference: str, family: str) -> Case | None:
    """Return a family's matter of a number that this browser holds a signed receipt of."""
    return Case.objects.filter(reference=reference, family=family).first()


def case_of_submission(*, key: str) -> Case | None:
    """Return the matter that an earlier arrival of the same form made."""
    return Case.objects.filter(submission_key=key).first()
