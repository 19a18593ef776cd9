"""Applications of the example that can be opened as their applicant."""

from datetime import datetime

from balai.engines.cases.models import Case
from balai.engines.cases.queries.opened import code_hash
from balai.foundation.examples.contributions import SignIn
from balai.modules.services.actions.outcome import ask_payment, make_result
from balai.modules.services.models import SurveyInvitation

TALK_CODE = "CNTH2345"
TALKS = (
    ("returned", "returned", "applicant: complete what was returned"),
    ("pay", "pay", "applicant: pay the bill"),
    ("issued", "issued", "applicant: fetch the signed result, answer the survey"),
)


def open_talks(*, at: datetime) -> None:
    """Give one application of each kind a code that is known, with its bill or its result."""
    for waiting in Case.objects.filter(family="application", is_open=True, parent=None).order_by("-received_at"):
        ask_payment(case=waiting, at=at)
    for name, state, _purpose in TALKS:
        case = Case.objects.filter(family="application", state=state).order_by("-received_at").first()
        if case is None:
            continue
        case.submission_key = f"example:application:{name}"
        case.code_hash = code_hash(reference=case.reference, code=TALK_CODE)
        case.save(update_fields=["submission_key", "code_hash"])
        if state == "issued":
            make_result(case=case, at=at)
            SurveyInvitation.objects.filter(case=case).update(answered=False)


def sign_ins() -> list[SignIn]:
    """Return the applications that can be opened as their applicant: number in place of the e-mail, code as password."""
    references = dict(
        Case.objects.filter(submission_key__startswith="example:application:").values_list(
            "submission_key", "reference"
        )
    )
    return [
        SignIn(email=references[f"example:application:{name}"], password=TALK_CODE, secret="", code="", purpose=purpose)
        for name, _state, purpose in TALKS
        if f"example:application:{name}" in references
    ]
