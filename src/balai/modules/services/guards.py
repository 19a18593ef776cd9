"""Who may see the files of an application, and what officers and applicants added to it."""

from django.http import HttpRequest

from balai.engines.cases.queries import visible_to
from balai.engines.cases.queries.opened import opened_cases
from balai.engines.cases.web import note_look
from balai.foundation.files.models import Attachment
from balai.foundation.identity import conversations
from balai.modules.services.models import Application


def may_see_paper(request: HttpRequest, attachment: Attachment) -> bool:
    """Return whether this visitor may see a file: the applicant, and officers who see the application (recorded)."""
    application = Application.objects.select_related("case").filter(pk=attachment.owner_id or 0).first()
    if application is None or application.case is None:
        return False
    case = application.case
    if opened_cases(marks=conversations.marks(request)).filter(pk=case.pk).exists():
        return True
    if not visible_to(authority=request.authority).filter(pk=case.pk).exists():  # type: ignore[attr-defined]
        return False
    if request.resolver_match is not None and request.resolver_match.url_name == "photo":
        note_look(request, case=case, what="photo")
    return True
