"""Who may see the photos of a matter."""

from django.http import HttpRequest

from balai.engines.cases.actions.open import HIDDEN
from balai.engines.cases.models import Case
from balai.engines.cases.queries import visible_to
from balai.engines.cases.queries.opened import opened_cases
from balai.engines.cases.web import note_look
from balai.foundation.files.models import Attachment
from balai.foundation.identity import conversations


def may_see_photo(request: HttpRequest, attachment: Attachment) -> bool:
    """Return whether this visitor may see a photo: everybody a public one, the reporter, officers who see the matter."""
    case = Case.objects.filter(pk=attachment.owner_id).first() if attachment.owner_id else None
    if case is None:
        return False
    is_hidden = case.privacy in HIDDEN
    if attachment.public and attachment.owner_kind == "case" and not is_hidden:
        return True
    if opened_cases(marks=conversations.marks(request)).filter(pk=case.pk).exists():
        return True
    if not visible_to(authority=request.authority).filter(pk=case.pk).exists():  # type: ignore[attr-defined]
        return False
    # whichever desk it was found from: a person's own affair is looked at on the record too
    if is_hidden and _is_large(request):
        note_look(request, case=case, what="photo")
    return True


def _is_large(request: HttpRequest) -> bool:
    # the small pictures come along with the page, whose look has been recorded already
    return request.resolver_match is not None and request.resolver_match.url_name == "photo"
