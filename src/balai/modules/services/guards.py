"""Who may see the files, bills and results of an application."""

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse

from balai.engines.cases.models import Case
from balai.engines.cases.queries import visible_to
from balai.engines.cases.queries.opened import opened_cases
from balai.engines.cases.web import note_look
from balai.foundation.documents.models import IssuedDocument
from balai.foundation.files.models import Attachment
from balai.foundation.identity import conversations
from balai.foundation.payments.models import Bill
from balai.modules.services.models import Application, Visit


def _sees(request: HttpRequest, owner_id: int | None, *, checks_too: bool = False) -> tuple[Case | None, bool]:
    """Return the matter behind an application that this visitor may see, and whether as an officer.

    With ``checks_too`` also the part that another agency checks, while it does: it judges by the same papers.
    """
    application = Application.objects.select_related("case").filter(pk=owner_id or 0).first()
    if application is None or application.case is None:
        return None, False
    case = application.case
    if opened_cases(marks=conversations.marks(request)).filter(pk=case.pk).exists():
        return case, False
    wanted = Q(pk=case.pk) | Q(parent=case, is_open=True) if checks_too else Q(pk=case.pk)
    # the look is the part's where only that is seen
    seen = visible_to(authority=request.authority).filter(wanted).order_by("pk").first()  # type: ignore[attr-defined]
    return seen, seen is not None


def knows_person(request: HttpRequest, case: Case) -> bool:
    """Return whether an officer may know who applies, with all numbers and papers: whoever works on it."""
    authority = request.authority  # type: ignore[attr-defined]
    return bool(
        authority.may(
            "cases.see_contact", unit_id=case.unit_id, district_id=case.district_id, village_id=case.village_id
        )
    )


def may_see_paper(request: HttpRequest, attachment: Attachment) -> bool:
    """Return whether this visitor may see a file: the applicant, and officers who may know who applies (recorded)."""
    case, is_officer = _sees(request, attachment.owner_id, checks_too=True)
    if case is None or (is_officer and not knows_person(request, case)):
        return False
    match = request.resolver_match
    # the small pictures come along with the page, whose look has been recorded already
    if is_officer and match is not None and match.url_name == "photo":
        note_look(request, case=case, what="photo")
    return True


def may_see_visit(request: HttpRequest, attachment: Attachment) -> bool:
    """Return whether this visitor may see a photo of a visit: officers who see the application (recorded)."""
    visit = Visit.objects.select_related("case").filter(pk=attachment.owner_id or 0).first()
    authority = request.authority  # type: ignore[attr-defined]
    if visit is None or not visible_to(authority=authority).filter(pk=visit.case_id).exists():
        return False
    note_look(request, case=visit.case, what="photo")
    return True


def may_see_bill(request: HttpRequest, bill: Bill) -> bool:
    """Return whether this visitor may see a bill: the applicant, and officers who see the application."""
    return _sees(request, bill.owner_id)[0] is not None


def bill_page(request: HttpRequest, owner_id: int) -> str:
    """Return where this visitor reads of the application of a bill: the applicant's own page, or the desk's."""
    case, is_officer = _sees(request, owner_id)
    if case is None:
        return ""
    return reverse("services_desk:case" if is_officer else "services:own", args=[case.reference])


def may_see_result(request: HttpRequest, document: IssuedDocument) -> bool:
    """Return whether this visitor may fetch a result: the applicant, and officers who see the application."""
    return _sees(request, document.owner_id)[0] is not None


def note_result_look(request: HttpRequest, document: IssuedDocument) -> None:
    """Write down that an officer fetched a result: it is full of somebody's particulars."""
    case, is_officer = _sees(request, document.owner_id)
    if case is not None and is_officer:
        note_look(request, case=case, what="document")
